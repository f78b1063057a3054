"""Every act in every state: done, or refused with words and without a trace."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from itertools import product

import pytest
from django.db import DatabaseError, transaction

from campaigns.choices import PayAct, PayState
from campaigns.models import Payable, PayableEvent, Payment
from campaigns.services.payments import paying
from campaigns.services.payments.paying import Said
from campaigns.services.payments.rules import change_rules
from campaigns.services.payments.states import BY_ITSELF, NEEDS_REASON, NEXT, allowed
from campaigns.services.rates.entering import Rate, enter
from campaigns.services.refusals import CampaignOutdated, CampaignRefused
from crm.choices import Role
from crm.models import AuditEntry
from tests.campaigns.made import make_campaign
from tests.campaigns.payments.worlds import TODAY, day, owed
from tests.factories import NOW
from tests.people import person


@pytest.fixture
def campaign(brand, manager):
    return make_campaign(brand, manager)


def do(payable, act, actor, **said):
    said.setdefault("note", "because")
    return paying.do(
        payable_id=payable.pk,
        brand=payable.brand,
        act=PayAct(act),
        said=Said(**said),
        actor=actor,
        at=NOW,
        expected_version=None,
    )


# What leads where; on hold goes back to where it was.
DONE = {
    ("committed", "mark_ready"): "ready",
    ("committed", "hold"): "on_hold",
    ("committed", "cancel"): "cancelled",
    ("ready", "release"): "ready",
    ("ready", "pay"): "paid",
    ("ready", "hold"): "on_hold",
    ("ready", "cancel"): "cancelled",
    ("on_hold", "lift"): "committed",
    ("on_hold", "cancel"): "cancelled",
    ("paid", "reverse"): "ready",
}


def test_every_act_in_every_state(campaign, manager) -> None:
    for state, act in product(PayState, PayAct):
        payable = owed(campaign, state)
        entries, payments = AuditEntry.objects.count(), Payment.objects.count()
        after = DONE.get((state.value, act.value))
        if after is not None:
            assert do(payable, act, manager).state == after, (state, act)
            event = PayableEvent.objects.get(payable=payable)
            assert (event.act, event.actor, event.note) == (act, manager, "because")
            assert AuditEntry.objects.count() == entries + 1
            continue
        with pytest.raises(CampaignRefused) as refusal:
            do(payable, act, manager)
        assert refusal.value.code == "not_in_this_state", (state, act)
        payable.refresh_from_db()
        assert (payable.state, payable.version) == (state, 1)
        assert not PayableEvent.objects.filter(payable=payable).exists()
        assert (AuditEntry.objects.count(), Payment.objects.count()) == (entries, payments)


def test_what_people_are_offered_is_what_can_be_done() -> None:
    offered = {(state.value, act.value) for state in PayState for act in allowed(state)}
    assert offered == set(DONE)
    assert not {act for act in PayAct if act in BY_ITSELF} & {act for _s, act in offered}
    assert set(NEXT) == set(PayState)


@pytest.mark.parametrize("act", NEEDS_REASON)
def test_some_acts_need_a_reason(campaign, manager, act) -> None:
    state = {"mark_ready": "committed", "reverse": "paid"}.get(act, "ready")
    payable = owed(campaign, PayState(state))
    with pytest.raises(CampaignRefused, match="Say why"):
        do(payable, act, manager, note=" ")
    payable.refresh_from_db()
    assert payable.state == state


def test_on_hold_goes_back_to_where_it_was(campaign, manager) -> None:
    payable = owed(campaign, PayState.READY)
    held = do(payable, "hold", manager, note="The creator disputes the sum")
    assert (held.state, held.held_from, held.hold_reason) == (
        "on_hold", "ready", "The creator disputes the sum",
    )  # fmt: skip
    back = do(payable, "lift", manager)
    assert (back.state, back.held_from, back.hold_reason, back.due_on) == (
        "ready", "", "", day(30),
    )  # fmt: skip


def test_a_payment_and_taking_it_back(campaign, manager) -> None:
    payable = owed(campaign, PayState.READY)
    do(payable, "pay", manager, on=day(-1), reference="SEPA 17")
    payment = Payment.objects.get()
    assert (payment.paid_on, payment.amount, payment.currency, payment.reference, payment.by) == (
        day(-1), Decimal("250.00"), "EUR", "SEPA 17", manager,
    )  # fmt: skip
    do(payable, "reverse", manager, note="It bounced")
    payment.refresh_from_db()
    assert (payment.reverse_reason, payment.reversed_by) == ("It bounced", manager)
    do(payable, "pay", manager)
    assert Payment.objects.filter(payable=payable).count() == 2


def test_what_was_paid_must_fit(campaign, manager) -> None:
    payable = owed(campaign, PayState.READY)
    for said, words in (
        ({"amount": Decimal(100)}, "250 EUR is owed"),
        ({"currency": "USD"}, "how much USD"),
        ({"currency": "QQQ"}, "no currency"),
        ({"on": day(1)}, "still to come"),
        ({"amount": Decimal("1.005")}, "two decimal places"),
    ):
        with pytest.raises(CampaignRefused, match=words):
            do(payable, "pay", manager, **said)
    assert not Payment.objects.exists()
    do(payable, "pay", manager, currency="usd", amount=Decimal("271.10"))
    assert str(Payment.objects.get()) == f"271.10 USD on {TODAY}"


def test_two_people_over_the_limit(brand, campaign, manager) -> None:
    admin = person(brand, Role.ADMIN)
    change_rules(
        brand=brand, release_limit=Decimal(200), rate_days=7, actor=admin, at=NOW,
        expected_version=0,
    )  # fmt: skip
    brand.currency = "EUR"
    brand.save()
    payable = owed(campaign, PayState.READY)
    with pytest.raises(CampaignRefused, match="Nobody has released it yet") as refusal:
        do(payable, "pay", manager)
    assert refusal.value.code == "not_released"
    do(payable, "release", manager)
    with pytest.raises(CampaignRefused, match="somebody else pays") as refusal:
        do(payable, "pay", manager)
    assert refusal.value.code == "same_person"
    assert not Payment.objects.exists()
    assert do(payable, "pay", admin).state == "paid"
    # Under the limit one is enough.
    small = owed(campaign, PayState.READY, amount=Decimal("199.99"))
    assert do(small, "pay", manager).state == "paid"
    # In a currency of which no rate is known, nobody can tell: two are needed.
    foreign = owed(campaign, PayState.READY, amount=Decimal(10), currency="USD")
    with pytest.raises(CampaignRefused, match="no rate from USD to EUR"):
        do(foreign, "pay", manager)
    rate = Rate("EUR", "USD", day(-7), Decimal("1.25"))
    enter(brand=brand, rates=[rate], source="ECB", actor=manager, at=NOW)
    assert do(foreign, "pay", manager).state == "paid"


def test_an_old_page_is_refused(campaign, manager) -> None:
    payable = owed(campaign, PayState.READY)
    do(payable, "hold", manager)
    with pytest.raises(CampaignOutdated, match="on hold"):
        paying.do(
            payable_id=payable.pk, brand=payable.brand, act=PayAct.PAY, said=Said(),
            actor=manager, at=NOW, expected_version=1,
        )  # fmt: skip
    assert not Payment.objects.exists()


def test_the_database_keeps_what_was_agreed_and_paid(campaign, manager) -> None:
    payable = owed(campaign, PayState.PAID)
    do(payable, "reverse", manager)
    payment, event = Payment.objects.get(), PayableEvent.objects.get()
    for rows, change in (
        (Payable, {"amount": 1}),
        (Payable, {"currency": "USD"}),
        (Payable, {"title": "Something else"}),
        (Payable, {"net_days": 1}),
        (Payment, {"amount": 1}),
        (Payment, {"reversed_at": None, "reverse_reason": ""}),
        (Payment, {"paid_on": day(9)}),
        (PayableEvent, {"note": "no"}),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.objects.update(**change)
    assert Payment.objects.get() == payment
    assert PayableEvent.objects.get() == event
    # An amount that has to be counted is filled in once.
    rule = {"metric": "views", "each": "0.01", "most": "9", "least": "0", "days": 1}
    counted = owed(campaign, amount=None, trigger="result", rule=rule)
    Payable.objects.filter(pk=counted.pk).update(amount=5)
    with pytest.raises(DatabaseError), transaction.atomic():
        Payable.objects.filter(pk=counted.pk).update(amount=6)
    # Nothing is ready without an amount, a day and what shows it; nothing is paid twice.
    for change in ({"amount": None}, {"ready_on": None}, {"evidence": None}, {"due_on": day(-1)}):
        with pytest.raises(DatabaseError), transaction.atomic():
            owed(campaign, PayState.READY, **change)
    twice = owed(campaign, PayState.PAID)
    with pytest.raises(DatabaseError), transaction.atomic():
        twice.payments.create(paid_on=TODAY, amount=1, currency="EUR", at=NOW + timedelta(1))
