"""A run from start to ledger, on few creators whose place is known."""

from __future__ import annotations

from datetime import timedelta

import pytest

from crm.choices import Stage
from crm.models import AuditEntry, Creator, MetricSnapshot, Relationship
from segmentation.choices import Cause, ChangeKind, RunStatus, SegmentStatus, UnknownPolicy
from segmentation.models import (
    Change,
    CreatorFacts,
    Membership,
    Run,
    RunEvidence,
    Segment,
    SegmentVersion,
)
from segmentation.rules import text
from segmentation.services import decisions, runs
from segmentation.services.decisions import RunNotWaiting
from segmentation.services.runs import (
    NothingToRun,
    RunInFuture,
    RunRefused,
    RunTooEarly,
)
from segmentation.services.segments import archive_segment, reword_rule
from tests.factories import (
    NOW,
    CreatorFactory,
    MetricSnapshotFactory,
    ProfileFactory,
    RelationshipFactory,
)
from tests.segmentation.building import dimension_of, segment_of
from tests.segmentation.evaluation.helpers import counted
from tests.segmentation.world import read_of

pytestmark = pytest.mark.django_db

BEFORE = NOW - timedelta(days=30)
LATER = NOW + timedelta(days=1)


def creator_with(brand, followers, *, since=BEFORE, **person) -> Creator:
    creator = CreatorFactory(**person)
    RelationshipFactory(brand=brand, creator=creator, since=since)
    profile = ProfileFactory(creator=creator)
    MetricSnapshotFactory(profile=profile, followers=followers, captured_at=since)
    return creator


def give_followers(creator, followers, at) -> None:
    MetricSnapshot.objects.create(
        profile=creator.profiles.get(), followers=followers, captured_at=at
    )


def run_now(brand, as_of=NOW, **more) -> Run:
    at = max(as_of, NOW)
    run = runs.start_run(brand=brand, as_of=as_of, at=at, **more)
    return runs.execute_run(run_id=run.pk, at=at)


def members(segment) -> set[int]:
    """Those with an open stay; masks and stored counts must say the same."""
    found = set(
        Membership.objects.filter(segment=segment, left_at=None).values_list("creator", flat=True)
    )
    by_mask = {
        row.creator_id
        for row in CreatorFacts.objects.filter(brand=segment.brand)
        if segment.bit // 62 < len(row.member_bits)
        and row.member_bits[segment.bit // 62] >> segment.bit % 62 & 1
    }
    assert by_mask == found
    segment.refresh_from_db()
    assert segment.members_count == len(found)
    return found


def ledger() -> list[tuple]:
    return sorted(
        Membership.objects.values_list("segment__key", "creator", "entered_at", "left_at")
    )


def test_the_first_run_opens_a_stay_for_everyone_whose_rule_is_true(brand, strategist):
    big, small, unknown = (creator_with(brand, n) for n in (5_000, 500, None))
    creator_with(brand, 9_000, since=LATER)  # not known yet
    segment = segment_of(dimension_of(brand), "big", "followers >= 1_000")

    run = run_now(brand, actor=strategist)

    assert run.status == RunStatus.APPLIED
    assert (run.population, run.moved, run.applied_at) == (3, 1, NOW)
    assert run.duration_ms is not None
    assert members(segment) == {big.pk}
    assert ledger() == [("big", big.pk, NOW, None)]
    counts = counted(run, segment)
    assert (counts.members, counts.joined, counts.left, counts.unknown) == (1, 1, 0, 1)
    assert counts.missing == {"followers": 1}
    change = Change.objects.get()
    assert (change.kind, read_of(change)) == (ChangeKind.JOINED, {"followers": 5_000})
    assert change.version == segment.active_version
    assert {small.pk, unknown.pk}.isdisjoint(members(segment))
    entry = AuditEntry.objects.get(verb="segmentation.run.applied")
    assert (entry.actor, entry.data["joined"], entry.data["left"]) == (strategist, 1, 0)


def test_leaving_closes_the_stay_and_keeps_the_evidence(brand):
    creator = creator_with(brand, 5_000)
    segment = segment_of(dimension_of(brand), "big", "followers >= 1_000")
    run_now(brand)
    give_followers(creator, 900, NOW + timedelta(hours=1))

    run = run_now(brand, LATER, apply_now=True)

    assert members(segment) == set()
    assert ledger() == [("big", creator.pk, NOW, LATER)]
    stay = Membership.objects.get()
    assert stay.left_run == run
    assert read_of(run.changes.get()) == {"followers": 900}
    assert Membership.objects.as_of(NOW).count() == 1
    assert Membership.objects.as_of(LATER).count() == 0


def test_running_again_with_nothing_changed_writes_no_ledger_row(brand):
    for followers in (10, 2_000, None):
        creator_with(brand, followers)
    segment_of(dimension_of(brand), "big", "followers >= 1_000")
    run_now(brand)
    before = ledger()

    for moment in (NOW, LATER):
        run = run_now(brand, moment)
        assert (run.status, run.moved) == (RunStatus.APPLIED, 0)
        assert run.segments.get().members == 1
        assert ledger() == before
    assert Change.objects.count() == 1


def test_a_stay_of_no_length_is_deleted_rather_than_closed(brand):
    creator = creator_with(brand, 5_000)
    segment = segment_of(dimension_of(brand), "big", "followers >= 1_000")
    run_now(brand)
    reword_rule(segment_id=segment.pk, rule=text.parse("followers >= 10_000"), at=NOW, actor=None)

    run_now(brand, NOW, apply_now=True)
    assert ledger() == []
    assert members(segment) == set()

    give_followers(creator, 20_000, NOW)
    run_now(brand, NOW, apply_now=True)
    assert ledger() == [("big", creator.pk, NOW, None)]
    assert Membership.objects.get().version.number == 2


def test_who_comes_back_gets_a_second_stay(brand):
    creator = creator_with(brand, 5_000)
    segment_of(dimension_of(brand), "big", "followers >= 1_000")
    moments = [NOW + timedelta(days=day) for day in range(3)]
    for moment, followers in zip(moments, (5_000, 10, 6_000), strict=True):
        give_followers(creator, followers, moment)
        run_now(brand, moment, apply_now=True)
    assert ledger() == [
        ("big", creator.pk, moments[0], moments[1]),
        ("big", creator.pk, moments[2], None),
    ]


def test_a_single_valued_dimension_takes_the_first_match_in_order(brand):
    famous = creator_with(brand, 50, is_celebrity=True)
    large = creator_with(brand, 5_000)
    both = creator_with(brand, 9_000, is_celebrity=True)
    size = dimension_of(brand, is_exclusive=True)
    # Made in another order than that of precedence, so that bits do not decide.
    any_size = segment_of(size, "any", "followers >= 0", position=9)
    celebrity = segment_of(size, "celebrity", "is_celebrity is true", position=1)
    big = segment_of(size, "big", "followers >= 1_000", position=5)

    run_now(brand)

    assert members(celebrity) == {famous.pk, both.pk}
    assert members(big) == {large.pk}
    assert members(any_size) == set()
    assert CreatorFacts.objects.filter(is_celebrity=None).count() == 1


def test_unknown_is_left_out_or_kept_as_the_segment_says(brand):
    creator = creator_with(brand, 5_000, country="DK")
    dimension = dimension_of(brand)
    policies = {
        policy: segment_of(dimension, policy.value, "country is DK", unknown_policy=policy)
        for policy in UnknownPolicy
    }
    never_in = creator_with(brand, 5_000)
    run_now(brand)
    Creator.objects.filter(pk=creator.pk).update(country="")

    run = run_now(brand, LATER, apply_now=True)

    assert members(policies[UnknownPolicy.LEAVE_OUT]) == set()
    assert members(policies[UnknownPolicy.KEEP]) == {creator.pk}
    assert members(policies[UnknownPolicy.REVIEW]) == {creator.pk}
    assert set(run.segments.values_list("unknown", flat=True)) == {2}
    assert counted(run, policies[UnknownPolicy.KEEP]).missing == {"country": 2}
    Creator.objects.filter(pk=creator.pk).update(country="SE")
    run_now(brand, LATER, apply_now=True)
    assert all(members(segment) == set() for segment in policies.values())
    assert never_in.pk not in {pk for _, pk, *_ in ledger()}


def test_a_kept_unknown_holds_its_place_in_a_single_valued_dimension(brand):
    creator = creator_with(brand, 5_000, country="DK")
    dimension = dimension_of(brand, is_exclusive=True)
    danish = segment_of(
        dimension, "dk", "country is DK", position=1, unknown_policy=UnknownPolicy.KEEP
    )
    rest = segment_of(dimension, "rest", "followers > 0", position=2)
    run_now(brand)
    Creator.objects.filter(pk=creator.pk).update(country="")
    run_now(brand, LATER, apply_now=True)
    assert (members(danish), members(rest)) == ({creator.pk}, set())


def test_a_broken_segment_is_loud_keeps_its_members_and_stops_nobody(brand):
    one, two = creator_with(brand, 5_000), creator_with(brand, 10)
    dimension = dimension_of(brand, is_exclusive=True)
    broken = segment_of(dimension, "broken", "followers >= 1_000", position=5)
    rest = segment_of(dimension, "rest", "followers > 0", position=1, kpis=[])
    archive_segment(segment_id=rest.pk, at=NOW, actor=None)
    run_now(brand)
    rest = segment_of(dimension, "rest2", "followers > 0", position=1)
    SegmentVersion.objects.filter(segment=broken).update(
        rule={"fact": "gone", "op": ">=", "value": 1}
    )
    before = members(broken)

    run = run_now(brand, LATER, apply_now=True)

    assert run.status == RunStatus.APPLIED
    assert members(broken) == before == {one.pk}
    assert members(rest) == {two.pk}
    broken.refresh_from_db()
    assert broken.status == SegmentStatus.BROKEN
    assert "gone" in broken.broken_reason
    found = run.segments.get(segment=broken)
    assert (found.members, found.error) == (1, broken.broken_reason)
    assert AuditEntry.objects.filter(verb="segmentation.segment.broken").count() == 1

    SegmentVersion.objects.filter(segment=broken).update(
        rule={"fact": "followers", "op": ">=", "value": 1_000}
    )
    run_now(brand, LATER, apply_now=True)
    broken.refresh_from_db()
    assert (broken.status, broken.broken_reason) == (SegmentStatus.ACTIVE, "")
    assert AuditEntry.objects.filter(verb="segmentation.segment.mended").count() == 1
    assert members(broken) == set()  # "rest2" comes first again


def test_a_run_that_moves_many_waits_until_a_person_applies_it(brand, strategist):
    creators = [creator_with(brand, 5_000) for _ in range(10)]
    segment = segment_of(dimension_of(brand), "big", "followers >= 1_000")
    run_now(brand)
    for creator in creators[:3]:
        give_followers(creator, 1, NOW + timedelta(hours=1))
    before = ledger()

    waiting = run_now(brand, LATER)

    assert waiting.status == RunStatus.WAITING
    assert (waiting.moved, waiting.population) == (3, 10)
    assert waiting.segments.get().members == 7
    assert ledger() == before
    assert len(members(segment)) == 10

    applied = decisions.apply_run(
        run_id=waiting.pk, actor=strategist, at=LATER + timedelta(hours=2)
    )

    assert (applied.status, applied.decided_by) == (RunStatus.APPLIED, strategist)
    assert members(segment) == {creator.pk for creator in creators[3:]}
    assert {row[3] for row in ledger()} == {None, LATER}
    with pytest.raises(RunNotWaiting, match="it is: applied"):
        decisions.apply_run(run_id=waiting.pk, actor=strategist, at=LATER)


def test_exactly_the_threshold_does_not_wait(brand):
    creators = [creator_with(brand, 5_000) for _ in range(10)]
    segment_of(dimension_of(brand), "big", "followers >= 1_000")
    run_now(brand)
    for creator in creators[:2]:
        give_followers(creator, 1, NOW + timedelta(hours=1))
    assert run_now(brand, LATER).status == RunStatus.APPLIED


def test_a_rejected_run_moves_nobody_and_says_why(brand, strategist):
    creator_with(brand, 5_000)
    dimension = dimension_of(brand)
    segment_of(dimension, "big", "followers >= 1_000")
    run_now(brand)
    huge = segment_of(dimension, "huge", "followers >= 2_000")
    waiting = run_now(brand, LATER)
    before = ledger()

    with pytest.raises(RunRefused, match="Say why"):
        decisions.reject_run(run_id=waiting.pk, actor=strategist, at=LATER, reason=" ")
    waiting.refresh_from_db()
    assert waiting.status == RunStatus.WAITING
    run = decisions.reject_run(run_id=waiting.pk, actor=strategist, at=LATER, reason="Wrong rule.")

    assert (run.status, run.decision_reason) == (RunStatus.REJECTED, "Wrong rule.")
    assert ledger() == before
    assert members(huge) == set()
    entry = AuditEntry.objects.get(verb="segmentation.run.rejected")
    assert (entry.actor, entry.data) == (strategist, {"reason": "Wrong rule."})


def test_a_new_run_replaces_one_that_still_waits(brand):
    creator_with(brand, 5_000)
    dimension = dimension_of(brand)
    segment_of(dimension, "big", "followers >= 1_000")
    run_now(brand)
    segment_of(dimension, "huge", "followers >= 2_000")
    first = run_now(brand, LATER)
    second = run_now(brand, LATER)
    first.refresh_from_db()
    assert (first.status, second.status) == (RunStatus.REJECTED, RunStatus.WAITING)
    assert first.decision_reason == f"Replaced by run {second.pk}."


def test_an_earlier_moment_is_refused_and_nothing_changes(brand):
    creator = creator_with(brand, 5_000)
    segment_of(dimension_of(brand), "big", "followers >= 1_000")
    run_now(brand, LATER)
    before, audits, count = ledger(), AuditEntry.objects.count(), Run.objects.count()

    with pytest.raises(RunTooEarly, match="23 November 2026"):
        run_now(brand, NOW)

    assert (ledger(), AuditEntry.objects.count(), Run.objects.count()) == (before, audits, count)
    assert creator.pk in {row[1] for row in before}


def test_the_future_and_an_empty_brand_are_refused(brand):
    with pytest.raises(NothingToRun, match="standard packs"):
        runs.start_run(brand=brand, as_of=NOW, at=NOW)
    segment_of(dimension_of(brand), "big", "followers >= 1_000")
    with pytest.raises(RunInFuture, match="has not come"):
        runs.start_run(brand=brand, as_of=LATER, at=NOW)
    assert not Run.objects.exists()


def test_a_run_that_became_too_early_while_queued_fails_in_words(brand):
    creator_with(brand, 5_000)
    segment_of(dimension_of(brand), "big", "followers >= 1_000")
    queued = runs.start_run(brand=brand, as_of=BEFORE, at=NOW)
    run_now(brand, NOW)
    before = ledger()
    run = runs.execute_run(run_id=queued.pk, at=LATER)
    assert run.status == RunStatus.FAILED
    assert "only moves forward" in run.error
    assert ledger() == before
    assert not run.changes.exists()


def test_as_of_now_means_when_it_is_executed(brand):
    creator_with(brand, 5_000)
    segment_of(dimension_of(brand), "big", "followers >= 1_000")
    queued = runs.start_run(brand=brand, as_of=NOW, at=NOW)
    run_now(brand, LATER)
    run = runs.execute_run(run_id=queued.pk, at=LATER)
    assert (run.status, run.as_of, run.moved) == (RunStatus.APPLIED, LATER, 0)


def test_executing_twice_changes_nothing(brand):
    creator_with(brand, 5_000)
    segment_of(dimension_of(brand), "big", "followers >= 1_000")
    run = run_now(brand)
    before = ledger(), Change.objects.count(), AuditEntry.objects.count()
    again = runs.execute_run(run_id=run.pk, at=LATER)
    assert (again.status, again.finished_at) == (RunStatus.APPLIED, run.finished_at)
    assert (ledger(), Change.objects.count(), AuditEntry.objects.count()) == before


def test_a_run_whose_worker_died_is_done_again(brand):
    creator_with(brand, 5_000)
    segment_of(dimension_of(brand), "big", "followers >= 1_000")
    run = runs.start_run(brand=brand, as_of=NOW, at=NOW)
    Run.objects.filter(pk=run.pk).update(status=RunStatus.RUNNING)
    assert runs.execute_run(run_id=run.pk, at=NOW).status == RunStatus.APPLIED


def test_a_dry_run_stores_its_change_set_and_moves_nobody(brand):
    creator = creator_with(brand, 500)
    give_followers(creator, 5_000, NOW - timedelta(days=1))
    segment = segment_of(dimension_of(brand), "big", "followers >= 1_000")
    run_now(brand)
    before = ledger(), list(CreatorFacts.objects.values())

    past = run_now(brand, NOW - timedelta(days=10), is_dry=True)

    assert past.status == RunStatus.DRY
    assert (past.population, past.moved, past.segments.get().members) == (1, 1, 0)
    assert past.changes.get().kind == ChangeKind.LEFT
    assert read_of(past.changes.get()) == {"followers": 500}
    assert (ledger(), list(CreatorFacts.objects.values())) == before
    assert members(segment) == {creator.pk}


def test_a_run_of_one_dimension_leaves_the_others_alone(brand):
    creator = creator_with(brand, 5_000)
    first, second = dimension_of(brand, "first"), dimension_of(brand, "second")
    big = segment_of(first, "big", "followers >= 1_000")
    run_now(brand)
    give_followers(creator, 50, NOW + timedelta(hours=1))
    small = segment_of(second, "small", "followers < 1_000")

    run = run_now(brand, LATER, dimension=second, apply_now=True)

    assert (members(big), members(small)) == ({creator.pk}, {creator.pk})
    assert [row.segment for row in run.segments.all()] == [small]


def test_segments_beyond_the_first_word_of_a_mask_work_alike(brand):
    creators = [creator_with(brand, followers) for followers in (5, 64, 200)]
    dimension = dimension_of(brand)
    segments = [segment_of(dimension, f"s{n}", f"followers >= {n}") for n in range(130)]
    run_now(brand)
    for place, segment in enumerate(segments):
        assert segment.bit == place
        expected = {c.pk for c, n in zip(creators, (5, 64, 200), strict=True) if n >= place}
        assert members(segment) == expected
    give_followers(creators[1], 10_000, NOW + timedelta(hours=1))
    waiting = run_now(brand, LATER)
    assert waiting.status == RunStatus.WAITING
    decisions.apply_run(run_id=waiting.pk, actor=None, at=LATER)
    assert members(segments[129]) == {creators[1].pk, creators[2].pk}


def test_who_is_no_longer_related_leaves_everything_and_is_forgotten(brand):
    creator = creator_with(brand, 5_000)
    segment = segment_of(dimension_of(brand), "big", "followers >= 1_000")
    run_now(brand)
    Relationship.objects.filter(creator=creator).delete()
    run = run_now(brand, LATER, apply_now=True)
    assert (run.population, run.moved) == (0, 1)
    assert members(segment) == set()
    assert ledger() == [("big", creator.pk, NOW, LATER)]
    assert not CreatorFacts.objects.exists()


def test_deleting_creators_ends_their_stays_and_removes_the_rest_with_few_statements(
    brand, django_assert_max_num_queries
):
    creators = [creator_with(brand, 5_000) for _ in range(4)]
    segment = segment_of(dimension_of(brand), "big", "followers >= 1_000")
    run_now(brand)
    kept = creators[-1]
    # One for each table that refers to creators, however many go.
    with django_assert_max_num_queries(83):
        Creator.objects.exclude(pk=kept.pk).delete()
    assert members(segment) == {kept.pk}
    # What is left of the others is that somebody was there: no name, no facts.
    erased = Membership.objects.exclude(left_at=None)
    [gone] = set(erased.values_list("left_at", flat=True))
    assert gone > NOW
    assert ledger() == [
        *[("big", creator.pk, NOW, gone) for creator in creators[:3]],
        ("big", kept.pk, NOW, None),
    ]
    assert set(erased.values_list("entered_cause", "left_cause")) == {(Cause.RULE, Cause.ERASED)}
    assert Change.objects.get().creator == kept
    assert RunEvidence.objects.get().creator == kept
    assert CreatorFacts.objects.get().creator == kept
    assert run_now(brand, LATER).moved == 0


def test_archiving_ends_the_stays_and_no_run_looks_again(brand):
    creator_with(brand, 5_000)
    dimension = dimension_of(brand)
    segment = segment_of(dimension, "big", "followers >= 1_000")
    other = segment_of(dimension, "other", "followers >= 1")
    run_now(brand)
    archive_segment(segment_id=segment.pk, at=LATER, actor=None, reason="Merged.")
    assert members(segment) == set()
    assert members(other) == {Creator.objects.get().pk}
    run_now(brand, LATER)
    assert members(segment) == set()
    assert segment_of(dimension, "new", "followers >= 1").bit == 2


def test_an_error_fails_the_run_and_leaves_nothing(brand, monkeypatch):
    creator_with(brand, 5_000)
    segment = segment_of(dimension_of(brand), "big", "followers >= 1_000")
    # Somebody was written into the ledger past the masks: the run finds it out and stops.
    run = runs.start_run(brand=brand, as_of=NOW, at=NOW)
    Membership.objects.create(
        segment=segment,
        creator=Creator.objects.get(),
        entered_at=BEFORE,
        version=segment.active_version,
        entered_run=run,
    )
    with pytest.raises(Exception, match="segmentation_one_open_stay"):
        runs.execute_run(run_id=run.pk, at=NOW)
    run.refresh_from_db()
    assert run.status == RunStatus.FAILED
    assert "changed nothing" in run.error
    assert not Change.objects.exists()
    assert Membership.objects.count() == 1


def test_stages_count_as_they_were_at_the_moment(brand):
    creator = creator_with(brand, 5_000)
    relationship = Relationship.objects.get(creator=creator)
    relationship.stage_changes.update(left_at=NOW)
    relationship.stage_changes.create(from_stage=Stage.PROSPECT, stage=Stage.CORE, entered_at=NOW)
    Relationship.objects.update(stage=Stage.CORE, stage_since=NOW)
    dimension = dimension_of(brand, is_exclusive=True)
    prospects = segment_of(dimension, "prospects", "stage is prospect")
    core = segment_of(dimension, "core", "stage is core and days_in_stage < 1")
    run_now(brand, NOW - timedelta(hours=1))
    assert (len(members(prospects)), len(members(core))) == (1, 0)
    run_now(brand, NOW, apply_now=True)
    assert (len(members(prospects)), len(members(core))) == (0, 1)
    assert Segment.objects.get(key="core").members_count == 1
