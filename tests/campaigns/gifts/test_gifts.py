"""Gifts step by step: each allowed or refused with words, on pages and over REST."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from campaigns.choices import GiftAct, GiftState
from campaigns.models import Gift, GiftEvent
from campaigns.services import gifts as service
from campaigns.services.gifts import Details, Step
from crm.models import AuditEntry, FactChange
from crm.services.contacts import set_address
from tests.factories import NOW, RelationshipFactory
from tests.rest import assert_problem, rest_as, walk

pytestmark = pytest.mark.django_db
SHOES = Details("Trail shoes", "blue, 39", Decimal(120), "EUR")
ADDRESS = {"recipient": "Maya Iversen", "street": "Havnegade 1", "city": "Aarhus", "country": "DK"}
POST = "https://www.instagram.com/p/abc/"
# The shortest way to each state.
WAYS = {
    GiftState.PLANNED: (),
    GiftState.ASKED: (GiftAct.ASK,),
    GiftState.WANTED: (GiftAct.WANT,),
    GiftState.REFUSED: (GiftAct.REFUSE,),
    GiftState.SHIPPED: (GiftAct.SHIP,),
    GiftState.DELIVERED: (GiftAct.SHIP, GiftAct.DELIVER),
    GiftState.POSTED: (GiftAct.SHIP, GiftAct.POST),
    GiftState.RETURNED: (GiftAct.SHIP, GiftAct.RETURN),
    GiftState.CANCELLED: (GiftAct.CANCEL,),
}


@pytest.fixture
def relationship(brand, manager):
    found = RelationshipFactory(brand=brand, creator__name="Maya Iversen")
    set_address(relationship=found, values=ADDRESS, actor=manager, at=NOW)
    return found


def take(gift: Gift, act: GiftAct, actor, **said: object) -> Gift:
    if act == GiftAct.POST:
        said.setdefault("post_url", POST)
    return service.advance(
        gift_id=gift.pk,
        brand=gift.brand,
        act=act,
        step=Step(**said),
        actor=actor,
        at=NOW,
        expected_version=None,
    )


def a_gift(relationship, actor, state: GiftState = GiftState.PLANNED) -> Gift:
    gift = service.plan_gift(relationship=relationship, details=SHOES, actor=actor, at=NOW)
    for act in WAYS[state]:
        gift = take(gift, act, actor)
    assert gift.state == state
    return gift


def everything() -> list[object]:
    return [
        list(Gift.objects.values()),
        GiftEvent.objects.count(),
        AuditEntry.objects.count(),
        FactChange.objects.count(),
    ]


@pytest.mark.parametrize("state", GiftState)
def test_each_step_in_each_state_is_taken_or_refused_with_words(state, relationship, manager):
    gift = a_gift(relationship, manager, state)
    before = everything()
    for act in GiftAct:
        expected = service.NEXT[state].get(act)
        with transaction.atomic():
            if expected is None:
                with pytest.raises(service.GiftNotNow) as refusal:
                    take(gift, act, manager)
                assert str(refusal.value).endswith(".")
                assert everything() == before, act
            else:
                done = take(gift, act, manager)
                assert (done.state, done.version) == (expected, gift.version + 1), act
                done.refresh_from_db()
                assert done.events.order_by("-pk")[0].act == act
            transaction.set_rollback(True)


def test_from_the_question_to_the_post(relationship, manager):
    gift = a_gift(relationship, manager)
    take(gift, GiftAct.ASK, manager, on=date(2026, 11, 1))
    take(gift, GiftAct.WANT, manager, on=date(2026, 11, 2), note="In blue, please.")
    assert not FactChange.objects.filter(cause="gift").exists()
    take(gift, GiftAct.SHIP, manager, on=date(2026, 11, 3), carrier="PostNord", tracking="00370")
    take(gift, GiftAct.DELIVER, manager, on=date(2026, 11, 6))
    gift = take(gift, GiftAct.POST, manager, on=date(2026, 11, 20))
    gift.refresh_from_db()
    assert (
        gift.asked_on,
        gift.answered_on,
        gift.shipped_on,
        gift.delivered_on,
        gift.posted_on,
    ) == (
        date(2026, 11, 1),
        date(2026, 11, 2),
        date(2026, 11, 3),
        date(2026, 11, 6),
        date(2026, 11, 20),
    )
    assert (gift.carrier, gift.tracking, gift.post_link) == ("PostNord", "00370", POST)
    assert FactChange.objects.filter(cause="gift").count() == 3
    assert AuditEntry.objects.filter(verb__startswith="campaigns.gift.").count() == 6
    text = str(list(AuditEntry.objects.values("facts", "text__personal")))
    assert "Havnegade" not in text
    assert "please" not in text


@pytest.mark.parametrize(
    ("state", "act", "said", "field", "words"),
    [
        (GiftState.WANTED, GiftAct.SHIP, {"on": date(2026, 11, 23)}, "on", "still to come"),
        (GiftState.WANTED, GiftAct.SHIP, {"carrier": "x" * 61}, "carrier", "60 characters"),
        (GiftState.SHIPPED, GiftAct.DELIVER, {"on": date(2026, 11, 1)}, "on", "22 November 2026"),
        (GiftState.SHIPPED, GiftAct.POST, {"post_url": "javascript:x"}, "post_url", "https://"),
        (GiftState.SHIPPED, GiftAct.POST, {"post_url": ""}, "post_url", "https://"),
        (GiftState.ASKED, GiftAct.WANT, {"note": "x" * 1_001}, "note", "1,000 characters"),
    ],
)
def test_a_step_that_cannot_be(state, act, said, field, words, relationship, manager):
    gift = a_gift(relationship, manager, state)
    before = everything()
    with pytest.raises(service.GiftRefused, match=words) as refusal:
        take(gift, act, manager, **said)
    assert refusal.value.field == field
    assert everything() == before


def test_a_parcel_needs_somewhere_to_go(brand, manager):
    gift = a_gift(RelationshipFactory(brand=brand, creator__name="Ola"), manager, GiftState.WANTED)
    with pytest.raises(service.GiftRefused, match="no postal address of Ola yet") as refusal:
        take(gift, GiftAct.SHIP, manager)
    assert refusal.value.field == "address"
    gift.refresh_from_db()
    assert (gift.state, gift.shipped_on) == ("wanted", None)


def test_a_parcel_that_came_back_goes_out_again(relationship, manager):
    gift = a_gift(relationship, manager, GiftState.RETURNED)
    gift = take(gift, GiftAct.SHIP, manager)
    assert (gift.state, gift.returned_on) == ("shipped", None)


def test_of_two_people_one_is_late(relationship, manager):
    gift = a_gift(relationship, manager)
    take(gift, GiftAct.ASK, manager)
    with pytest.raises(service.GiftOutdated, match="it is “interest asked” now"):
        service.change_gift(
            gift_id=gift.pk,
            brand=gift.brand,
            details=SHOES,
            actor=manager,
            at=NOW,
            expected_version=1,
        )


@pytest.mark.parametrize(
    ("details", "field"),
    [
        (Details("  "), "product"),
        (Details("Shoes", value=Decimal(-1)), "value"),
        (Details("Shoes", value=Decimal("1.234")), "value"),
        (Details("Shoes", value=Decimal(1), currency="XXQ"), "currency"),
    ],
)
def test_what_a_gift_is_is_checked(details, field, relationship, manager):
    with pytest.raises(service.GiftRefused) as refusal:
        service.plan_gift(relationship=relationship, details=details, actor=manager, at=NOW)
    assert refusal.value.field == field
    assert not Gift.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": "posted"},
        {"state": "shipped"},
        {"value": None},
        {"currency": ""},
        {"value": -1},
        {"product": ""},
        {"state": "lost"},
        {"delivered_on": date(2026, 1, 1)},
    ],
)
def test_the_database_refuses_what_is_not_whole(wrong, relationship, manager):
    gift = a_gift(relationship, manager)
    with pytest.raises(IntegrityError), transaction.atomic():
        Gift.objects.filter(pk=gift.pk).update(**wrong)


def text_of(answer) -> str:
    return " ".join(answer.content.decode().split())


def test_the_pages_lead_from_step_to_step(relationship, manager_client):
    url = f"/acme/creators/{relationship.creator.uid}/gifts/new/"
    assert manager_client.get(url).status_code == 200
    assert manager_client.post(url, {"product": ""}).status_code == 422
    made = manager_client.post(url, {"product": "Trail shoes", "value": "120", "currency": "EUR"})
    gift = Gift.objects.get()
    at = f"/acme/gifts/{gift.pk}/"
    assert made["Location"] == at
    page = text_of(manager_client.get(at))
    assert "120 EUR" in page
    assert "Maya Iversen, Aarhus, DK" in page
    assert manager_client.post(f"{at}ship/", {"version": 1, "carrier": "DHL"}).status_code == 302
    old = manager_client.post(f"{at}deliver/", {"version": 1})
    assert old.status_code == 409
    assert "Somebody changed this gift since you loaded it" in text_of(old)
    bad = manager_client.post(f"{at}post/", {"version": 2, "post_url": "no address"})
    assert bad.status_code == 409
    assert "Paste the address of the post" in text_of(bad)
    fixed = manager_client.post(at, {"version": 2, "product": "Trail shoes 2", "value": ""})
    assert fixed.status_code == 302
    gift.refresh_from_db()
    assert (gift.product, gift.value, gift.currency, gift.state) == (
        "Trail shoes 2",
        None,
        "",
        "shipped",
    )
    listed = text_of(manager_client.get("/acme/gifts/?state=shipped"))
    assert "Trail shoes 2" in listed
    assert "Shipped 1" in listed
    assert "No gift is like that" in text_of(manager_client.get("/acme/gifts/?state=posted"))
    file = b"".join(manager_client.get("/acme/gifts/export.csv").streaming_content).decode()
    assert "Trail shoes 2,,Maya Iversen,Shipped," in file
    assert "Havnegade" not in file


def test_others_read_and_do_not_send(relationship, manager, analyst_client):
    gift = a_gift(relationship, manager, GiftState.WANTED)
    page = text_of(analyst_client.get(f"/acme/gifts/{gift.pk}/"))
    assert "What happened next?" not in page
    assert analyst_client.post(f"/acme/gifts/{gift.pk}/ship/", {"version": 2}).status_code == 403


def test_gifts_over_rest(relationship, manager, brand):
    rest = rest_as(manager, brand)
    uid = str(relationship.creator.uid)
    made = rest.send("POST", "gifts", {"creator": uid, "product": "Shoes", "value": "120.50"})
    assert made.status_code == 201, made.content
    gift = made.json()
    assert (gift["value"], gift["currency"], gift["state"]) == ("120.50", "USD", "planned")
    assert gift["acts"] == ["ask", "want", "refuse", "ship", "cancel"]
    at = f"gifts/{gift['id']}"
    answer = rest.send("PATCH", at, {"version": 1, "variant": "blue"})
    assert (answer.json()["variant"], answer.json()["value"]) == ("blue", "120.50")
    answer = rest.send("POST", f"{at}:advance", {"version": 2, "act": "ship", "carrier": "DHL"})
    assert (answer.json()["state"], answer.json()["carrier"]) == ("shipped", "DHL")
    for body, status, code in (
        ({"version": 2, "act": "deliver"}, 409, "outdated"),
        ({"version": 3, "act": "ask"}, 409, "not_in_this_state"),
        ({"version": 3, "act": "post", "post_url": "x"}, 400, "invalid"),
        ({"version": 3, "act": "eat"}, 400, "invalid_choice"),
    ):
        assert_problem(rest.send("POST", f"{at}:advance", body), status, code)
    body = {"creator": uid, "product": "Shoes", "offer": 99}
    assert_problem(rest.send("POST", "gifts", body), 400, "unknown_offer")
    assert [row["id"] for row in walk(rest, "gifts", state="shipped")] == [gift["id"]]
    assert walk(rest, "gifts", state="posted") == []
    assert Gift.objects.get().state == "shipped"
