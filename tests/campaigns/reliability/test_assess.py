"""Reliability from what happened: shares, weights, intervals, quarters, and what is unknown."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from campaigns.reliability.assess import Happened, assess, quarter_of
from campaigns.reliability.weights import standard

ON = date(2026, 11, 15)


def things(component: str, good: int, bad: int, on: date = ON) -> list[Happened]:
    return [Happened(component, on, is_good=nth < good) for nth in range(good + bad)]


def test_weights_are_whole() -> None:
    weights = standard()
    assert weights.total == 100
    assert list(weights.components) == [
        "handed_in",
        "published",
        "rounds",
        "answers",
        "kept",
        "attended",
    ]


def test_a_mean_of_what_is_known() -> None:
    # Three of four drafts weigh 30, all posts 25.
    found = assess(things("handed_in", 3, 1) + things("published", 3, 0), standard(), ON)
    assert found.score == Decimal("86.4")
    assert found.events == 7
    assert {line.key: line.share for line in found.lines if line.share is not None} == {
        "handed_in": 0.75,
        "published": 1.0,
    }
    handed_in = found.lines[0]
    # Wilson, 3 of 4.
    assert (round(handed_in.low, 4), round(handed_in.high, 4)) == (0.3006, 0.9544)
    assert found.low == Decimal("36.3")
    assert found.high == Decimal("97.5")


def test_too_few_are_unknown() -> None:
    weights = standard()
    nothing = assess([], weights, ON)
    assert (nothing.score, nothing.low, nothing.high, nothing.events) == (None, None, None, 0)
    # Two of a component say nothing, whatever they were.
    assert assess(things("handed_in", 0, 2), weights, ON).lines[0].share is None
    # Four things are too few, and so is a weight of 30 of 100.
    assert assess(things("handed_in", 4, 0), weights, ON).score is None
    assert assess(things("handed_in", 9, 0), weights, ON).score is None
    enough = things("handed_in", 9, 0) + things("answers", 0, 3)
    assert assess(enough, weights, ON).score == Decimal("75.0")


def test_what_is_old_or_to_come_does_not_count() -> None:
    old = date(2024, 11, 15)
    assert assess(things("handed_in", 5, 0, old), standard(), ON).events == 0
    assert assess(things("handed_in", 5, 0, old + timedelta(days=1)), standard(), ON).events == 5
    assert assess(things("handed_in", 5, 0, ON + timedelta(days=1)), standard(), ON).events == 0


def test_by_quarter() -> None:
    happened = (
        things("handed_in", 3, 0, date(2026, 10, 1))
        + things("published", 3, 3, date(2026, 12, 31))
        + things("handed_in", 1, 2, date(2026, 9, 30))
        + things("published", 0, 3, date(2026, 7, 1))
    )
    found = assess(happened, standard(), date(2026, 12, 31))
    assert [one.name for one in found.quarters] == [
        "2026 Q4",
        "2026 Q3",
        "2026 Q2",
        "2026 Q1",
        "2025 Q4",
        "2025 Q3",
        "2025 Q2",
        "2025 Q1",
    ]
    last, before, empty = found.quarters[:3]
    assert (last.score, last.good, last.of) == (Decimal("77.3"), 6, 9)
    # One of three drafts, no post.
    assert (before.score, before.good, before.of) == (Decimal("18.2"), 1, 6)
    assert (empty.score, empty.of) == (None, 0)
    assert quarter_of(date(2026, 1, 1)) == "2026 Q1"
