"""Each line of design/rules.md, "What others get wrong", is a test of this name."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.services.facts import mark_changed
from segmentation.choices import OverrideKind, SegmentStatus
from segmentation.models import Membership, SegmentVersion
from segmentation.rules import tree
from segmentation.rules.calendar import Calendar
from segmentation.rules.compile import compile_rule
from segmentation.rules.evaluate import evaluate
from segmentation.rules.json_form import load
from segmentation.rules.text import parse
from segmentation.rules.validate import validate
from segmentation.services import evaluation, outbox
from segmentation.services.explain import explain_membership
from segmentation.services.overrides import force
from tests.factories import NOW, UserFactory
from tests.segmentation.building import dimension_of, segment_of
from tests.segmentation.evaluation.helpers import (
    LATER,
    creator_with,
    give_followers,
    members,
    run_now,
)
from tests.segmentation.rules.sample import AS_OF, CATALOGUE, COPENHAGEN


def test_only_or_of_and_groups():
    """Groups nest as they are meant: an "or" inside an "and" inside a "not"."""
    rule = parse("not (followers > 5 and (role is educator or (bio is a and bio is b)))")
    row = {"followers": 6, "role": 2, "bio": "a"}
    assert evaluate(rule, row, CATALOGUE, AS_OF, COPENHAGEN) is True
    assert evaluate(rule, {**row, "role": 1}, CATALOGUE, AS_OF, COPENHAGEN) is False


def test_an_emptied_group_that_matches_everyone():
    for form in ({"all": []}, {"any": []}, {"not": {"any": []}}):
        assert [error.code for error in validate(load(form), CATALOGUE).errors] == ["empty_group"]


def test_relative_dates_as_free_text_with_off_by_one_and_time_zone_bugs():
    """The night the clocks change back in Copenhagen has 25 hours, and a day is still a day."""
    as_of = datetime(2026, 10, 26, 11, 0, tzinfo=UTC)  # noon on the day after
    rule = parse("last_post_at within last 1 day")
    copenhagen = Calendar("Europe/Copenhagen", 1)
    start = datetime(2026, 10, 25, 11, 0, tzinfo=UTC)  # noon on the day itself
    for moment, expected in (
        (start, True),
        (start - timedelta(microseconds=1), False),
        (as_of - timedelta(microseconds=1), True),
        (as_of, False),
    ):
        row = {"last_post_at": moment}
        assert evaluate(rule, row, CATALOGUE, as_of, copenhagen) is expected
    yesterday = parse("last_post_at in day -1")
    midnight = datetime(2026, 10, 24, 22, 0, tzinfo=UTC)  # still summer time
    day = timedelta(hours=25)
    for moment, expected in (
        (midnight, True),
        (midnight - timedelta(seconds=1), False),
        (midnight + day - timedelta(seconds=1), True),
        (midnight + day, False),
    ):
        row = {"last_post_at": moment}
        assert evaluate(yesterday, row, CATALOGUE, as_of, copenhagen) is expected


@pytest.mark.django_db
def test_manual_exclusion_lost_when_the_contact_stops_matching(brand):
    creator = creator_with(brand, 10_000)
    segment = segment_of(dimension_of(brand), "big", "followers >= 10_000")
    force(
        segment_id=segment.pk,
        creator_id=creator.pk,
        kind=OverrideKind.OUT,
        reason="A competitor's ambassador.",
        at=NOW - timedelta(days=1),
        actor=UserFactory(),
    )
    run_now(brand)
    give_followers(creator, 10, NOW)
    run_now(brand, LATER)
    give_followers(creator, 20_000, LATER)
    run_now(brand, LATER + timedelta(days=1))
    assert members(segment) == set()
    told = explain_membership(segment=segment, creator=creator)
    assert (told["state"], told["result"]) == ("forced_out", True)
    assert told["override"]["reason"] == "A competitor's ambassador."


@pytest.mark.django_db
def test_one_bad_segment_stopping_all(brand):
    creator = creator_with(brand, 10_000)
    dimension = dimension_of(brand)
    good = segment_of(dimension, "good", "followers >= 10_000")
    bad = segment_of(dimension, "bad", "followers >= 5")
    gone = {"fact": "no_longer_there", "op": ">=", "value": 5}
    SegmentVersion.objects.filter(segment=bad).update(rule=gone)
    run_now(brand)
    bad.refresh_from_db()
    assert members(good) == {creator.pk}
    assert bad.status == SegmentStatus.BROKEN
    assert "no_longer_there" in bad.broken_reason


@pytest.mark.django_db
def test_silent_failure_that_leaves_0_members(brand):
    creator = creator_with(brand, 10_000)
    segment = segment_of(dimension_of(brand), "big", "followers >= 5")
    run_now(brand)
    gone = {"fact": "no_longer_there", "op": ">=", "value": 5}
    SegmentVersion.objects.filter(segment=segment).update(rule=gone)
    run = run_now(brand, LATER)
    assert members(segment) == {creator.pk}
    assert run.segments.get().error
    assert run.segments.get().members == 1


def test_values_interpolated_into_sql():
    evil = "'; DROP TABLE crm_creator; --"
    for rule in (
        tree.Comparison("bio", tree.Op.CONTAINS, evil),
        tree.Comparison("tags", tree.Op.ANY_OF, (evil,)),
        tree.Comparison("language", tree.Op.IS, evil),
    ):
        compiled = compile_rule(rule, CATALOGUE, AS_OF, COPENHAGEN)
        assert "DROP" not in compiled.text
        assert evil in str(compiled.params)


@pytest.mark.django_db
def test_references_inlined_until_the_query_times_out(brand):
    """A ladder in which each step refers twice to the one below: inlined, 2 to the 20th rules."""
    creator = creator_with(brand, 10_000)
    dimension = dimension_of(brand)
    last = segment_of(dimension, "s0", "followers >= 5")
    sizes = []
    for number in range(1, 21):
        below = f'segment("s{number - 1}")'
        last = segment_of(dimension, f"s{number}", f"{below} and not not {below}")
        if number in (10, 20):
            plan = evaluation.prepare(brand=brand, as_of=NOW)
            sizes.append(len(evaluation.diff_query(plan).text))
    run_now(brand)
    assert members(last) == {creator.pk}
    assert sizes[1] < 2.5 * sizes[0]


def test_diamonds_rejected_as_cycles():
    rule = parse('segment("big") and not segment("risk-high")')  # both rest on "known"
    assert validate(rule, CATALOGUE, segment="new").errors == ()
    [error] = validate(rule, CATALOGUE, segment="known").errors[:1]
    assert error.code == "segment_cycle"
    assert error.message.endswith("known → big → known.")


@pytest.mark.django_db
def test_full_re_run_as_costly_for_10_changes_as_for_100000(brand):
    """Ten changed creators are ten that are evaluated: the statement names them."""
    creators = [creator_with(brand, 10) for _ in range(30)]
    segment_of(dimension_of(brand), "big", "count(posts) >= 0 and followers >= 5_000")
    run_now(brand)
    ten = [creator.pk for creator in creators[:10]]
    mark_changed(brand=brand, creator_ids=ten, cause="metrics")
    with CaptureQueriesContext(
        connection,
    ) as queries:
        outbox.drain(at=LATER)
    named = f"{{{','.join(map(str, ten))}}}"
    asked = [one["sql"].count(named) for one in queries if one["sql"].startswith("EXECUTE")]
    assert sum(asked) >= 2  # for the fact rows and for the records


@pytest.mark.django_db
def test_row_by_row_commits(brand, django_assert_num_queries):
    """A run of 60 joiners takes as many statements as one of 30."""
    segment = segment_of(dimension_of(brand), "big", "followers >= 5")
    counts = []
    for number in range(2):
        for _ in range(30 * (number + 1)):
            creator_with(brand, 10_000)
        with CaptureQueriesContext(connection) as queries:
            run_now(brand, NOW + timedelta(days=number))
        counts.append(len(queries))
    assert Membership.objects.filter(segment=segment).count() == 90
    assert abs(counts[1] - counts[0]) <= 3


@pytest.mark.django_db
def test_no_history_of_who_was_in(brand):
    creator = creator_with(brand, 10_000)
    segment = segment_of(dimension_of(brand), "big", "followers >= 10_000")
    run_now(brand)
    give_followers(creator, 10, NOW)
    run_now(brand, LATER)
    assert members(segment) == set()
    stays = Membership.objects.filter(segment=segment)
    assert [stay.creator_id for stay in stays.as_of(NOW + timedelta(hours=1))] == [creator.pk]
    assert list(stays.as_of(LATER)) == []


@pytest.mark.django_db
def test_no_answer_to_why_is_this_person_here(brand):
    creator = creator_with(brand, 10_000)
    segment = segment_of(
        dimension_of(brand), "quiet", "followers >= 10_000 and count(posts, last 90 days) < 3"
    )
    run_now(brand)
    told = explain_membership(segment=segment, creator=creator)
    assert told["state"] == "member"
    leaves = [
        (leaf["words"], leaf["value_words"], leaf["result"]) for leaf in told["tree"]["items"]
    ]
    assert leaves == [
        ("followers at least 10,000", "10,000", True),
        ("number of posts (in the last 90 days) less than 3", "0", True),
    ]
