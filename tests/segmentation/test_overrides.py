"""Force somebody in or out of a segment, take it back, let it end by itself."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError

from crm.models import AuditEntry, FactChange
from segmentation.choices import OverrideKind, SegmentStatus
from segmentation.models import CreatorFacts, Membership, Override
from segmentation.services import outbox, overrides, runs
from tests.factories import NOW, CreatorFactory
from tests.segmentation.building import dimension_of, segment_of
from tests.segmentation.world import make_creator, make_segment, moment

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=30)


@pytest.fixture
def segment(brand):
    return make_segment(brand, "educators")


@pytest.fixture
def ana(brand):
    return make_creator(brand, name="Ana", followers=100)


def force(segment, creator, strategist=None, **given):
    return overrides.force(
        **{
            "segment_id": segment.pk,
            "creator_id": creator.pk,
            "kind": OverrideKind.IN,
            "reason": "Teaches every week",
            "at": NOW,
            "actor": strategist,
            **given,
        }
    )


def test_a_decision_holds_from_now_on_is_audited_and_asks_for_an_evaluation(
    segment, ana, strategist
):
    made = force(segment, ana, strategist, until=LATER, reason="  Teaches every week ")
    assert (made.kind, made.reason, made.author) == ("in", "Teaches every week", strategist)
    assert list(Override.objects.in_force(NOW)) == [made]
    assert list(Override.objects.in_force(LATER)) == []
    assert list(Override.objects.in_force(NOW - timedelta(seconds=1))) == []
    [entry] = AuditEntry.objects.filter(verb="segmentation.override.set")
    assert entry.actor == strategist
    assert entry.data == {
        "creator": str(ana.uid),
        "kind": [None, "in"],
        "reason": "Teaches every week",
        "until": "2026-12-22T12:00:00Z",
    }
    [change] = FactChange.objects.all()
    assert (change.brand, change.creator, change.cause) == (segment.brand, ana, "override")


def test_a_second_decision_ends_the_first(segment, ana, strategist):
    first = force(segment, ana, strategist)
    second = force(segment, ana, strategist, kind=OverrideKind.OUT, at=LATER)
    first.refresh_from_db()
    assert (first.ends_at, first.withdrawn_by) == (LATER, strategist)
    assert list(Override.objects.in_force(LATER)) == [second]
    assert AuditEntry.objects.order_by("number").last().data["kind"] == ["in", "out"]


def test_the_database_refuses_two_open_ones(segment, ana):
    made = force(segment, ana)
    with pytest.raises(IntegrityError, match="segmentation_one_open_override"):
        Override.objects.create(
            segment=segment, creator=ana, kind="out", reason="x", starts_at=made.starts_at
        )


def test_one_that_never_held_is_replaced_altogether(segment, ana):
    force(segment, ana)
    second = force(segment, ana, kind=OverrideKind.OUT)
    assert list(Override.objects.all()) == [second]


@pytest.mark.parametrize(
    ("given", "code", "words"),
    [
        ({"reason": "  "}, "reason_needed", "Say why"),
        ({"reason": "x" * 301}, "reason_too_long", "it has 301"),
        ({"until": NOW}, "ends_too_early", "must end in the future"),
    ],
)
def test_refusals_change_nothing(segment, ana, given, code, words):
    with pytest.raises(overrides.OverrideRefused, match=words) as refused:
        force(segment, ana, **given)
    assert refused.value.code == code
    nothing_happened()


def test_a_stranger_cannot_be_forced(segment):
    with pytest.raises(overrides.OverrideRefused, match="Acme does not know"):
        force(segment, CreatorFactory())
    nothing_happened()


def test_nobody_is_forced_into_an_archived_segment(brand, ana):
    archived = make_segment(brand, "old", status=SegmentStatus.ARCHIVED)
    with pytest.raises(overrides.OverrideRefused, match="archived"):
        force(archived, ana)
    nothing_happened()


def nothing_happened():
    assert not Override.objects.exists()
    assert not AuditEntry.objects.exists()
    assert not FactChange.objects.exists()


def test_withdrawing_lets_the_rule_decide_once(segment, ana, strategist):
    made = force(segment, ana, strategist)
    FactChange.objects.all().delete()
    overrides.withdraw(override_id=made.pk, at=LATER, actor=strategist)
    made.refresh_from_db()
    assert (made.ends_at, made.withdrawn_by) == (LATER, strategist)
    assert FactChange.objects.count() == 1
    entry = AuditEntry.objects.get(verb="segmentation.override.withdrawn")
    assert entry.data == {"creator": str(ana.uid), "kind": ["in", None]}
    with pytest.raises(overrides.OverrideRefused, match="has ended already"):
        overrides.withdraw(override_id=made.pk, at=LATER, actor=strategist)
    assert FactChange.objects.count() == 1


def run_with_a_segment(brand):
    """A segment for large accounts, after the brand's first run."""
    segment = segment_of(dimension_of(brand), "large", "followers >= 1000")
    started = runs.start_run(brand=brand, as_of=moment(11, 1), at=NOW)
    runs.execute_run(run_id=started.pk, at=NOW)
    return segment


class TestEnd:
    """What a decision that ends by itself does."""

    def test_before_the_first_run_there_is_nothing_to_do(self, segment, ana):
        force(segment, ana, until=LATER)
        FactChange.objects.all().delete()
        assert overrides.mark_ended(at=LATER + timedelta(days=1)) == 0
        assert not FactChange.objects.exists()

    def test_they_are_evaluated_once(self, brand, ana):
        segment = run_with_a_segment(brand)
        force(segment, ana, until=LATER)
        outbox.drain(at=NOW + timedelta(minutes=1))
        assert overrides.mark_ended(at=LATER - timedelta(seconds=1)) == 0
        assert overrides.mark_ended(at=LATER) == 1
        assert overrides.mark_ended(at=LATER) == 0, "it waits in the outbox"
        outbox.drain(at=LATER)
        assert overrides.mark_ended(at=LATER + timedelta(days=1)) == 0
        assert CreatorFacts.objects.get(brand=brand, creator=ana).as_of == LATER


def test_in_by_decision_and_out_again_when_it_ends(brand, ana):
    """The whole way: decision, evaluation, ledger, end."""
    segment = run_with_a_segment(brand)
    force(segment, ana, until=LATER)
    outbox.drain(at=NOW + timedelta(minutes=1))
    [stay] = Membership.objects.filter(segment=segment, creator=ana)
    assert (stay.entered_cause, stay.left_at) == ("override", None)
    overrides.mark_ended(at=LATER)
    outbox.drain(at=LATER)
    stay.refresh_from_db()
    assert (stay.left_at, stay.left_cause) == (LATER, "rule")


def test_out_by_decision_although_the_rule_holds(brand):
    segment = run_with_a_segment(brand)
    big = make_creator(brand, name="Big", followers=5_000)
    outbox.drain(at=NOW)
    overrides_at = NOW + timedelta(minutes=1)
    made = force(segment, big, kind=OverrideKind.OUT, at=overrides_at)
    outbox.drain(at=overrides_at)
    assert not Membership.objects.filter(segment=segment, creator=big, left_at=None).exists()
    back = overrides_at + timedelta(minutes=1)
    overrides.withdraw(override_id=made.pk, at=back, actor=None)
    outbox.drain(at=back)
    [stay] = Membership.objects.filter(segment=segment, creator=big, left_at=None)
    assert (stay.entered_at, stay.entered_cause) == (back, "rule")
