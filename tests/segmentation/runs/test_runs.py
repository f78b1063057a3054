"""A run from start to ledger, on few creators whose place is known."""

from __future__ import annotations

from datetime import timedelta

import pytest

from crm.choices import Stage
from crm.models import AuditEntry, Creator, Relationship
from segmentation.choices import Cause, ChangeKind, RunStatus, SegmentStatus, UnknownPolicy
from segmentation.models import (
    Change,
    CreatorFacts,
    Membership,
    RunEvidence,
    Segment,
    SegmentVersion,
)
from segmentation.rules import text
from segmentation.services import decisions
from segmentation.services.segments import archive_segment, reword_rule
from tests.factories import NOW
from tests.segmentation.building import dimension_of, segment_of
from tests.segmentation.evaluation.helpers import counted
from tests.segmentation.runs.worlds import (
    LATER,
    creator_with,
    give_followers,
    ledger,
    members,
    run_now,
)
from tests.segmentation.world import read_of

pytestmark = pytest.mark.django_db


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
    with django_assert_max_num_queries(85):
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
