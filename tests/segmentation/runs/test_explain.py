"""Why somebody is in a segment: exact words and values, now and in the past."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from crm.models import Creator
from segmentation.choices import UnknownPolicy
from segmentation.models import Membership, Run, SegmentVersion
from segmentation.rules import text
from segmentation.services.explain import NothingToExplain, explain_membership
from segmentation.services.segments import reword_rule
from tests.factories import NOW, ProfileFactory
from tests.segmentation.building import dimension_of, segment_of
from tests.segmentation.runs.worlds import (
    BEFORE,
    LATER,
    creator_with,
    give_followers,
    run_now,
)

pytestmark = pytest.mark.django_db


def test_a_member_sees_the_value_the_threshold_and_its_age(brand):
    creator = creator_with(brand, 5_000, name="Ida")
    segment = segment_of(dimension_of(brand), "big", "followers >= 1_000")
    run = run_now(brand)

    told = explain_membership(segment=segment, creator=creator)

    assert (told["state"], told["result"]) == ("member", True)
    assert told["words"] == "Ida is in Big: the rule is true."
    assert told["rule"] == {
        "version": 1,
        "text": "followers >= 1000",
        "words": "Followers at least 1,000.",
        "error": None,
    }
    assert (told["since"], told["as_of"]) == (NOW.isoformat(), NOW.isoformat())
    assert told["run"] == {"id": run.pk, "as_of": NOW.isoformat(), "trigger": "By hand"}
    leaf = told["tree"]
    assert (leaf["value"], leaf["threshold"]) == (5_000, "at least 1,000")
    assert (leaf["source"], leaf["age_days"]) == ("Profile snapshots: Vendor", 30.0)
    assert told["smallest_change"] is None
    json.dumps(told)


def test_who_is_out_hears_the_smallest_change(brand):
    creator = creator_with(brand, 8_200, name="Ida")
    segment = segment_of(dimension_of(brand), "big", "followers >= 10_000")
    run_now(brand)
    told = explain_membership(segment=segment, creator=creator)
    assert (told["state"], told["since"], told["run"]) == ("out", None, None)
    assert [change["sentence"] for change in told["smallest_change"]] == [
        "followers from 8,200 to at least 10,000"
    ]


def test_unknown_names_what_is_missing(brand):
    creator = creator_with(brand, None, name="Ida")
    segment = segment_of(dimension_of(brand), "big", "followers >= 10_000 and country is DK")
    run_now(brand)
    told = explain_membership(segment=segment, creator=creator)
    assert (told["state"], told["result"]) == ("unknown", None)
    assert told["missing"] == ["followers", "country"]
    assert told["words"].startswith("Nobody can tell whether Ida belongs to Big")


def test_also_matched_in_a_single_valued_dimension(brand):
    creator = creator_with(brand, 5_000, is_celebrity=True)
    size = dimension_of(brand, is_exclusive=True)
    celebrity = segment_of(size, "celebrity", "is_celebrity is true", position=1)
    big = segment_of(size, "big", "followers >= 1_000", position=2)
    run_now(brand)
    told = explain_membership(segment=big, creator=creator)
    assert told["state"] == "also_matched"
    assert told["words"] == f"{creator} also matches Big, but Celebrity comes first."
    assert told["also_matched"] == [{"key": "big", "name": "Big"}]
    assert explain_membership(segment=celebrity, creator=creator)["state"] == "member"


def test_the_effective_one_of_several_is_the_first_in_order(brand):
    creator = creator_with(brand, 5_000)
    personas = dimension_of(brand, has_precedence=True)
    second = segment_of(personas, "second", "followers >= 1", position=2)
    segment_of(personas, "first", "followers >= 2", position=1)
    run_now(brand)
    told = explain_membership(segment=second, creator=creator)
    assert (told["state"], told["effective"]["key"]) == ("member", "first")


def test_who_is_kept_though_unknown(brand):
    creator = creator_with(brand, 5_000, country="DK")
    segment = segment_of(
        dimension_of(brand), "dk", "country is DK", unknown_policy=UnknownPolicy.KEEP
    )
    run_now(brand)
    Creator.objects.update(country="")
    run_now(brand, LATER)
    told = explain_membership(segment=segment, creator=creator)
    assert (told["state"], told["result"], told["missing"]) == ("kept", None, ["country"])


def test_the_past_has_its_own_facts_rule_and_stays(brand):
    creator = creator_with(brand, 5_000)
    segment = segment_of(dimension_of(brand), "big", "followers >= 1_000")
    run_now(brand)
    give_followers(creator, 20_000, LATER)
    reword_rule(segment_id=segment.pk, rule=text.parse("followers < 50"), at=LATER, actor=None)
    run_now(brand, LATER, apply_now=True)

    now = explain_membership(segment=segment, creator=creator)
    assert (now["state"], now["tree"]["value"], now["rule"]["version"]) == ("out", 20_000, 2)
    then = explain_membership(segment=segment, creator=creator, as_of=NOW + timedelta(hours=1))
    assert (then["state"], then["tree"]["value"], then["rule"]["version"]) == ("member", 5_000, 1)
    assert then["since"] == NOW.isoformat()
    assert Membership.objects.get().left_at == LATER


def test_a_broken_rule_is_told_and_its_members_are_kept(brand):
    creator = creator_with(brand, 5_000)
    segment = segment_of(dimension_of(brand), "big", "followers >= 1_000")
    run_now(brand)
    SegmentVersion.objects.update(rule={"fact": "gone", "op": ">=", "value": 1})
    run_now(brand, LATER)
    told = explain_membership(segment=segment, creator=creator)
    assert (told["state"], told["tree"]) == ("kept", None)
    assert "gone" in told["rule"]["error"]


def test_nothing_is_explained_of_whom_nobody_knew(brand):
    creator = creator_with(brand, 5_000)
    segment = segment_of(dimension_of(brand), "big", "followers >= 1_000")
    with pytest.raises(NothingToExplain, match="run the segmentation first"):
        explain_membership(segment=segment, creator=creator)
    with pytest.raises(NothingToExplain, match="did not know"):
        explain_membership(segment=segment, creator=creator, as_of=BEFORE - timedelta(days=1))


def test_explaining_takes_the_same_queries_for_two_segments_and_twenty(
    brand, django_assert_num_queries
):
    creator = creator_with(brand, 5_000)
    dimension = dimension_of(brand, is_exclusive=True)
    segment = segment_of(dimension, "s0", "followers >= 0")
    for count in (2, 20):
        for number in range(count // 2, count):
            segment_of(dimension, f"s{count}-{number}", f"followers >= {number}")
        run_now(brand)
        with django_assert_num_queries(13):
            explain_membership(segment=segment, creator=creator)


def test_the_commands(brand):
    creator = creator_with(brand, 8_200, name="Ida")
    handle = creator.profiles.get().handle
    segment_of(dimension_of(brand), "big", "followers >= 10_000")
    out = StringIO()
    call_command("run_segmentation", brand="acme", stdout=out)
    told = json.loads(out.getvalue().splitlines()[-1])
    assert told["status"] == "applied"
    found = {"members": 0, "joined": 0, "left": 0, "unknown": 0}
    assert told["segments"].keys() == {"big"}
    assert {name: told["segments"]["big"][name] for name in found} == found
    assert told["duration_ms"] >= 0

    call_command(
        "explain_rule", brand="acme", segment="big", creator=f"instagram/{handle}", stdout=out
    )
    assert "To bring them in: followers from 8,200 to at least 10,000." in out.getvalue()
    assert json.loads(out.getvalue().splitlines()[-1])["state"] == "out"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"brand": "nobody"}, "no brand with the slug nobody"),
        ({"as_of": "yesterday"}, "not a moment"),
        ({"as_of": "2999-01-01"}, "has not come yet"),
        ({"dimension": "size"}, "There are: mine"),
    ],
)
def test_the_command_refuses_in_words(brand, options, words):
    segment_of(dimension_of(brand), "big", "followers >= 10_000")
    with pytest.raises(CommandError, match=words):
        call_command("run_segmentation", **{"brand": "acme", **options})
    assert not Run.objects.exists()


def test_the_command_explains_only_who_is_found(brand):
    segment_of(dimension_of(brand), "big", "followers >= 10_000")
    first, second = creator_with(brand, 1), creator_with(brand, 1)
    for creator, platform in ((first, "tiktok"), (second, "x")):
        ProfileFactory(creator=creator, platform_id=platform, handle="same")
    for segment, creator, words in (
        ("small", "same", "no segment"),
        ("big", "nobody", "no creator"),
        ("big", "same", "several creators"),
        ("big", "x/same", "run the segmentation first"),
    ):
        with pytest.raises(CommandError, match=words):
            call_command("explain_rule", brand="acme", segment=segment, creator=creator)
