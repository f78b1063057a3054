"""State by act by role: what is allowed, what is refused and in which words, and what remains."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from campaigns.choices import Channel, OfferAct, OfferState
from campaigns.models import Offer, OfferEvent, OfferRight, OfferVersion
from campaigns.services.offers import deciding, sending, writing
from campaigns.services.offers.record import NotNow, OfferOutdated, Said
from campaigns.services.offers.states import BY_PEOPLE, NEXT, allowed, why_not
from campaigns.services.offers.wanted import Deliverable, OfferRefused, Wanted
from crm.audit import entries_of, first_broken_link
from crm.choices import Role
from crm.models import AuditEntry, FactChange, Notification
from tests.campaigns.offers.worlds import BY_PHONE, FEE, an_offer
from tests.factories import NOW, RelationshipFactory
from tests.people import person

pytestmark = pytest.mark.django_db
DEARER = replace(FEE, amount=Decimal(900))


@pytest.fixture
def relationship(brand):
    return RelationshipFactory(brand=brand, creator__name="Maya Iversen")


def act_on(offer: Offer, act: OfferAct, actor, version: int | None = None) -> object:
    who = {
        "offer_id": offer.pk,
        "brand": offer.brand,
        "actor": actor,
        "at": NOW,
        "expected_version": version,
    }
    return {
        OfferAct.EDIT: lambda: writing.change_draft(**who, wanted=DEARER),
        OfferAct.SEND: lambda: sending.send_by_hand(**who, said=BY_PHONE),
        OfferAct.REVISE: lambda: writing.revise(**who, wanted=DEARER, reason="They asked."),
        OfferAct.COUNTER: lambda: writing.counter(**who, wanted=DEARER, said=BY_PHONE),
        OfferAct.ACCEPT: lambda: deciding.accept(**who, said=Said(on=date(2026, 11, 20))),
        OfferAct.DECLINE: lambda: deciding.decline(**who),
        OfferAct.WITHDRAW: lambda: deciding.withdraw(**who, note="The launch moved."),
        OfferAct.DISCARD: lambda: writing.discard(**who),
    }[act]()


def everything(brand) -> list[object]:
    """All that an act could have left behind."""
    return [
        list(Offer.objects.order_by("pk").values()),
        list(OfferVersion.objects.order_by("pk").values()),
        list(OfferEvent.objects.order_by("pk").values()),
        AuditEntry.objects.count(),
        FactChange.objects.count(),
    ]


@pytest.mark.parametrize("state", OfferState)
def test_each_act_in_each_state_is_done_or_refused_with_words(state, relationship, manager):
    offer = an_offer(relationship, manager, state)
    before = everything(relationship.brand)
    for act in BY_PEOPLE:
        expected = NEXT[state].get(act)
        with transaction.atomic():
            if expected is None:
                with pytest.raises(NotNow) as refusal:
                    act_on(offer, act, manager)
                assert str(refusal.value) == why_not(state, act)
                assert str(refusal.value).endswith(".")
                assert everything(relationship.brand) == before, act
            else:
                act_on(offer, act, manager)
                left = Offer.objects.filter(pk=offer.pk).first()
                if act == OfferAct.DISCARD:
                    assert left is None
                else:
                    assert left is not None
                    assert (left.state, left.version) == (expected, offer.version + 1), act
            transaction.set_rollback(True)


def test_the_table_names_every_state_and_only_possible_ends():
    assert set(NEXT) == set(OfferState)
    assert allowed(OfferState.ACCEPTED) == ()
    assert allowed(OfferState.DRAFT) == (OfferAct.EDIT, OfferAct.SEND, OfferAct.DISCARD)
    assert all(
        why_not(state, act) for state in OfferState for act in OfferAct if act not in NEXT[state]
    )


def test_a_negotiation_from_the_draft_to_yes(relationship, manager, admin_user):
    offer = an_offer(relationship, manager, OfferState.COUNTERED)
    act_on(offer, OfferAct.REVISE, admin_user)
    act_on(offer, OfferAct.SEND, admin_user)
    act_on(offer, OfferAct.ACCEPT, admin_user)
    offer.refresh_from_db()
    versions = offer.versions.order_by("number")
    assert [(v.number, v.side, v.amount, v.reason) for v in versions] == [
        (1, "ours", Decimal(800), ""),
        (2, "theirs", Decimal(1_000), ""),
        (3, "ours", Decimal(900), "They asked."),
    ]
    assert all(version.fixed_at == NOW for version in versions)
    assert [(e.act, e.version.number, e.channel, e.on) for e in offer.events.order_by("pk")] == [
        ("send", 1, "phone", date(2026, 11, 22)),
        ("counter", 2, "phone", date(2026, 11, 22)),
        ("send", 3, "phone", date(2026, 11, 22)),
        ("accept", 3, "", date(2026, 11, 20)),
    ]
    assert (offer.state, offer.current.number, offer.version) == ("accepted", 3, 6)
    changes = FactChange.objects.values_list("creator", "cause")
    assert list(changes) == [(relationship.creator_id, "offer")] * 4
    # Whose offer it is hears of what a colleague wrote down.
    told = Notification.objects.get()
    assert (told.user, told.text) == (manager, "Accepted: Autumn shoes, Maya Iversen")
    assert told.url == f"/acme/offers/{offer.pk}/"
    assert AuditEntry.objects.order_by("-number").values_list("verb", "facts")[0] == (
        "campaigns.offer.accepted",
        {"relationship": relationship.pk, "version": 3, "state": ["sent", "accepted"]},
    )
    assert first_broken_link(entries_of(relationship.brand)) is None


def test_the_ledger_holds_no_words_of_an_offer(relationship, manager):
    wanted = replace(FEE, product="Secret shoe", exclusive_for="hidden things")
    offer = an_offer(relationship, manager, OfferState.SENT, wanted=wanted)
    deciding.decline(
        offer_id=offer.pk,
        brand=offer.brand,
        actor=manager,
        at=NOW,
        expected_version=None,
        said=Said(note="Is expecting a child."),
    )
    text = str(list(AuditEntry.objects.values("facts", "text__personal")))
    assert "child" not in text
    assert "Secret" not in text
    assert "hidden" not in text


def test_of_two_decisions_one_wins_and_the_other_is_told(relationship, manager, admin_user):
    offer = an_offer(relationship, manager, OfferState.SENT)
    seen = offer.version
    act_on(offer, OfferAct.ACCEPT, manager, seen)
    before = everything(relationship.brand)
    with pytest.raises(OfferOutdated) as refusal:
        act_on(offer, OfferAct.DECLINE, admin_user, seen)
    assert str(refusal.value) == (
        "manager said that it is accepted since you loaded the page. Nothing of yours was saved; "
        "load the page again."
    )
    assert everything(relationship.brand) == before


def test_a_draft_that_changed_meanwhile_is_not_overwritten(relationship, manager):
    offer = an_offer(relationship, manager)
    act_on(offer, OfferAct.EDIT, manager, 1)
    with pytest.raises(OfferOutdated, match="Somebody changed this offer since you loaded it"):
        act_on(offer, OfferAct.EDIT, manager, 1)
    offer.refresh_from_db()
    assert (offer.version, offer.current.amount) == (2, Decimal(900))


def test_a_draft_thrown_away_leaves_what_was_before(relationship, manager):
    offer = an_offer(relationship, manager, OfferState.COUNTERED)
    act_on(offer, OfferAct.REVISE, manager)
    act_on(offer, OfferAct.DISCARD, manager)
    offer.refresh_from_db()
    assert (offer.state, offer.current.number, offer.versions.count()) == ("countered", 2, 2)


def test_what_was_sent_stays_whatever_anybody_tries(relationship, manager):
    version = an_offer(relationship, manager, OfferState.SENT).current
    line = version.deliverables.get()
    for change in (
        lambda: OfferVersion.objects.filter(pk=version.pk).update(amount=1),
        lambda: version.deliverables.update(count=9),
        lambda: OfferRight.objects.create(version=version, usage="whitelisting"),
        lambda: type(line).objects.create(
            version=version, position=7, kind="review", platform_id="tiktok", form="video"
        ),
    ):
        with pytest.raises(IntegrityError, match="fixed"), transaction.atomic():
            change()
    # Whose it was may be forgotten with the account.
    manager.delete()
    version.refresh_from_db()
    assert (version.amount, version.author) == (Decimal(800), None)


def test_a_fee_says_what_it_is_for_before_it_is_sent(relationship, manager):
    offer = an_offer(relationship, manager, wanted=replace(FEE, deliverables=()))
    with pytest.raises(OfferRefused, match="does not say what the fee is for"):
        act_on(offer, OfferAct.SEND, manager)
    offer.refresh_from_db()
    assert (offer.state, offer.events.count()) == ("draft", 0)


def test_an_offer_that_has_expired_cannot_be_sent(relationship, manager):
    offer = an_offer(relationship, manager, wanted=replace(FEE, valid_until=date(2026, 11, 21)))
    with pytest.raises(OfferRefused, match="valid until 21 November 2026 only"):
        act_on(offer, OfferAct.SEND, manager)


@pytest.mark.parametrize(
    ("said", "field", "words"),
    [
        (Said(on=date(2026, 11, 23), channel=Channel.PHONE), "on", "still to come"),
        (Said(on=date(1999, 1, 1), channel=Channel.PHONE), "on", "2000 or later"),
        (Said(channel="pigeon"), "channel", "Choose how"),
        (Said(channel=Channel.PHONE, note="x" * 1_001), "note", "1,000 characters"),
    ],
)
def test_how_and_when_it_was_sent_is_checked(said, field, words, relationship, manager):
    offer = an_offer(relationship, manager)
    with pytest.raises(OfferRefused, match=words) as refusal:
        sending.send_by_hand(
            offer_id=offer.pk,
            brand=offer.brand,
            said=said,
            actor=manager,
            at=NOW,
            expected_version=None,
        )
    assert refusal.value.field == field
    assert not OfferEvent.objects.exists()


def test_it_is_accepted_on_a_day_on_which_it_was_valid(relationship, manager):
    offer = an_offer(relationship, manager, OfferState.EXPIRED)
    later = NOW + timedelta(days=20)
    who = {
        "offer_id": offer.pk,
        "brand": offer.brand,
        "actor": manager,
        "at": later,
        "expected_version": None,
    }
    with pytest.raises(OfferRefused, match="valid until 1 December 2026") as refusal:
        deciding.accept(**who)
    assert refusal.value.field == "on"
    deciding.accept(**who, said=Said(on=date(2026, 12, 1)))
    offer.refresh_from_db()
    assert offer.state == "accepted"


def test_expiry_goes_by_the_day_of_each_brand(brand, other_brand, manager):
    brand.timezone, other_brand.timezone = "Pacific/Auckland", "America/Los_Angeles"
    brand.save()
    other_brand.save()
    here = an_offer(RelationshipFactory(brand=brand), manager, OfferState.SENT)
    elsewhere = person(other_brand, Role.MANAGER)
    there = an_offer(RelationshipFactory(brand=other_brand), elsewhere, OfferState.SENT)
    waits = an_offer(RelationshipFactory(brand=brand), manager, OfferState.COUNTERED)
    # 2 December in Auckland, still 1 December in Los Angeles.
    assert deciding.expire_due(at=NOW.replace(month=12, day=1, hour=18)) == 1
    assert deciding.expire_due(at=NOW.replace(month=12, day=1, hour=18)) == 0
    for offer, state in ((here, "expired"), (there, "sent"), (waits, "countered")):
        offer.refresh_from_db()
        assert offer.state == state
    assert Notification.objects.get().text.startswith("Expired without an answer: Autumn shoes")
    assert AuditEntry.objects.get(verb="campaigns.offer.expired").actor is None


def test_an_offer_has_an_owner_of_the_brand(relationship, manager, admin_user, outsider):
    offer = an_offer(relationship, manager)
    who = {"offer_id": offer.pk, "brand": offer.brand, "actor": manager, "at": NOW}
    with pytest.raises(OfferRefused, match="has no role in Acme"):
        writing.hand_over(**who, owner=outsider)
    writing.hand_over(**who, owner=admin_user)
    offer.refresh_from_db()
    assert offer.owner == admin_user
    assert Notification.objects.get().user == admin_user


def test_another_brand_s_offer_does_not_exist(relationship, manager, other_brand, outsider):
    offer = an_offer(relationship, manager, OfferState.SENT)
    with pytest.raises(Offer.DoesNotExist):
        deciding.accept(
            offer_id=offer.pk, brand=other_brand, actor=outsider, at=NOW, expected_version=None
        )
    assert not Offer.objects.visible_to(outsider).exists()
    assert list(Offer.objects.visible_to(manager)) == [offer]


def test_a_platform_is_of_the_registry(relationship, manager):
    odd = replace(FEE, deliverables=(Deliverable("review", "myspace", "video"),))
    with pytest.raises(OfferRefused) as refusal:
        an_offer(relationship, manager, wanted=odd)
    assert refusal.value.field == "deliverables/0/platform"
    assert not Offer.objects.exists()
    assert isinstance(odd, Wanted)
