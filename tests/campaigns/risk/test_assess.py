"""The weights: from what is known to points and a tier. No database."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from campaigns.risk import suitability, weights
from campaigns.risk.assess import assess, interval, months_before, tier_at
from campaigns.risk.inputs import Gate, IncidentSeen, Inputs

TODAY = date(2026, 11, 22)
W = weights.standard()


def points_of(key: str, **known: object) -> Decimal | None:
    outcome = assess(Inputs(on=TODAY, **known), W)  # type: ignore[arg-type]
    [line] = [line for line in outcome.lines if line.key == key]
    return line.points


def test_nobody_knows_anything() -> None:
    outcome = assess(Inputs(on=TODAY), W)
    assert (outcome.tier, outcome.points, outcome.gates) == ("low", Decimal(0), ())
    # What is not known is said, and is no point either way.
    assert outcome.unknown == (
        "Missed disclosures",
        "Audience under 18",
        "Retouched or machine-made",
    )
    assert [line.value for line in outcome.lines] == [
        "none",
        "too few posts (0 reviewed posts, at least 5 are needed)",
        "no campaign under way",
        "not known",
        "nobody looked",
        "none",
    ]
    assert all(line.why and line.source for line in outcome.lines)


@pytest.mark.parametrize(
    ("severity", "noticed", "is_confirmed", "points"),
    [
        ("low", date(2026, 10, 1), True, "4"),
        ("medium", date(2026, 10, 1), True, "20"),
        ("high", date(2026, 10, 1), True, "50"),
        ("critical", date(2026, 10, 1), True, "80"),
        # Nobody checked it: half.
        ("high", date(2026, 10, 1), False, "25"),
        # A year old to the day: half, and a day younger: all of it.
        ("high", date(2025, 11, 22), True, "25"),
        ("high", date(2025, 11, 23), True, "50"),
        # Two years old to the day: not any more.
        ("critical", date(2024, 11, 22), True, "0"),
        ("critical", date(2024, 11, 23), True, "40"),
        # Noticed tomorrow, by a clock that is ahead.
        ("critical", date(2026, 11, 23), True, "0"),
    ],
)
def test_incidents(severity: str, noticed: date, is_confirmed: bool, points: str) -> None:
    one = IncidentSeen(7, severity, noticed, is_confirmed)
    assert points_of("incidents", incidents=(one,)) == Decimal(points)


def test_incidents_have_a_most() -> None:
    two = tuple(IncidentSeen(number, "critical", TODAY, True) for number in (1, 2))
    outcome = assess(Inputs(on=TODAY, incidents=two), W)
    assert outcome.points == 100
    assert outcome.lines[0].value == "2 critical"
    assert outcome.lines[0].on == TODAY


@pytest.mark.parametrize(
    ("reviewed", "sufficient", "points"),
    [
        # Too few to say anything, however bad.
        (4, 0, None),
        (5, 5, "0"),
        # Everybody misses one of twenty.
        (20, 19, "0"),
        (20, 18, "2.1"),
        (10, 7, "10.5"),
        (5, 0, "40"),
    ],
)
def test_missed_disclosures(reviewed: int, sufficient: int, points: str | None) -> None:
    expected = None if points is None else Decimal(points)
    assert points_of("disclosure", reviewed=reviewed, sufficient=sufficient) == expected


def test_a_share_has_its_interval() -> None:
    outcome = assess(Inputs(on=TODAY, reviewed=10, sufficient=7), W)
    assert outcome.lines[1].value == "7 of 10 sufficient (95 % interval 40% to 89%)"
    assert interval(0, 0) == (0.0, 1.0)
    low, high = interval(5, 5)
    assert (round(low, 3), high) == (0.566, 1.0)


@pytest.mark.parametrize(
    ("goods", "points"),
    [([], "0"), (["alcohol"], "15"), (["alcohol", "gambling", "cannabis"], "25")],
)
def test_sensitive_goods(goods: list[str], points: str) -> None:
    categories = dict.fromkeys(goods, ("Spring",))
    assert points_of("categories", campaigns=1, categories=categories) == Decimal(points)


@pytest.mark.parametrize(
    ("share", "points"),
    [("0.1199", "0"), ("0.12", "10"), ("0.2499", "10"), ("0.25", "20"), ("1", "20")],
)
def test_minors_in_the_audience(share: str, points: str) -> None:
    assert points_of("minors", minors=Decimal(share), minors_source="told") == Decimal(points)


def test_altered_pictures_and_backlog() -> None:
    assert points_of("altered", looked=3, altered=0) == 0
    assert points_of("altered", looked=3, altered=2) == 5
    assert [points_of("backlog", unreviewed=posts) for posts in (0, 1, 2, 3, 9)] == [
        0,
        4,
        4,
        10,
        10,
    ]


@pytest.mark.parametrize(
    ("points", "tier"),
    [("0", "low"), ("19.9", "low"), ("20", "medium"), ("49.9", "medium"), ("50", "high")],
)
def test_tiers(points: str, tier: str) -> None:
    assert tier_at(Decimal(points), W) == tier


def test_a_gate_makes_it_high_without_a_point() -> None:
    outcome = assess(Inputs(on=TODAY, gates=(Gate("permit", "No permit in AE."),)), W)
    assert (outcome.tier, outcome.points) == ("high", Decimal(0))


def test_below_the_floor_is_a_gate_once_confirmed_and_never_too_old() -> None:
    old = IncidentSeen(9, "low", date(2015, 1, 1), True, "floor")
    outcome = assess(Inputs(on=TODAY, incidents=(old,)), W)
    assert (outcome.tier, outcome.points) == ("high", Decimal(0))
    assert [(gate.key, gate.words) for gate in outcome.gates] == [
        ("floor", "Content below the floor of suitability was confirmed. Incident 9.")
    ]
    claimed = IncidentSeen(9, "low", date(2026, 11, 1), False, "floor")
    assert assess(Inputs(on=TODAY, incidents=(claimed,)), W).gates == ()


def test_months_before() -> None:
    assert months_before(date(2026, 3, 31), 1) == date(2026, 2, 28)
    assert months_before(date(2024, 2, 29), 12) == date(2023, 2, 28)
    assert months_before(date(2026, 1, 15), 2) == date(2025, 11, 15)


def test_the_files_say_what_they_must() -> None:
    taxonomy = suitability.standard()
    assert len(taxonomy.categories) == 12
    assert list(taxonomy.tiers) == ["floor", "high", "medium", "low"]
    assert all(one.floor for one in taxonomy.categories.values())
    assert taxonomy.words("hate", "floor") == "Hate speech and acts of aggression, below the floor"
    assert (taxonomy.words("", ""), taxonomy.words("old", "odd")) == ("", "old, odd")
    assert set(W.severities) == {"low", "medium", "high", "critical"}
    assert set(W.gates) == {"floor", "permit", "guardian", "banned"}
