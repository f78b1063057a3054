"""Offers over REST: what is shown, what each act does, and how refusals are told."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from campaigns.choices import OfferState
from campaigns.models import Offer, OfferEvent
from tests.campaigns.offers.worlds import FEE, an_offer
from tests.factories import RelationshipFactory
from tests.rest import assert_problem, rest_as, walk

pytestmark = pytest.mark.django_db
TERMS = {
    "compensation": "affiliate",
    "percent": "12.5",
    "months": 6,
    "deliverables": [{"platform": "instagram", "form": "short_video", "count": 2}],
    "rights": [{"usage": "paid", "months": 3, "territory": "Denmark"}],
}


@pytest.fixture
def relationship(brand):
    return RelationshipFactory(brand=brand, creator__name="Maya Iversen")


@pytest.fixture
def rest(manager, brand):
    return rest_as(manager, brand)


def test_an_offer_from_draft_to_yes(rest, relationship, manager):
    uid = str(relationship.creator.uid)
    body = {"creator": uid, "title": "Autumn shoes", "owner": manager.email, "terms": TERMS}
    made = rest.send("POST", "offers", body)
    assert made.status_code == 201, made.content
    offer = made.json()
    assert offer["creator"] == {"uid": uid, "name": "Maya Iversen"}
    assert offer["terms"] == {
        "compensation": "affiliate",
        "amount": None,
        "per": None,
        "currency": None,
        "product": None,
        "product_value": None,
        "percent": "12.5000",
        "months": 6,
        "event": None,
        "event_on": None,
        "covers_travel": None,
        "exclusive_for": None,
        "exclusive_months": None,
        "valid_until": None,
        "deliverables": [
            {
                "kind": "sponsored_post",
                "platform": "instagram",
                "form": "short_video",
                "count": 2,
                "due_on": None,
                "note": None,
            }
        ],
        "rights": [{"usage": "paid", "months": 3, "territory": "Denmark", "channels": None}],
    }
    assert (offer["state"], offer["number"], offer["acts"]) == (
        "draft",
        1,
        ["edit", "send", "discard"],
    )
    at = f"offers/{offer['id']}"
    steps = [
        ("PATCH", at, {"version": 1, "terms": TERMS | {"percent": 15}}, "draft"),
        ("POST", f"{at}:send", {"version": 2, "channel": "phone"}, "sent"),
        ("POST", f"{at}:counter", {"version": 3, "channel": "mail", "terms": TERMS}, "countered"),
        ("POST", f"{at}:revise", {"version": 4, "terms": TERMS, "reason": "Met."}, "draft"),
        ("POST", f"{at}:send", {"version": 5, "channel": "phone"}, "sent"),
        ("POST", f"{at}:accept", {"version": 6, "on": "2026-01-02", "note": "Yes!"}, "accepted"),
    ]
    for method, path, body, state in steps:
        answer = rest.send(method, path, body)
        assert (answer.status_code, answer.json().get("state")) == (200, state), answer.content
    whole = rest.json(at)
    assert [(v["number"], v["side"], v["terms"]["percent"]) for v in whole["versions"]] == [
        (1, "ours", "15.0000"),
        (2, "theirs", "12.5000"),
        (3, "ours", "12.5000"),
    ]
    assert [(e["act"], e["number"], e["note"]) for e in whole["events"]][-1] == (
        "accept",
        3,
        "Yes!",
    )
    assert whole["acts"] == []
    answer = rest.send("POST", f"{at}:withdraw", {"version": 7, "note": "No."})
    assert_problem(answer, 409, "not_in_this_state")


def test_who_is_late_is_told_and_changes_nothing(rest, relationship, manager):
    offer = an_offer(relationship, manager, OfferState.SENT)
    answer = rest.send("POST", f"offers/{offer.pk}:decline", {"version": 1})
    problem = assert_problem(answer, 409, "outdated")
    assert "manager sent it" in problem["detail"]
    offer.refresh_from_db()
    assert (offer.state, OfferEvent.objects.count()) == ("sent", 1)


@pytest.mark.parametrize(
    ("terms", "pointer"),
    [
        ({"compensation": "fee"}, "/terms/amount"),
        ({"compensation": "money"}, "/terms/compensation"),
        ({"compensation": "fee", "amount": "NaN"}, "/terms/amount"),
        ({"compensation": "fee", "amount": "5", "currency": "XXQ"}, "/terms/currency"),
        ({"compensation": "fee", "amount": "5", "months": 2}, "/terms/months"),
        ({"compensation": "fee", "amount": "5", "colour": "red"}, "/terms/colour"),
        (
            {"compensation": "fee", "amount": "5", "valid_until": "0001-01-01"},
            "/terms/valid_until",
        ),
        (TERMS | {"deliverables": [{"platform": "x"}]}, "/terms/deliverables/0/form"),
        (
            TERMS | {"deliverables": [{"platform": "nowhere", "form": "video"}]},
            "/terms/deliverables/0/platform",
        ),
        (TERMS | {"rights": [{"usage": "paid"}, {"usage": "paid"}]}, "/terms/rights/1/usage"),
        (TERMS | {"rights": [{"usage": "paid", "months": 0}]}, "/terms/rights/0/months"),
    ],
)
def test_what_cannot_be_used_is_named_by_its_place(terms, pointer, rest, relationship):
    body = {"creator": str(relationship.creator.uid), "title": "Shoes", "terms": terms}
    problem = assert_problem(rest.send("POST", "offers", body), 400)
    assert [error["pointer"] for error in problem["errors"]] == [pointer]
    assert not Offer.objects.exists()


def test_sending_asks_how(rest, relationship, manager):
    offer = an_offer(relationship, manager)
    for body, pointers in (
        ({"version": 1}, ["/channel"]),
        ({"version": 1, "mailbox": "hello@acme.example"}, ["/subject", "/text"]),
        (
            {"version": 1, "mailbox": "hello@acme.example", "subject": "s", "text": "t"},
            ["/mailbox"],
        ),
        ({"version": 1, "channel": "phone", "on": "2999-01-01"}, ["/on"]),
        ({"channel": "phone"}, ["/version"]),
    ):
        problem = assert_problem(rest.send("POST", f"offers/{offer.pk}:send", body), 400)
        assert [error["pointer"] for error in problem["errors"]] == pointers
    offer.refresh_from_db()
    assert offer.state == "draft"


def test_a_draft_is_thrown_away(rest, relationship, manager):
    offer = an_offer(relationship, manager)
    assert rest.send("POST", f"offers/{offer.pk}:discard", {"version": 1}).status_code == 204
    assert not Offer.objects.exists()


def test_the_list_is_filtered_and_stays_in_the_brand(
    rest, relationship, manager, outsider, other_brand, django_assert_num_queries
):
    sent = an_offer(relationship, manager, OfferState.SENT)
    an_offer(relationship, manager, wanted=replace(FEE, amount=Decimal(5)))
    an_offer(RelationshipFactory(brand=other_brand), outsider)
    # token and its last use, page, count, deliverables, rights
    with django_assert_num_queries(6):
        rows = walk(rest, "offers")
    assert [row["terms"]["amount"] for row in rows] == ["800.00", "5.00"]
    assert [row["id"] for row in walk(rest, "offers", state="sent")] == [sent.pk]
    assert len(walk(rest, "offers", creator=str(relationship.creator.uid))) == 2
    assert_problem(rest.get("offers", state="gone"), 400, "invalid_choice")
    theirs = Offer.objects.get(brand=other_brand)
    assert_problem(rest.get(f"offers/{theirs.pk}"), 404)
    answer = rest.send("POST", f"offers/{theirs.pk}:discard", {"version": 1})
    assert_problem(answer, 404)
    assert Offer.objects.filter(pk=theirs.pk).exists()


def test_others_may_read_and_not_decide(legal, brand, relationship, manager):
    offer = an_offer(relationship, manager, OfferState.SENT)
    rest = rest_as(legal, brand)
    assert rest.json(f"offers/{offer.pk}")["terms"]["amount"] == "800.00"
    answer = rest.send("POST", f"offers/{offer.pk}:accept", {"version": offer.version})
    assert "creator manager or admin may" in assert_problem(answer, 403)["detail"]
