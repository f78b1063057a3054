"""The arithmetic of overlaps: exact where all is known, bounded by what is possible."""

from __future__ import annotations

from random import Random

import pytest

from segmentation.metrics.overlap import (
    Seen,
    cover_estimated,
    cover_known,
    independent,
    least_of,
    most_of,
    share_of,
    shared_people,
)


def test_where_all_are_known_the_overlap_is_exact():
    found = shared_people(30, 1.0, most=100)
    assert (found.low, found.value, found.high) == (30, 30, 30)


def test_nobody_seen_is_not_nobody():
    found = shared_people(0, 0.01, most=5_000)
    # 3.84 expected people are still seen by nobody once in forty.
    assert (found.low, found.value, round(found.high)) == (0, 0, 380)
    assert shared_people(0, 0.01, most=200).high == 200


def test_a_chance_is_one():
    with pytest.raises(ValueError, match="chance"):
        shared_people(1, 0, most=10)


def test_a_share_has_wilsons_interval():
    found = share_of(0, 50)
    assert (found.low, found.value, round(found.high, 3)) == (0, 0, 0.071)


def test_estimated_cover_is_exact_for_two_and_between_bounds_for_more():
    two = cover_estimated({1: 100.0, 2: 50.0}, {(1, 2): Seen(20, 1.0)})
    assert (two.unique.low, two.unique.value, two.unique.high) == (130, 130, 130)
    sizes = {1: 100.0, 2: 100.0, 3: 100.0}
    pairs = {(1, 2): Seen(50, 1.0), (1, 3): Seen(50, 1.0), (2, 3): Seen(50, 1.0)}
    three = cover_estimated(sizes, pairs)
    # As if those whom 3 shares with 1 were spread over 2: 100 + 50 + 25.
    assert three.unique.value == 175
    # All three share the same 50 (200), or nobody is in all three (150).
    assert (three.unique.low, three.unique.high) == (150, 200)
    assert least_of(sizes, dict.fromkeys(pairs, 50.0)) == 150
    assert most_of(sizes, dict.fromkeys(pairs, 50.0)) == 200


def test_who_adds_most_comes_first_and_counts_are_those_of_the_union():
    random = Random(3)
    people = {pk: frozenset(random.sample(range(400), 80)) for pk in range(12)}
    found = cover_known(people)
    assert found.unique.value == len(frozenset().union(*people.values()))
    adds = [step.adds for step in found.steps]
    assert adds == sorted(adds, reverse=True)
    assert sum(adds) == found.unique.value
    assert found.unique.low < found.unique.value < found.unique.high <= found.gross == 960


def test_independent_audiences_of_everybody_are_one_audience():
    found = independent({1: 500.0, 2: 500.0}, 500)
    assert found.unique.value == 500
    assert [step.adds for step in found.steps] == [500, 0]
    assert cover_estimated({}, {}).steps == cover_known({}).steps == []


def test_no_more_are_reached_than_there_are():
    found = independent({1: 900.0, 2: 100.0}, 400)
    assert (found.unique.value, found.unique.high, found.gross) == (400, 400, 500)
