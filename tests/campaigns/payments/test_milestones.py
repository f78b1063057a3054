"""When an amount becomes ready, by what is written down; and what an amendment changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns.choices import (
    CostKind,
    DeliverableState,
    FeeDue,
    PayAct,
    PayMetric,
    PayState,
    PayTrigger,
)
from campaigns.models import Deliverable, Payable, PayableEvent
from campaigns.services.contracts import deciding
from campaigns.services.contracts.terms import FeePart
from campaigns.services.contracts.variable import ResultPart
from campaigns.services.payments import paying
from campaigns.services.payments.milestones import reached
from campaigns.services.payments.paying import Said
from campaigns.services.payments.planning import Cost, add_cost
from campaigns.services.payments.results import Rule, pay_for
from campaigns.services.payments.sweeping import sweep
from campaigns.services.refusals import CampaignRefused
from crm.models import AuditEntry
from tests.campaigns.contracts.worlds import TERMS
from tests.campaigns.made import make_campaign
from tests.campaigns.payments.worlds import LATER, TODAY, agreed, amended, day, of_creator, owed
from tests.campaigns.publishing.pieces import piece, producing, running
from tests.factories import NOW, PostFactory

PER_VIEW = Rule(PayMetric.VIEWS, Decimal("0.01"), Decimal(500), days=30)


def rows(contract):
    return [
        (one.part, one.amount, one.state, one.ready_on, one.due_on)
        for one in Payable.objects.filter(contract=contract).order_by("part")
    ]


def publish(engagement, **values):
    Deliverable.objects.filter(engagement=engagement).update(
        state=DeliverableState.PUBLISHED, published_at=LATER + timedelta(days=9), **values
    )


def test_an_accepted_contract_is_owed_in_its_parts(brand, manager) -> None:
    contract = agreed(brand, manager)
    signing, due = day(1), day(31)
    assert rows(contract) == [
        (1, Decimal("500.00"), "ready", signing, due),
        (2, Decimal("500.00"), "committed", None, None),
    ]
    first, second = Payable.objects.order_by("part")
    assert first.title == "Fee, part 1 of 2, on signing"
    assert first.evidence == {
        "words": f"The contract was accepted on {signing:%-d %B %Y}",
        "shown": [{"what": "Accepted by", "value": "Mira Holm", "on": signing.isoformat()}],
    }
    assert list(PayableEvent.objects.filter(payable=first).values_list("act", flat=True)) == [
        "plan", "reach",
    ]  # fmt: skip
    # 50 % thirty days after the publication of everything.
    pieces = Deliverable.objects.filter(engagement=contract.engagement).order_by("pk")
    Deliverable.objects.filter(pk=pieces[0].pk).update(
        state=DeliverableState.PUBLISHED, published_at=LATER
    )
    assert sweep(brand, at=LATER) == 0
    assert reached([second], brand=brand, at=LATER)[second.pk].words == (
        "1 of 3 pieces of content are published."
    )
    publish(contract.engagement)
    assert sweep(brand, at=LATER + timedelta(days=10)) == 1
    assert sweep(brand, at=LATER + timedelta(days=10)) == 0
    assert rows(contract)[1] == (2, Decimal("500.00"), "ready", day(10), day(40))
    second.refresh_from_db()
    assert [one["deliverable"] for one in second.evidence["shown"]] == [one.pk for one in pieces]


def test_a_part_on_approval_and_one_on_a_day(brand, manager) -> None:
    parts = (
        FeePart(FeeDue.APPROVAL.value, amount=Decimal(300), net_days=0),
        FeePart(FeeDue.DATE.value, amount=Decimal(700), on=day(20), net_days=14),
    )
    contract = agreed(brand, manager, parts=parts)
    assert [row[2] for row in rows(contract)] == ["committed", "committed"]
    Deliverable.objects.update(state=DeliverableState.APPROVED, state_since=LATER)
    assert sweep(brand, at=NOW + timedelta(days=20)) == 2
    assert rows(contract) == [
        (1, Decimal("300.00"), "ready", day(1), day(1)),
        (2, Decimal("700.00"), "ready", day(20), day(34)),
    ]


def test_what_was_paid_is_taken_off_an_amendment(brand, manager) -> None:
    contract = agreed(brand, manager)
    first = Payable.objects.get(contract=contract, part=1)
    paying.do(
        payable_id=first.pk, brand=brand, act=PayAct.PAY, said=Said(), actor=manager, at=LATER,
        expected_version=None,
    )  # fmt: skip
    more = amended(contract, manager, replace(TERMS, total=Decimal(1200)))
    assert [row[2] for row in rows(contract)] == ["paid", "cancelled"]
    new = Payable.objects.filter(contract=more).order_by("part")
    assert [(one.part, one.amount, one.set_off, one.state) for one in new] == [
        (1, Decimal("100.00"), Decimal("500.00"), "ready"),
        (2, Decimal("600.00"), Decimal("0.00"), "committed"),
    ]


def test_a_terminated_contract_waits_for_a_decision(brand, manager) -> None:
    contract = agreed(brand, manager)
    deciding.terminate(
        contract_id=contract.pk, brand=brand, actor=manager, at=LATER, expected_version=None,
        note="Out of business",
    )  # fmt: skip
    assert [row[2] for row in rows(contract)] == ["on_hold", "on_hold"]
    assert sweep(brand, at=LATER) == 0


def test_contracts_of_before_are_caught_up_with(brand, manager) -> None:
    contract = agreed(brand, manager)
    PayableEvent.objects.all().delete()
    Payable.objects.all().delete()
    sweep(brand, at=LATER)
    assert [row[:3] for row in rows(contract)] == [
        (1, Decimal("500.00"), "ready"),
        (2, Decimal("500.00"), "committed"),
    ]
    sweep(brand, at=LATER)
    assert Payable.objects.count() == 2


def test_pay_by_result_by_hand() -> None:
    cases = {
        (12_345,): (Decimal("123.45"), "12,345 views x 0.01 EUR = 123.45 EUR"),
        (40_000, 20_000): (
            Decimal(500), "60,000 views x 0.01 EUR = 600 EUR; 500 EUR is the most",
        ),
        (0,): (Decimal(0), "0 views x 0.01 EUR = 0 EUR"),
    }  # fmt: skip
    for counts, (amount, words) in cases.items():
        found = pay_for(PER_VIEW, counts, "EUR")
        assert (found.amount, found.words) == (amount, words)
    least = replace(PER_VIEW, least=Decimal(50))
    assert pay_for(least, [100], "EUR").words == (
        "100 views x 0.01 EUR = 1 EUR; 50 EUR is the least"
    )
    assert PER_VIEW.words("EUR") == (
        "0.01 EUR for each view, counted 30 days after the last publication, 500 EUR at most"
    )
    assert Rule.of(PER_VIEW.to_json()) == PER_VIEW


def test_pay_by_result_is_counted_on_its_day(brand, manager) -> None:
    campaign = running(brand, manager)
    engagement = producing(campaign)
    profile = engagement.relationship.creator.profiles.get()
    post = PostFactory(profile=profile, views=12_345)
    blind = PostFactory(profile=profile, views=None)
    for each in (post, blind):
        piece(engagement, DeliverableState.PUBLISHED, published_at=NOW, post=each)
    payable = add_cost(
        campaign=campaign, engagement=engagement, actor=manager, at=NOW,
        cost=Cost(CostKind.PERFORMANCE, "Views", "EUR", trigger=PayTrigger.RESULT, rule=PER_VIEW),
    )  # fmt: skip
    assert (payable.amount, payable.state) == (None, "committed")

    def words(at):
        return reached([payable], brand=brand, at=at)[payable.pk].words

    assert words(NOW) == f"It is counted on {day(30):%-d %B %Y}."
    later = NOW + timedelta(days=30)
    assert words(later) == "The views of 1 of 2 posts are known: import the others."
    assert sweep(brand, at=later) == 0
    blind.views = 655
    blind.save()
    assert sweep(brand, at=later + timedelta(days=2)) == 1
    payable.refresh_from_db()
    assert (payable.amount, payable.state, payable.ready_on) == (
        Decimal("130.00"), "ready", day(32),
    )  # fmt: skip
    assert payable.evidence["words"] == "13,000 views x 0.01 EUR = 130 EUR"
    assert [(one["post"], one["count"]) for one in payable.evidence["shown"]] == [
        (post.pk, 12_345), (blind.pk, 655),
    ]  # fmt: skip


def test_a_result_of_nothing_is_not_owed(brand, manager) -> None:
    campaign = running(brand, manager)
    engagement = producing(campaign)
    post = PostFactory(profile=engagement.relationship.creator.profiles.get(), views=0)
    piece(engagement, DeliverableState.PUBLISHED, published_at=NOW, post=post)
    rule = replace(PER_VIEW, days=0)
    payable = add_cost(
        campaign=campaign, engagement=engagement, actor=manager, at=NOW,
        cost=Cost(CostKind.PERFORMANCE, "Views", "EUR", trigger=PayTrigger.RESULT, rule=rule),
    )  # fmt: skip
    assert (payable.state, payable.amount) == ("cancelled", 0)
    assert payable.events.get(act="cancel").note == "Nothing is due: 0 views x 0.01 EUR = 0 EUR."


FAULTS = [
    ({"title": " "}, "title", "what it is for"),
    ({"amount": None}, "amount", "how much"),
    ({"amount": Decimal(0)}, "amount", "more than 0"),
    ({"amount": Decimal("NaN")}, "amount", "more than 0"),
    ({"currency": "EURO"}, "currency", "no currency"),
    ({"kind": CostKind.FEE, "payee": ""}, "engagement", "Choose the creator"),
    ({"trigger": PayTrigger.PUBLICATION}, "trigger", "Only what a creator gets"),
    ({"trigger": PayTrigger.DATE}, "on", "Name the day"),
    ({"trigger": PayTrigger.RESULT}, "trigger", "what is counted"),
    ({"on": TODAY}, "on", "Name the day"),
    ({"net_days": 999}, "net_days", "365"),
    ({"trigger": PayTrigger.DATE, "on": TODAY.replace(year=1900)}, "on", "2000"),
]


@pytest.mark.parametrize(("values", "field", "words"), FAULTS)
def test_a_cost_that_cannot_be_is_refused(brand, manager, values, field, words) -> None:
    campaign = make_campaign(brand, manager)
    entries = AuditEntry.objects.count()
    cost = Cost(CostKind.AGENCY, "June", "EUR", amount=Decimal(900), payee="Agency Nord")
    with pytest.raises(CampaignRefused, match=words) as refusal:
        add_cost(campaign=campaign, cost=replace(cost, **values), actor=manager, at=NOW)
    assert refusal.value.field == field
    assert not Payable.objects.exists()
    assert AuditEntry.objects.count() == entries


def test_a_cost_of_another_campaigns_creator_is_refused(brand, manager) -> None:
    campaign = make_campaign(brand, manager)
    other = of_creator(make_campaign(brand, manager, name="Autumn"))
    cost = Cost(CostKind.FEE, "Fee", "EUR", amount=Decimal(900))
    with pytest.raises(CampaignRefused, match="not in this campaign"):
        add_cost(campaign=campaign, cost=cost, actor=manager, at=NOW, engagement=other)


def test_a_round_costs_the_same_for_many(brand, manager) -> None:
    campaign = running(brand, manager)

    def queries(number: int) -> int:
        for _ in range(number):
            engagement = producing(campaign)
            piece(engagement)
            owed(campaign, engagement=engagement, kind="fee", trigger="publication")
        found = Payable.objects.filter(state=PayState.COMMITTED)
        with CaptureQueriesContext(
            connection,
        ) as caught:
            reached(list(found.select_related("engagement")), brand=brand, at=NOW)
        return len(caught)

    assert queries(1) == queries(6) == 2


GOAL = ResultPart(threshold=1_000, amount=Decimal(400), days=10, net_days=14)


def with_goal(brand, manager, **terms):
    """A contract with a goal of views, all of whose pieces are published nine days later."""
    each = ResultPart("likes", each=Decimal("0.5"), most=Decimal(90))
    contract = agreed(brand, manager, results=(GOAL, each), **terms)
    publish(contract.engagement)
    pieces = list(Deliverable.objects.filter(engagement=contract.engagement).order_by("pk"))
    return contract, pieces


def seen(one, **counts):
    """Its post has these counts."""
    one.post = PostFactory(**counts)
    one.save()


def test_a_goal_of_a_contract_is_due_as_soon_as_it_is_reached(brand, manager) -> None:
    contract, pieces = with_goal(brand, manager)
    goal, likes = Payable.objects.filter(contract=contract, kind=CostKind.PERFORMANCE).order_by(
        "part"
    )
    assert (goal.part, goal.amount, goal.state, goal.title) == (
        3, None, "committed", "Pay by result, views",
    )  # fmt: skip
    at = LATER + timedelta(days=9)
    seen(pieces[0], views=600, likes=1)
    sweep(brand, at=at)
    assert reached([goal], brand=brand, at=at)[goal.pk].words.startswith("It is counted on")
    # The third is not known, and need not be.
    seen(pieces[1], views=500, likes=1)
    assert sweep(brand, at=at) == 1
    goal.refresh_from_db()
    assert (goal.amount, goal.state, goal.ready_on, goal.due_on) == (
        400, "ready", day(10), day(24),
    )  # fmt: skip
    assert goal.evidence["words"] == "1,100 of 1,000 views: 400 EUR"
    assert [one["count"] for one in goal.evidence["shown"]] == [600, 500]
    likes.refresh_from_db()
    assert (likes.amount, likes.state) == (None, "committed")


def test_a_goal_that_was_missed_is_cancelled_by_itself(brand, manager) -> None:
    contract, pieces = with_goal(brand, manager)
    for one in pieces:
        seen(one, views=300, likes=0)
    at = LATER + timedelta(days=20)
    sweep(brand, at=at)
    goal = Payable.objects.get(contract=contract, part=3)
    assert (goal.amount, goal.state) == (0, "cancelled")
    assert PayableEvent.objects.get(payable=goal, act=PayAct.CANCEL).note == (
        "Nothing is due: 900 of 1,000 views: not reached."
    )


def test_a_goal_that_was_paid_is_not_owed_again_by_an_amendment(brand, manager) -> None:
    contract, pieces = with_goal(brand, manager)
    seen(pieces[0], views=2_000, likes=1)
    sweep(brand, at=LATER + timedelta(days=9))
    paying.do(
        payable_id=Payable.objects.get(contract=contract, part=3).pk, brand=brand, act=PayAct.PAY,
        said=Said(), actor=manager, at=LATER + timedelta(days=9), expected_version=None,
    )  # fmt: skip
    more = amended(contract, manager, replace(TERMS, results=(GOAL,)))
    assert [one.kind for one in Payable.objects.filter(contract=more)] == ["fee", "fee"]
    # Nor is it taken for a part of the fee.
    assert {one.set_off for one in Payable.objects.filter(contract=more)} == {Decimal(0)}
