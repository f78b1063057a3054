"""Signs about an audience: raised, not raised, or not to be told, with the numbers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from campaigns.authenticity.account import Account, Count, PostSeen, Seen
from campaigns.authenticity.look import look
from campaigns.authenticity.thresholds import KEYS, OF_COMMENTS, standard
from campaigns.choices import Flag, FlagState

ON = date(2026, 11, 1)
NOTHING = Account(platform="instagram", on=ON)


def day(ago: int) -> date:
    return ON - timedelta(days=ago)


def posts(number: int, *, ago: int = 10, **counts: int) -> tuple[PostSeen, ...]:
    """So many posts with the same counts, one a day up to `ago` days ago, the oldest first."""
    return tuple(PostSeen(on=day(ago + number - 1 - nth), **counts) for nth in range(number))


def seen(account: Account) -> dict[str, Seen]:
    return {one.key: one for one in look(account, standard())}


def test_what_is_not_known_is_told_of_nobody() -> None:
    found = look(NOTHING, standard())
    assert tuple(one.key for one in found) == KEYS
    assert {*KEYS, *OF_COMMENTS} == set(Flag.values)
    assert {one.state for one in found} == {"unknown"} <= set(FlagState.values)
    assert [one.value for one in found] == [
        "Followers are not known in the last 365 days, or of days too far apart.",
        "The number of followers is not known.",
        "The number of followers is not known.",
        "Likes and comments are known of 0 posts only.",
        "The creator's country is not known.",
        "0 posts with counts in 90 days and 0 before: at least 5 each are needed.",
        "How many it follows is not known.",
        "No source says.",
        "How many it follows for each follower and how often it has posted cannot be told.",
    ]


def test_a_jump_is_raised_unless_reactions_grew_along() -> None:
    counts = (Count(day(100), 20_000), Count(day(70), 21_000), Count(day(40), 42_000))
    jump = seen(replace(NOTHING, counts=counts))["growth_spike"]
    assert (jump.state, jump.on) == ("raised", day(40))
    assert jump.value == (
        "from 21,000 to 42,000 in 30 days (+100% in 30 days); "
        "whether reactions grew along is not known"
    )
    assert jump.threshold == "50% in 30 days from 21,000 followers"
    before = posts(3, ago=75, likes=400, comments=20)
    flat = seen(replace(NOTHING, counts=counts, posts=before + posts(3, likes=420)))
    assert flat["growth_spike"].state == "raised"
    assert flat["growth_spike"].value.endswith("; reactions to a middle post +0%")
    along = seen(replace(NOTHING, counts=counts, posts=before + posts(3, likes=800)))
    assert along["growth_spike"].state == "clear"
    assert along["growth_spike"].value.endswith("; reactions to a middle post +90%")


@pytest.mark.parametrize(
    ("before", "after", "days", "state"),
    [
        (21_000, 31_000, 30, "clear"),  # +48 %, below what is allowed from 10,000 on
        (21_000, 31_600, 30, "raised"),  # +50.5 %
        (500, 1_400, 30, "clear"),  # nearly threefold, but nine hundred people
        (120_000, 157_000, 30, "raised"),  # +31 %
        (120_000, 180_000, 90, "clear"),  # +14 % a month
        (20_000, 25_000, 1, "raised"),  # a day counts as a week: +160 %
        (20_000, 60_000, 121, "unknown"),  # too far apart
    ],
)
def test_growth_by_size_and_time(before: int, after: int, days: int, state: str) -> None:
    counts = (Count(day(days), before), Count(day(0), after))
    assert seen(replace(NOTHING, counts=counts))["growth_spike"].state == state


def test_rates_against_the_band_of_platform_and_size() -> None:
    micro = replace(NOTHING, counts=(Count(day(1), 20_000),))

    def states(account: Account) -> tuple[str, str]:
        found = seen(account)
        return found["rate_high"].state, found["rate_low"].state

    # Usual for 10,000 and more: 2.4 %; the band reaches from 0.48 % to 12 %.
    usual = replace(micro, posts=posts(6, likes=450, comments=30))
    assert states(usual) == ("clear", "clear")
    assert seen(usual)["rate_low"].value == "2.4 % of followers react: the middle of 6 posts"
    assert seen(usual)["rate_low"].threshold == "below 0.48 %"
    assert states(replace(micro, posts=posts(6, likes=90))) == ("clear", "raised")
    assert states(replace(micro, posts=posts(6, likes=2_500))) == ("raised", "clear")
    # One post that everybody saw moves nothing.
    viral = posts(5, likes=480) + posts(1, ago=5, likes=90_000)
    assert states(replace(micro, posts=viral)) == ("clear", "clear")
    assert states(replace(micro, posts=posts(4, likes=90))) == ("unknown", "unknown")
    stated = replace(micro, avg_likes=60.0, avg_comments=5.0, averages_on=day(3))
    assert states(stated) == ("clear", "raised")
    assert seen(stated)["rate_low"].value == (
        "0.33 % of followers react: averages as the source states them"
    )
    # By views where platforms show posts to everybody.
    clips = replace(micro, platform="tiktok", posts=posts(5, likes=900, views=10_000))
    assert states(clips) == ("clear", "clear")
    assert states(replace(clips, posts=posts(5, likes=200, views=10_000))) == ("clear", "raised")
    assert states(replace(micro, platform="podcast")) == ("unknown", "unknown")


def test_comments_out_of_proportion() -> None:
    def state(**counts: int) -> str:
        return seen(replace(NOTHING, posts=posts(5, **counts)))["comment_ratio"].state

    assert state(likes=1_000, comments=15) == "clear"
    assert state(likes=2_000, comments=1) == "raised"
    assert state(likes=1_000, comments=300) == "raised"
    assert state(likes=99, comments=0) == "unknown"  # 495 likes are too few
    assert state(likes=1_000) == "unknown"
    one = seen(replace(NOTHING, posts=posts(5, likes=2_000, comments=1)))["comment_ratio"]
    assert one.value == "5 comments for 10,000 likes (0.05 %) on 5 posts"
    assert one.threshold == "below 0.10 % or above 25 %"


def test_an_audience_elsewhere() -> None:
    told = replace(
        NOTHING, home="DK", countries={"DK": 0.04, "IN": 0.52, "US": 0.2}, audience_source="vendor"
    )
    one = seen(told)["country_mismatch"]
    assert (one.state, one.value) == (
        "raised",
        "4% of the audience in DK, 52% in IN, says vendor",
    )

    def state(**countries: float) -> str:
        return seen(replace(told, countries=countries))["country_mismatch"].state

    assert state(DK=0.11, IN=0.6) == "clear"
    assert state(DK=0.1, IN=0.24, US=0.24) == "clear"
    assert state(DK=0.1, IN=0.3) == "unknown"  # four in ten are told
    assert seen(replace(told, home=""))["country_mismatch"].state == "unknown"


def test_fewer_react_while_followers_stay() -> None:
    before = posts(5, ago=150, likes=1_000)
    counts = (Count(day(200), 10_000), Count(day(5), 10_500))
    fallen = replace(NOTHING, counts=counts, posts=before + posts(5, likes=480))
    one = seen(fallen)["rate_drift"]
    assert one.state == "raised"
    assert one.value == (
        "480 reactions for a middle post of 5 in 90 days, 1,000 of 5 before; "
        "followers from 10,000 to 10,500"
    )
    less = replace(fallen, posts=before + posts(5, likes=600))
    assert seen(less)["rate_drift"].state == "clear"
    # Who lost followers lost those who react.
    smaller = replace(fallen, counts=(Count(day(200), 10_000), Count(day(5), 9_000)))
    assert seen(smaller)["rate_drift"].state == "clear"
    assert seen(replace(fallen, counts=counts[1:]))["rate_drift"].state == "unknown"


def test_following_and_quality() -> None:
    known = replace(NOTHING, counts=(Count(day(1), 14_000),), following=1_501, quality=0.74)
    found = seen(known)
    assert (found["mass_following"].state, found["audience_quality"].state) == ("raised", "raised")
    assert found["mass_following"].value == "follows 1,501, has 14,000 followers"
    fine = seen(replace(known, following=1_500, quality=0.75))
    assert (fine["mass_following"].state, fine["audience_quality"].state) == ("clear", "clear")
    # Ten followers for each account followed need no trick.
    many = replace(known, counts=(Count(day(1), 15_010),))
    assert seen(many)["mass_following"].state == "clear"
