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


TWICE = """username,real followers,suspicious followers,AQS,captured at
anna,80%,30%,,2026-11-01
bo,80%,15%,70,2026-11-01
bo,80%,15%,71,2026-11-01
bo,60%,,,2026-11-02
cleo,75.5%,24.9%,,2026-11-01
dora,70%,,,2026-11-01
dora,,40%,,2026-11-01
"""


@pytest.mark.django_db
def test_what_a_file_says_twice_of_an_audience_is_an_error_of_its_row(
    brand: Brand, put: Put
) -> None:
    batch, counts = imported(brand, put(TWICE), platform="instagram")
    assert counts.rejected == {"audience_conflict": 3}
    told = batch.rejects.order_by("line").values_list("line", "column", "reason")
    assert [(line, column) for line, column, _ in told] == [
        (2, "username"),
        (4, "aqs"),
        (8, "fake_followers"),
    ]
    assert "80.0% real and 30.0% suspicious" in told[0][2]
    assert told[1][2] == "“bo” has 71 here, and 70 on line 3 of the same moment."
    assert told[2][2].endswith("that is more than all.")
    rows = AudienceSnapshot.objects.order_by("profile__handle", "captured_at")
    assert [(row.profile.handle, row.quality, row.aqs) for row in rows] == [
        ("bo", 0.8, 70),
        ("bo", 0.6, None),
        ("cleo", 0.755, None),
        ("dora", 0.7, None),
    ]


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
