"""Events over REST: planned, changed, invited to, answered; refusals say where and why."""

from __future__ import annotations

import pytest

from campaigns.models import Event, EventInvitation
from tests.campaigns.events.worlds import an_event
from tests.campaigns.publishing.pieces import running
from tests.factories import RelationshipFactory
from tests.rest import rest_as

pytestmark = pytest.mark.django_db


@pytest.fixture
def rest(brand, manager):
    return rest_as(manager, brand)


def test_an_event_from_plan_to_door(rest, brand, manager):
    campaign = running(brand, manager)
    said = {
        "campaign": campaign.key,
        "name": "Launch",
        "place": "Hall",
        "starts_at": "2027-03-01T18:00:00+09:00",
        "ends_at": "2027-03-01T21:00:00+09:00",
        "zone": "Asia/Tokyo",
        "capacity": 1,
    }
    wrong = rest.send("POST", "events/", said | {"ends_at": "2027-03-01T18:00:00+09:00"})
    assert wrong.status_code == 400
    assert wrong.json()["errors"][0]["pointer"] == "/ends_at"
    assert not Event.objects.exists()
    made = rest.send("POST", "events/", said).json()
    assert (made["starts_at"], made["people"]) == ("2027-03-01T09:00:00Z", 0)
    changed = rest.send("PATCH", f"events/{made['id']}/", {"version": 1, "covers_travel": True})
    assert changed.json()["covers_travel"] is True
    late = rest.send("PATCH", f"events/{made['id']}/", {"version": 1, "place": "Elsewhere"})
    assert (late.status_code, late.json()["errors"][0]["code"]) == (409, "outdated")
    ava, bo = (RelationshipFactory(brand=brand) for _ in range(2))
    creators = [str(ava.creator.uid), str(bo.creator.uid)]
    first, second = rest.send("POST", f"events/{made['id']}:invite", {"creators": creators}).json()
    assert first["acts"] == ["accept", "decline", "withdraw", "check_in", "miss"]
    yes = {"version": 1, "act": "accept"}
    assert rest.send("POST", f"invitations/{first['id']}:answer", yes).json()["state"] == "accepted"
    assert rest.send("POST", f"invitations/{second['id']}:answer", yes).json()["state"] == "waiting"
    early = rest.send(
        "POST", f"invitations/{first['id']}:answer", {"version": 2, "act": "check_in"}
    )
    assert (early.status_code, early.json()["errors"][0]["code"]) == (409, "too_early")
    listed = rest.json("invitations/", event=made["id"], state="waiting")["results"]
    assert [row["creator"]["uid"] for row in listed] == [creators[1]]
    shown = rest.json("events/", campaign=campaign.key)["results"]
    assert [(row["invited"], row["people"], row["waiting"]) for row in shown] == [(2, 1, 1)]
    gone = rest.send("POST", f"events/{made['id']}:cancel", {"version": 2, "reason": "Snow"})
    assert gone.json()["cancelled_because"] == "Snow"


def test_another_brands_events_do_not_exist(rest, other_brand, manager):
    event = an_event(other_brand, manager, running(other_brand))
    assert rest.get(f"events/{event.pk}/").status_code == 404
    body = {"creators": [str(RelationshipFactory(brand=other_brand).creator.uid)]}
    assert rest.send("POST", f"events/{event.pk}:invite", body).status_code in {400, 404}
    assert (
        rest.send("POST", f"events/{event.pk}:cancel", {"version": 1, "reason": "x"}).status_code
        == 404
    )
    assert not EventInvitation.objects.exists()


def test_reading_takes_a_scope_and_writing_another(brand, analyst, manager):
    event = an_event(brand, manager)
    reader = rest_as(analyst, brand)
    assert reader.get(f"events/{event.pk}/").status_code == 200
    answer = reader.send("PATCH", f"events/{event.pk}/", {"version": 1, "place": "Elsewhere"})
    assert answer.status_code == 403
    event.refresh_from_db()
    assert event.place == "The old bakery"
