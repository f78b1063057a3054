"""What a run decides beyond facts: records, peers, other segments, steadiness, people."""

from __future__ import annotations

from datetime import timedelta

import pytest

from crm.models import Note, Relationship, StageChange
from crm.services.facts import mark_changed
from segmentation.choices import Cause, ChangeKind, OverrideKind, SegmentStatus, UnknownPolicy
from segmentation.models import Change, Override, RunNorm, RunSegment
from segmentation.rules import text
from segmentation.rules.errors import RuleInvalid
from segmentation.rules.sql import Sql
from segmentation.services import evaluation, outbox
from segmentation.services.evaluation.rules import RuleCompiler
from segmentation.services.overrides import force, withdraw
from segmentation.services.segments import archive_segment, reword_rule
from tests.factories import NOW, UserFactory
from tests.segmentation.building import dimension_of, segment_of
from tests.segmentation.evaluation.helpers import (
    BEFORE,
    LATER,
    counted,
    creator_with,
    give_followers,
    members,
    post,
    rule,
    run_now,
    unknown,
)
from tests.segmentation.world import read_of

pytestmark = pytest.mark.django_db


class TestRecords:
    def test_counting_none_gives_zero_and_summing_none_is_unknown(self, brand):
        silent, busy = creator_with(brand), creator_with(brand)
        post(busy, likes=40, kind="short_video")
        post(busy, likes=None, kind="image")
        post(busy, days_ago=100, likes=1_000)
        dimension = dimension_of(brand)
        few = segment_of(dimension, "few", "count(posts, last 90 days) < 2")
        liked = segment_of(dimension, "liked", "sum(likes of posts, last 90 days) >= 40")
        rarely = segment_of(dimension, "rarely", "sum(likes of posts, last 90 days) < 40")
        video = segment_of(dimension, "video", "count(posts where kind is short_video) = 1")
        run = run_now(brand)
        assert members(few) == {silent.pk}
        assert members(liked) == {busy.pk}
        assert (members(rarely), unknown(rarely)) == (set(), {silent.pk})
        assert members(video) == {busy.pk}
        assert RunSegment.objects.get(run=run, segment=rarely).missing == {}
        assert counted(run, rarely).missing == {"sum(likes of posts, last 90 days)": 1}
        assert counted(run, few).missing == {}

    def test_what_decided_is_kept_with_the_change(self, brand):
        creator = creator_with(brand)
        post(creator, likes=40)
        busy = segment_of(dimension_of(brand), "busy", "avg(likes of posts) > 10")
        run = run_now(brand)
        change = Change.objects.get(run=run, segment=busy)
        assert read_of(change) == {"avg(likes of posts)": 40.0}

    def test_records_of_later_do_not_count(self, brand):
        creator = creator_with(brand, since=NOW - timedelta(days=300))
        post(creator, days_ago=10)
        busy = segment_of(dimension_of(brand), "busy", "count(posts) >= 1")
        run_now(brand, NOW - timedelta(days=20))
        assert members(busy) == set()
        run_now(brand)
        assert members(busy) == {creator.pk}

    def test_of_this_brand_only(self, brand):
        ours, theirs = creator_with(brand), creator_with(brand)
        Note.objects.create(
            relationship=Relationship.objects.get(brand=brand, creator=ours), text="Loves SPF"
        )
        Note.objects.update(created_at=BEFORE)
        noted = segment_of(
            dimension_of(brand), "noted", 'count(notes where text contains "spf") >= 1'
        )
        run_now(brand)
        assert members(noted) == {ours.pk}
        assert theirs.pk not in members(noted)

    def test_the_latest_known_decides(self, brand):
        up, down = creator_with(brand), creator_with(brand)
        for creator, newest in ((up, 100), (down, 1)):
            post(creator, days_ago=5, likes=50)
            post(creator, days_ago=2, likes=newest)
            post(creator, days_ago=1, likes=None)
        rising = segment_of(dimension_of(brand), "rising", "latest(likes of posts) > 50")
        run_now(brand)
        assert members(rising) == {up.pk}

    def test_some_creators_are_summed_up_alone(self, brand):
        first, second = creator_with(brand), creator_with(brand)
        busy = segment_of(dimension_of(brand), "busy", "count(posts) >= 1")
        run_now(brand)
        post(first, days_ago=-0.01)
        post(second, days_ago=-0.01)
        mark_changed(brand=brand, creator_ids=[first.pk], cause="posts")
        outbox.drain(at=LATER)
        assert members(busy) == {first.pk}


class TestStages:
    def test_time_in_a_stage(self, brand):
        dimension = dimension_of(brand)
        loyal = segment_of(dimension, "loyal", "stage(core) for at least 30 days")
        fresh = segment_of(dimension, "fresh", "stage(core) entered within last 10 days")
        found = {}
        for name, stage, days in (
            ("old", "core", 30),
            ("new", "core", 9),
            ("other", "prospect", 90),
        ):
            creator = creator_with(brand, stage=stage, since=NOW - timedelta(days=days))
            relationship = Relationship.objects.get(brand=brand, creator=creator)
            StageChange.objects.get_or_create(
                relationship=relationship,
                left_at=None,
                defaults={"stage": stage, "entered_at": relationship.stage_since},
            )
            found[name] = creator.pk
        run_now(brand)
        assert members(loyal) == {found["old"]}
        assert members(fresh) == {found["new"]}


class TestPeers:
    @pytest.fixture
    def people(self, brand):
        """Eight on Instagram with 100 to 800 followers, and three on TikTok: too few."""
        return [creator_with(brand, 100 * n) for n in range(1, 9)] + [
            creator_with(brand, 1_000 * n, platform="tiktok") for n in range(1, 4)
        ]

    def test_a_percentile_of_the_creators_own_peers(self, brand, people):
        top = segment_of(dimension_of(brand), "top", "followers >= p75(primary_platform)")
        run = run_now(brand)
        assert members(top) == {one.pk for one in people[6:8]}
        assert unknown(top) == {one.pk for one in people[8:]}
        [norm] = RunNorm.objects.filter(run=run)
        assert (norm.fact, norm.percentile, norm.by, norm.peers) == (
            "followers",
            75,
            ["primary_platform"],
            ["instagram"],
        )
        assert (norm.value, norm.creators) == (625.0, 8)
        change = Change.objects.filter(run=run, creator=people[7]).get()
        assert read_of(change) == {
            "followers": 800,
            "p75(primary_platform) of followers": 625.0,
        }
        assert counted(run, top).missing == {"p75(primary_platform) of followers": 3}

    def test_one_changed_creator_is_compared_with_the_last_full_run(self, brand, people):
        top = segment_of(dimension_of(brand), "top", "followers >= p75(primary_platform)")
        run_now(brand)
        give_followers(people[0], 626, NOW)
        give_followers(people[1], 624, NOW)
        mark_changed(brand=brand, creator_ids=[people[0].pk, people[1].pk], cause="metrics")
        outbox.drain(at=LATER)
        assert members(top) == {people[0].pk, people[6].pk, people[7].pk}
        assert RunNorm.objects.count() == 1

    def test_a_new_norm_waits_for_the_next_full_run(self, brand, people):
        top = segment_of(dimension_of(brand), "top", "followers >= p75(primary_platform)")
        run_now(brand)
        before = members(top)
        reword_rule(segment_id=top.pk, rule=rule("followers >= p50(tier)"), at=NOW, actor=None)
        give_followers(people[7], 1, NOW)
        mark_changed(brand=brand, creator_ids=[people[7].pk], cause="metrics")
        outbox.drain(at=LATER)
        top.refresh_from_db()
        assert members(top) == before
        assert top.status == SegmentStatus.ACTIVE


class TestReferences:
    def test_in_the_same_run_through_a_diamond(self, brand):
        small, big = creator_with(brand, 10), creator_with(brand, 10_000)
        uncounted = creator_with(brand, None)
        dimension = dimension_of(brand)
        known = segment_of(dimension, "known", "followers >= 100")
        left = segment_of(dimension, "left", 'segment("known") and stage is prospect')
        right = segment_of(dimension, "right", 'not segment("known")')
        both = segment_of(dimension, "both", 'segment("left") or segment("right")')
        run = run_now(brand)
        assert members(known) == members(left) == {big.pk}
        assert members(right) == {small.pk}
        assert members(both) == {big.pk, small.pk}
        assert unknown(both) == {uncounted.pk}
        assert counted(run, both).missing == {
            'segment("left")': 1,
            'segment("right")': 1,
        }
        change = Change.objects.get(run=run, segment=left)
        assert read_of(change) == {'segment("known")': True, "stage": "prospect"}

    def test_a_circle_is_refused_with_its_path(self, brand):
        dimension = dimension_of(brand)
        first = segment_of(dimension, "a", "followers > 1")
        segment_of(dimension, "b", 'segment("a")')
        segment_of(dimension, "c", 'segment("b")')
        with pytest.raises(RuleInvalid) as refused:
            reword_rule(segment_id=first.pk, rule=rule('segment("c")'), at=NOW, actor=None)
        [error] = refused.value.errors
        assert error.code == "segment_cycle"
        assert "a → c → b → a" in error.message
        first.refresh_from_db()
        assert first.versions.count() == 1

    def test_precedence_can_close_a_circle(self, brand):
        sizes = dimension_of(brand, is_exclusive=True)
        first = segment_of(sizes, "first", "followers > 1", position=1)
        segment_of(sizes, "second", "followers > 1", position=2)
        with pytest.raises(RuleInvalid, match="first → second → first"):
            reword_rule(segment_id=first.pk, rule=rule('segment("second")'), at=NOW, actor=None)
        # The other way round is fine: who is taken first decides about who comes after.
        third = segment_of(sizes, "third", 'not segment("first")', position=3)
        creator_with(brand, 5)
        run_now(brand)
        assert members(third) == set()

    @pytest.mark.parametrize(
        ("key", "code"), [("nobody", "unknown_segment"), ("gone", "segment_not_in_use")]
    )
    def test_what_is_not_there_is_refused(self, brand, other_brand, key, code):
        segment_of(dimension_of(other_brand), "nobody", "followers > 1")
        gone = segment_of(dimension_of(brand), "gone", "followers > 1")
        archive_segment(segment_id=gone.pk, at=NOW, actor=None)
        with pytest.raises(RuleInvalid) as refused:
            segment_of(dimension_of(brand, "other"), "refers", f'segment("{key}")')
        assert [error.code for error in refused.value.errors] == [code]

    def test_whoever_refers_to_an_archived_segment_keeps_members_and_says_why(self, brand):
        creator = creator_with(brand, 100)
        dimension = dimension_of(brand)
        base = segment_of(dimension, "base", "followers > 1")
        refers = segment_of(dimension, "refers", 'segment("base")')
        run_now(brand)
        archive_segment(segment_id=base.pk, at=NOW, actor=None)
        run_now(brand, LATER)
        refers.refresh_from_db()
        assert members(refers) == {creator.pk}
        assert refers.status == SegmentStatus.BROKEN
        assert "takes no part in runs" in refers.broken_reason

    def test_a_run_of_one_dimension_takes_others_as_they_stand(self, brand):
        creator = creator_with(brand, 100)
        base = segment_of(dimension_of(brand, "one"), "base", "followers > 1")
        other = dimension_of(brand, "two")
        refers = segment_of(other, "refers", 'segment("base")')
        run_now(brand, dimension=other)
        assert members(refers) == set()
        run_now(brand, LATER, dimension=base.dimension)
        run_now(brand, LATER + timedelta(hours=1), dimension=other)
        assert members(refers) == {creator.pk}

    def test_a_chain_of_thirty_is_fast(self, brand):
        creator = creator_with(brand, 100)
        dimension = dimension_of(brand)
        segment_of(dimension, "s0", "followers > 1")
        for number in range(1, 30):
            last = segment_of(dimension, f"s{number}", f'segment("s{number - 1}")')
        plan = evaluation.prepare(brand=brand, as_of=NOW)
        assert max(plan.levels().values()) == 29
        run_now(brand)
        assert members(last) == {creator.pk}
        segment_of(dimension, "s30", 'segment("s29")')
        with pytest.raises(RuleInvalid, match="More than 30 segments"):
            segment_of(dimension, "s31", 'segment("s30")')

    def test_from_the_ledger(self, brand):
        early, late = creator_with(brand, 100), creator_with(brand, 10)
        dimension = dimension_of(brand)
        core = segment_of(dimension, "core", "followers >= 100")
        was = segment_of(dimension, "was", 'segment("core") was in last quarter')
        run_now(brand, NOW - timedelta(days=25))  # 28 October: this quarter
        give_followers(early, 1, NOW - timedelta(days=20))
        give_followers(late, 100, NOW - timedelta(days=20))
        run_now(brand, NOW - timedelta(days=10))
        assert (members(core), members(was)) == ({late.pk}, set())
        next_quarter = NOW + timedelta(days=60)
        run_now(brand, next_quarter)
        assert members(was) == {early.pk, late.pk}


class TestSteadiness:
    def test_those_who_are_in_stay_by_the_looser_rule(self, brand):
        falling, outside = creator_with(brand, 10_000), creator_with(brand, 9_500)
        big = segment_of(
            dimension_of(brand),
            "big",
            "followers >= 10_000",
            stay_rule=rule("followers >= 9_000"),
        )
        run_now(brand)
        assert members(big) == {falling.pk}
        give_followers(falling, 9_500, NOW)
        run_now(brand, LATER)
        assert members(big) == {falling.pk}
        give_followers(falling, 8_999, LATER)
        run = run_now(brand, LATER + timedelta(days=1))
        assert members(big) == set()
        assert outside.pk not in members(big)
        [change] = run.changes.all()
        assert (change.kind, change.cause) == (ChangeKind.LEFT, Cause.RULE)

    def test_in_a_single_valued_dimension_both_ways(self, brand):
        sizes = dimension_of(brand, is_exclusive=True)
        nano = segment_of(
            sizes, "nano", "followers < 10_000", position=1, stay_rule=rule("followers < 11_000")
        )
        micro = segment_of(
            sizes, "micro", "followers >= 10_000", position=2, stay_rule=rule("followers >= 9_000")
        )
        up, down = creator_with(brand, 9_999), creator_with(brand, 10_000)
        run_now(brand)
        give_followers(up, 10_999, NOW)
        give_followers(down, 9_000, NOW)
        run_now(brand, LATER)
        assert (members(nano), members(micro)) == ({up.pk}, {down.pk})
        give_followers(up, 11_000, LATER)
        give_followers(down, 8_999, LATER)
        run_now(brand, LATER + timedelta(days=1))
        assert (members(nano), members(micro)) == ({down.pk}, {up.pk})

    def test_nobody_leaves_by_rule_before_the_minimum_stay(self, brand):
        creator = creator_with(brand, 100)
        big = segment_of(dimension_of(brand), "big", "followers >= 100", minimum_stay_days=30)
        run_now(brand)
        give_followers(creator, 1, NOW)
        run_now(brand, NOW + timedelta(days=29, hours=23))
        assert members(big) == {creator.pk}
        run_now(brand, NOW + timedelta(days=30))
        assert members(big) == set()

    def test_the_minimum_stay_comes_before_precedence(self, brand):
        sizes = dimension_of(brand, is_exclusive=True)
        first = segment_of(sizes, "first", "followers >= 200", position=1)
        second = segment_of(sizes, "second", "followers >= 100", position=2, minimum_stay_days=30)
        creator = creator_with(brand, 100)
        run_now(brand)
        give_followers(creator, 200, NOW)
        run_now(brand, LATER)
        assert (members(first), members(second)) == (set(), {creator.pk})
        run = run_now(brand, NOW + timedelta(days=30))
        assert (members(first), members(second)) == ({creator.pk}, set())
        left = run.changes.get(segment=second)
        assert (left.kind, left.cause) == (ChangeKind.LEFT, Cause.PRECEDENCE)


class TestOverrides:
    @pytest.fixture
    def ana(self):
        return UserFactory()

    def test_people_win_over_the_rule_and_survive_when_it_no_longer_matches(self, brand, ana):
        small, big = creator_with(brand, 10), creator_with(brand, 10_000)
        segment = segment_of(dimension_of(brand), "big", "followers >= 100")
        decided = {
            creator: force(
                segment_id=segment.pk,
                creator_id=creator.pk,
                kind=kind,
                reason="We know better.",
                at=BEFORE,
                actor=ana,
            )
            for creator, kind in ((small, OverrideKind.IN), (big, OverrideKind.OUT))
        }
        run = run_now(brand)
        assert members(segment) == {small.pk}
        change = run.changes.get()
        assert (change.creator_id, change.cause) == (small.pk, Cause.OVERRIDE)
        run_now(brand, LATER)
        assert members(segment) == {small.pk}
        for override in decided.values():
            withdraw(override_id=override.pk, at=LATER, actor=ana)
        run = run_now(brand, LATER + timedelta(days=1))
        assert members(segment) == {big.pk}
        assert {change.cause for change in run.changes.all()} == {Cause.RULE}

    def test_they_end_by_themselves(self, brand, ana):
        creator = creator_with(brand, 10)
        segment = segment_of(dimension_of(brand), "big", "followers >= 100")
        force(
            segment_id=segment.pk,
            creator_id=creator.pk,
            kind=OverrideKind.IN,
            reason="For the launch.",
            at=BEFORE,
            actor=ana,
            until=LATER,
        )
        run_now(brand)
        assert members(segment) == {creator.pk}
        run_now(brand, LATER)
        assert members(segment) == set()

    def test_what_is_decided_is_not_unknown(self, brand, ana):
        creator = creator_with(brand, None)
        segment = segment_of(
            dimension_of(brand), "big", "followers >= 100", unknown_policy=UnknownPolicy.REVIEW
        )
        run_now(brand)
        assert unknown(segment) == {creator.pk}
        force(
            segment_id=segment.pk,
            creator_id=creator.pk,
            kind=OverrideKind.OUT,
            reason="Asked them.",
            at=NOW,
            actor=ana,
        )
        run_now(brand, LATER)
        assert (members(segment), unknown(segment)) == (set(), set())

    def test_in_a_single_valued_dimension_the_others_give_way(self, brand, ana):
        creator = creator_with(brand, 500)
        sizes = dimension_of(brand, is_exclusive=True)
        first = segment_of(sizes, "first", "followers >= 100", position=1)
        second = segment_of(sizes, "second", "followers >= 1_000", position=2)
        run_now(brand)
        force(
            segment_id=second.pk,
            creator_id=creator.pk,
            kind=OverrideKind.IN,
            reason="Grows fast.",
            at=NOW,
            actor=ana,
        )
        run = run_now(brand, LATER)
        assert (members(first), members(second)) == (set(), {creator.pk})
        causes = {change.segment_id: change.cause for change in run.changes.all()}
        assert causes == {first.pk: Cause.PRECEDENCE, second.pk: Cause.OVERRIDE}

    def test_one_creator_is_decided_at_once(self, brand, ana):
        creator = creator_with(brand, 10)
        segment = segment_of(dimension_of(brand), "big", "followers >= 100")
        run_now(brand)
        force(
            segment_id=segment.pk,
            creator_id=creator.pk,
            kind=OverrideKind.IN,
            reason="Now.",
            at=NOW,
            actor=ana,
        )
        outbox.drain(at=LATER)
        assert members(segment) == {creator.pk}
        assert Override.objects.count() == 1


class TestTimeLimit:
    def test_a_rule_that_takes_too_long_is_stopped_and_the_others_finish(
        self, brand, settings, monkeypatch
    ):
        creator = creator_with(brand, 100)
        dimension = dimension_of(brand)
        fast = segment_of(dimension, "fast", "followers >= 100")
        slow = segment_of(dimension, "slow", "followers >= 50")
        refers = segment_of(dimension, "refers", 'segment("slow")')
        run_now(brand)
        sleeping(monkeypatch)
        settings.RULES_TIMEOUT_SECONDS = settings.RULE_TIMEOUT_SECONDS = 0.5
        late = creator_with(brand, 200)
        give_followers(creator, 1, NOW)
        run = run_now(brand, LATER)
        slow.refresh_from_db()
        assert (slow.status, slow.broken_reason) == (
            SegmentStatus.BROKEN,
            "The rule takes too long: it was stopped after 0.5 seconds.",
        )
        assert members(fast) == {late.pk}
        assert members(slow) == members(refers) == {creator.pk}
        assert RunSegment.objects.get(run=run, segment=slow).error == slow.broken_reason
        monkeypatch.undo()
        run_now(brand, LATER + timedelta(days=1))
        slow.refresh_from_db()
        assert (slow.status, members(slow)) == (SegmentStatus.ACTIVE, {late.pk})


def sleeping(monkeypatch) -> None:
    """Make every evaluation of "followers >= 50" take a second for each creator."""
    real = RuleCompiler.compile
    slow = text.parse("followers >= 50")

    def compile_slowly(self, node):
        found = real(self, node)
        if node == slow:
            return Sql(f"({found.text} AND pg_sleep(1)::text = '')", found.params)
        return found

    monkeypatch.setattr(RuleCompiler, "compile", compile_slowly)
