"""Random, balanced, and the same for whoever asks again."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from campaigns.experiments.assignment import Arm, AssignmentRefused, Unit, assign

TWO = (Arm("teach"), Arm("entertain"))


def units(count, strata=("nano", "micro", "macro")):
    return [Unit(number, strata[number % len(strata)]) for number in range(count)]


def test_it_is_the_same_whoever_asks_and_in_whatever_order():
    found = assign(units(30), TWO, seed="spring")
    shuffled = units(30)
    random.Random(1).shuffle(shuffled)
    assert assign(shuffled, TWO, seed="spring") == found
    assert assign(units(30), TWO, seed="autumn") != found
    # Written down, so that a change of the method does not pass unseen.
    assert [arm[0] for _, arm in sorted(found.items())][:10] == list("ettettttee")


def test_strata_and_the_whole_are_balanced():
    for count in (7, 30, 101):
        found = assign(units(count), TWO, seed="spring")
        whole = Counter(found.values())
        assert abs(whole["teach"] - whole["entertain"]) <= 1
        for stratum in range(3):
            here = Counter(arm for creator, arm in found.items() if creator % 3 == stratum)
            assert abs(here["teach"] - here["entertain"]) <= 1


def test_strata_of_one_are_balanced_over_all():
    alone = [Unit(number, number) for number in range(40)]
    assert Counter(assign(alone, TWO, seed="s").values()) == {"teach": 20, "entertain": 20}


def test_shares_of_the_arms():
    arms = (Arm("a", 2), Arm("b", 1), Arm("c", 1))
    found = assign(units(200, ("one",)), arms, seed="s")
    assert Counter(found.values()) == {"a": 100, "b": 50, "c": 50}


@pytest.mark.parametrize("strata", [("one",), ("one", "two"), tuple(range(9))])
def test_everybody_has_the_same_chance(strata):
    asked = 2_000
    taught = Counter()
    for seed in range(asked):
        found = assign(units(9, strata), TWO, seed=str(seed))
        taught.update(creator for creator, arm in found.items() if arm == "teach")
    # Half, within four standard errors.
    for creator in range(9):
        assert abs(taught[creator] / asked - 0.5) < 4 * 0.5 / asked**0.5


def test_who_joins_later_fills_up_the_arms_and_moves_nobody():
    first = assign(units(20), TWO, seed="s")
    later = assign(units(31), TWO, seed="s", already=first)
    assert later.items() >= first.items()
    counts = Counter(later.values())
    assert abs(counts["teach"] - counts["entertain"]) <= 1


@pytest.mark.parametrize(
    ("arms", "people", "already", "message"),
    [
        (TWO[:1], [], {}, "at least two arms"),
        ((Arm("a"), Arm("a")), [], {}, "the same name"),
        ((Arm("a"), Arm("b", 0)), [], {}, "needs a share"),
        (TWO, [Unit(1), Unit(1)], {}, "twice"),
        (TWO, [Unit(1)], {1: "sing"}, "no arm called “sing”"),
    ],
)
def test_what_cannot_be_assigned(arms, people, already, message):
    with pytest.raises(AssignmentRefused, match=message):
        assign(people, arms, seed="s", already=already)
