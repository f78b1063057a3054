"""Where there is nothing, people are told what is missing and where to go on."""

from __future__ import annotations

import pytest

from tests.people import logged_in

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("address", "words", "places"),
    [
        ("/acme/content-tests/99/", "There is no such content test.", ["/acme/content-tests/"]),
        ("/acme/ledger/99/", "The ledger has no entry 99.", ["/acme/ledger/"]),
        ("/acme/nothing-here/", "No page has this address.", None),
        ("/nowhere/ledger/99/", "There is no brand “nowhere” among yours.", None),
    ],
)
def test_a_person_is_told_what_is_missing(legal, address, words, places):
    answer = logged_in(legal).get(address)
    assert answer.status_code == 404
    page = answer.content.decode()
    assert words in page
    for place in places or ["/"]:
        assert f'href="{place}"' in page


def test_what_is_there_for_others_looks_like_what_is_not(brand, outsider_client):
    there = outsider_client.get("/acme/ledger/").content.decode()
    nowhere = outsider_client.get("/nothing/ledger/").content.decode()
    assert there.replace("acme", "nothing") == nowhere
