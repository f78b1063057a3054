"""What files say of audiences: real and suspicious followers, and HypeAuditor's score."""

from __future__ import annotations

from datetime import timedelta

import pytest

from crm.importers.mapping import Kind
from crm.importers.numbers import BadValue, PercentUnit, parse_part, parse_score
from crm.importers.proposal import propose
from crm.models import AudienceSnapshot, Brand, FactChange, User
from crm.services.imports import undoing
from tests.crm.imports.conftest import Put
from tests.crm.imports.state import imported
from tests.factories import NOW, ProfileFactory

LIST = """username,followers,fake followers %,AQS
anna,13800,18.5%,84
bo,1500,,140
cleo,900,,
"""


@pytest.mark.django_db
def test_a_file_tells_of_audiences_and_is_undone(brand: Brand, manager: User, put: Put) -> None:
    anna = ProfileFactory(handle="anna", platform_id="instagram")
    before = AudienceSnapshot.objects.create(
        profile=anna, captured_at=NOW - timedelta(days=9), source="vendor", countries={"DK": 0.4}
    )
    batch, counts = imported(brand, put(LIST), actor=manager, platform="instagram")
    told = AudienceSnapshot.objects.filter(import_batch=batch).order_by("profile__handle")
    assert [(row.profile.handle, row.quality, row.aqs) for row in told] == [
        ("anna", pytest.approx(0.815), 84)
    ]
    assert (counts.profiles, counts.rejected) == (2, {"out_of_range": 1})
    assert FactChange.objects.filter(creator=anna.creator).exists()
    again, _counts = imported(brand, put(LIST), actor=manager, platform="instagram")
    assert not AudienceSnapshot.objects.filter(import_batch=again).exists()
    undoing.undo_import(batch_id=batch.pk, actor=manager, at=NOW)
    assert AudienceSnapshot.objects.get() == before


@pytest.mark.parametrize("cell", ["140", "-1", "140%"])
def test_a_part_is_of_a_whole_and_a_score_of_100(cell: str) -> None:
    for parse in (lambda one: parse_part(one, unit=PercentUnit.POINTS), parse_score):
        with pytest.raises(BadValue):
            parse(cell)
    assert (parse_part("18.5%"), parse_score("84"), parse_score("n/a")) == (0.185, 84, None)


def test_counts_of_followers_are_no_shares() -> None:
    columns = {"Real followers": ["12,300", "8,200", "40"], "Fake followers": ["4%", "12%", "130%"]}
    found = propose([*columns], columns, kind=Kind.CREATORS, has_header=True, now=NOW)
    assert [column.column for column in found.used] == ["Fake followers"]
    assert any("Real followers" in words and "above 100" in words for words in found.warnings)
