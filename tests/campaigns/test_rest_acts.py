"""What is done over REST with competitors, campaigns that are over, and notes on days."""

from __future__ import annotations

import pytest

from campaigns.choices import CampaignStatus
from campaigns.models import Competitor, DayNote
from crm.models import AuditEntry
from tests.campaigns.made import make_campaign, set_status
from tests.rest import Rest, assert_problem, rest_as

pytestmark = pytest.mark.django_db


@pytest.fixture
def rest(brand, admin_user) -> Rest:
    return rest_as(admin_user, brand)


def test_competitors(brand, other_brand, outsider, rest):
    made = rest.send("POST", "competitors/", {"name": "Globex"})
    assert made.status_code == 201, made.content
    globex = made.json()
    assert globex == {"id": globex["id"], "name": "Globex", "handles": ["globex"]}
    address = f"competitors/{globex['id']}/"
    changed = rest.send("PATCH", address, {"handles": ["@GlobexDK", "#globex"]}).json()
    assert changed == {**globex, "handles": ["globexdk", "globex"]}
    assert rest.send("PATCH", address, {"name": "Globex A/S"}).json()["handles"] == [
        "globexdk",
        "globex",
    ]
    entries = AuditEntry.objects.count()
    twice = {"name": "globex a/s", "handles": ["globex"]}
    for method, path, body, pointer, code in (
        ("POST", "competitors/", {}, "/name", "required"),
        ("POST", "competitors/", twice, "/name", "named_twice"),
        ("PATCH", address, {"handles": ["x"]}, "/handles", "handle_invalid"),
        ("PATCH", address, {"handle": "x"}, "/handle", "unknown_member"),
    ):
        [fault] = assert_problem(rest.send(method, path, body), 400)["errors"]
        assert (fault["pointer"], fault["code"]) == (pointer, code)
    elsewhere = rest_as(outsider, other_brand)
    for method in ("GET", "PATCH", "DELETE"):
        assert_problem(elsewhere.send(method, address, {}), 404)
    assert AuditEntry.objects.count() == entries
    assert [row["name"] for row in rest.json("competitors/")["results"]] == ["Globex A/S"]
    assert rest.send("DELETE", address).status_code == 204
    assert not Competitor.objects.exists()


def test_a_campaign_is_put_away_and_taken_back(brand, other_brand, outsider, admin_user, rest):
    campaign = set_status(make_campaign(brand, admin_user), CampaignStatus.ACTIVE)
    address = f"campaigns/{campaign.key}"
    assert_problem(rest.send("POST", f"{address}:archive"), 409)
    set_status(campaign, CampaignStatus.COMPLETED)
    elsewhere = rest_as(outsider, other_brand)
    for verb in ("archive", "restore"):
        assert_problem(elsewhere.send("POST", f"{address}:{verb}"), 404)
    assert rest.send("POST", f"{address}:archive").json()["is_archived"] is True
    assert rest.send("POST", f"{address}:restore").json()["is_archived"] is False


def test_a_note_on_a_day_is_taken_back(brand, other_brand, outsider, rest):
    body = {"day": "2026-11-20", "title": "Fair"}
    note = rest.send("POST", "day-notes/", body).json()["id"]
    assert_problem(rest_as(outsider, other_brand).send("DELETE", f"day-notes/{note}/"), 404)
    assert rest.send("DELETE", f"day-notes/{note}/").status_code == 204
    assert_problem(rest.send("DELETE", f"day-notes/{note}/"), 404)
    assert not DayNote.objects.exists()
