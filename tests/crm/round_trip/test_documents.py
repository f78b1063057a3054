"""Numbers of rows inside of documents: moved as the rows are."""

from __future__ import annotations

import json

from django.db.models import JSONField

from crm.services.round_trip.decisions import SHARED, TAKEN, Taken, in_order
from crm.services.round_trip.documents import moved
from crm.services.round_trip.keys import Keys

USERS = {3: 7}


def document(column: dict, paths: dict[str, str]) -> object:
    """A document as it arrives where numbers are raised by 1,000; the highest that came is 50."""
    one = Taken("crm.Application", inside={"made": paths})
    keys = Keys(shift=1_000, here={"crm.User": USERS})
    [line] = moved([json.dumps({"id": 1, "made": column}).encode()], one, keys, 50)
    row = json.loads(line)
    assert row["id"] == 1  # Columns are raised where they are written.
    return row["made"]


def test_numbers_are_raised_where_a_path_leads():
    made = {"creator": 4, "profiles": [5, 6], "version": 2}
    paths = {"creator": "crm.Creator", "profiles.*": "crm.Profile", "contact": "crm.ContactPoint"}
    assert document(made, paths) == {"creator": 1_004, "profiles": [1_005, 1_006], "version": 2}
    assert document([[4, "2026-01-01", 9.5]], {"*.0": "x"}) == [[1_004, "2026-01-01", 9.5]]
    ways = {"4": [{"creators": [4, 5], "lost": 1}], "name": []}
    assert document(ways, {"@": "x", "*.*.creators.*": "x"}) == {
        "1004": [{"creators": [1_004, 1_005], "lost": 1}],
        "name": [],
    }


def test_people_have_the_numbers_they_have_here_and_who_is_not_in_the_file_has_none():
    assert document({"by": 3}, {"by": "crm.User"}) == {"by": 7}
    assert document({"by": 4}, {"by": "crm.User"}) == {"by": 0}
    for gone in (51, 0, -999, 10**30):
        assert document({"post": gone}, {"post": "crm.Post"}) == {"post": 0}


def test_what_is_no_number_or_no_line_stays():
    for value in (None, "4", True, 1.5, {}, []):
        assert document({"post": value}, {"post": "crm.Post"}) == {"post": value}
    one = Taken("crm.Application", inside={"made": {"creator": "crm.Creator"}})
    damaged = [b"{", b"[]", b'{"id": 1}']
    assert list(moved(damaged, one, Keys(shift=1), 50)) == damaged


def test_every_decision_names_a_document_and_a_table():
    known = {one.label for one in TAKEN} | set(SHARED)
    decided = [one for one in in_order() if one.inside]
    assert len(decided) >= 8
    for one in decided:
        for column, paths in one.inside.items():
            assert isinstance(one.model._meta.get_field(column), JSONField), one.label
            assert set(paths.values()) <= known, one.label
