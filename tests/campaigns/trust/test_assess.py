"""Trust from what is on file: points of each part, what is unknown, and other weights."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from campaigns.trust.assess import Known, Line, Outcome, Trouble, assess
from campaigns.trust.weights import KEYS, standard

ON = date(2026, 11, 15)
NOTHING = Known(on=ON)


def days(*ago: int) -> tuple[date, ...]:
    return tuple(ON - timedelta(days=one) for one in ago)


def lines(known: Known) -> dict[str, Line]:
    return {part.line.key: part.line for part in assess(known, standard()).parts}


def adds(found: Outcome) -> float:
    return sum(part.adds for part in found.parts if part.adds is not None)


def test_weights_are_whole() -> None:
    assert standard().total == 100
    assert tuple(standard().components) == KEYS


def test_nothing_is_known_of_nobody() -> None:
    found = assess(NOTHING, standard())
    assert (found.score, found.known) == (None, 0)
    assert [part.line.points for part in found.parts] == [None] * 5
    assert [part.line.value for part in found.parts] == [
        "Posts of 0 days are known in 182 days: it takes 8.",
        "0 posts reviewed: it takes 5.",
        "0 comments in a language that is scored, below 0 posts: it takes 30 below 3.",
        "No work together yet, so none would be on file.",
        "Too little happened together to say.",
    ]


def test_parts_add_up_to_the_score() -> None:
    known = replace(NOTHING, reviewed=10, sufficient=8, has_worked=True)
    found = assess(known, standard())
    # 80 points weigh 30, 100 weigh 20.
    assert (found.score, found.known) == (Decimal("88.0"), 0.5)
    assert adds(found) == pytest.approx(88)
    # Disclosure alone is one part only.
    assert assess(replace(known, has_worked=False), standard()).score is None
    # Two light parts are too little.
    light = replace(NOTHING, post_days=days(*range(0, 70, 7)), comments=100, commented_posts=3)
    assert assess(light, standard()).known == 0.3
    assert assess(light, standard()).score is None


def test_weights_of_a_brand() -> None:
    own = standard().weighed(dict.fromkeys(KEYS, 0) | {"disclosure": 10, "incidents": 30}, "own 1")
    known = replace(NOTHING, reviewed=10, sufficient=8, has_worked=True, reliability=10.0)
    found = assess(known, own)
    assert (found.score, found.known, found.weights) == (Decimal("95.0"), 1.0, "own 1")
    # What weighs nothing is shown, and adds nothing.
    reliability = found.parts[-1]
    assert (reliability.line.points, reliability.weight, reliability.adds) == (10, 0, 0)


def test_steady_posts() -> None:
    weekly = days(*range(0, 70, 7))
    steady = lines(replace(NOTHING, post_days=weekly))["consistency"]
    assert (steady.points, steady.on) == (100, ON)
    assert steady.value == (
        "10 days with posts in 63, usually every 7 days; 0 days in pauses beyond 21"
    )
    # The same, and then nothing for 51 days, which somebody saw: 30 beyond three usual gaps.
    stopped = days(*range(51, 121, 7))
    seen = lines(replace(NOTHING, post_days=stopped, known_until=ON))["consistency"]
    assert seen.points == pytest.approx(100 * (1 - 30 / 114))
    # Nobody looked since the last post: the pause is not known.
    assert lines(replace(NOTHING, post_days=stopped))["consistency"].points == 100
    assert lines(replace(NOTHING, post_days=days(*range(7))))["consistency"].points is None
    short = lines(replace(NOTHING, post_days=days(*range(20))))["consistency"]
    assert (short.points, short.value) == (None, "Posts are known of 19 days only: it takes 60.")


@pytest.mark.parametrize(("negative", "points"), [(0, 100), (5, 100), (20, 50), (35, 0), (90, 0)])
def test_the_tone_of_comments(negative: int, points: float) -> None:
    known = replace(NOTHING, comments=100, negative=negative, commented_posts=3)
    assert lines(known)["sentiment"].points == pytest.approx(points)
    assert lines(replace(known, commented_posts=2))["sentiment"].points is None


def test_incidents_fade() -> None:
    def points(*some: Trouble) -> float | None:
        return lines(replace(NOTHING, incidents=some))["incidents"].points

    fresh, old = ON - timedelta(days=10), date(2025, 11, 1)
    assert points(Trouble("medium", fresh, is_confirmed=True)) == 75
    assert points(Trouble("medium", fresh, is_confirmed=False)) == 87.5
    assert points(Trouble("high", old, is_confirmed=True)) == 70
    assert points(Trouble("critical", fresh, is_confirmed=True), Trouble("low", fresh, True)) == 0
    # Two years ago: none counts, and whether there would be one is not known.
    assert points(Trouble("high", date(2024, 11, 1), is_confirmed=True)) is None
