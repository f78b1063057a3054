"""Segments in the list of creators: filtered by one, by a rule, shown in a column."""

from __future__ import annotations

import re

import pytest

from crm import filters
from crm.filters import CreatorFilter
from crm.selectors import relationships_of
from tests.factories import NOW
from tests.segmentation.building import dimension_of, segment_of
from tests.segmentation.evaluation.helpers import creator_with, run_now

pytestmark = pytest.mark.django_db
LIST = "/acme/creators/"


@pytest.fixture
def four(brand):
    """One with 1,000, two with more, one whose followers nobody counted; the big ones a segment."""
    for name, followers in (("Ann", 1_000), ("Bea", 5_000), ("Cid", 9_000), ("Dan", None)):
        creator_with(brand, followers, name=name, stage="core" if name == "Cid" else "prospect")
    segment_of(dimension_of(brand), "big", "followers >= 5_000")
    run_now(brand)


def names(response):
    return re.findall(r'fw-medium" href="[^"]+">([^<]+)</a>', response.content.decode())


def found(brand, **query):
    narrowed = CreatorFilter(query, relationships_of(brand), brand=brand, at=NOW)
    assert narrowed.is_valid(), narrowed.errors
    return sorted(narrowed.qs.values_list("creator__name", flat=True))


@pytest.mark.usefixtures("four")
def test_by_segment_and_with_its_name_in_a_column(analyst_client):
    page = analyst_client.get(f"{LIST}?segment=big&columns=segments&sort=name")
    assert names(page) == ["Bea", "Cid"]
    cells = re.findall(r'data-label="Segments">(.*?)</td>', page.content.decode(), re.DOTALL)
    assert [cell.strip() for cell in cells] == ["Big", "Big"]
    everybody = analyst_client.get(f"{LIST}?columns=segments&sort=name").content.decode()
    assert everybody.count(">none</span>") == 2
    assert names(analyst_client.get(f"{LIST}?segment=nowhere")) == []


@pytest.mark.parametrize(
    ("rule", "wanted"),
    [
        ("followers > 4_000", ["Bea", "Cid"]),
        ("not followers > 4_000", ["Ann"]),
        ("followers is unknown", ["Dan"]),
        ("stage is core or followers < 2_000", ["Ann", "Cid"]),
        ('segment("big") and followers < 6_000', ["Bea"]),
    ],
)
@pytest.mark.usefixtures("four")
def test_by_a_rule(brand, rule, wanted):
    assert found(brand, rule=rule) == wanted


@pytest.mark.usefixtures("four")
def test_a_rule_is_a_chip_in_its_own_words(analyst_client):
    page = analyst_client.get(LIST, {"rule": "followers > 4_000", "segment": "big"})
    assert "Rule: followers &gt; 4_000" in page.content.decode()
    assert "Segment: Big" in page.content.decode()


@pytest.mark.usefixtures("four")
def test_a_rule_with_other_filters(brand):
    assert found(brand, rule="followers > 4_000", stage=["core"]) == ["Cid"]


@pytest.mark.usefixtures("four")
def test_what_is_wrong_with_a_rule_is_told_with_its_place(analyst_client):
    for rule, words in (
        ("followers >", "Line 1, column 12"),
        ("folowers > 1", "Line 1, column 1"),
    ):
        page = analyst_client.get(LIST, {"rule": rule})
        assert page.status_code == 200
        assert words in page.content.decode()
        assert names(page) == []


def test_a_name_of_a_filter_is_given_once():
    with pytest.raises(ValueError, match="a filter “segment” already"):
        filters.add_filter("segment", filters.WholeNumber())
