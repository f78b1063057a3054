"""The program against every plan there is, its bound, and what it says where there is none."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import product

import pytest

from segmentation.allocation import solve as solving
from segmentation.allocation.problem import Bound, Candidate, NoAnswer, Problem, diminishing
from segmentation.allocation.solve import solve


def some(seed: int, count: int = 7, pieces: int = 2) -> list[Candidate]:
    dice = random.Random(seed)
    return [
        Candidate(
            key,
            round(dice.uniform(50, 400), 2),
            diminishing(dice.uniform(100, 2_000), pieces),
            frozenset({dice.choice(("tier a", "tier b")), "all"}),
            0,
            pieces,
        )
        for key in range(count)
    ]


def keeps(problem: Problem, pieces: tuple[int, ...]) -> bool:
    both = list(zip(problem.candidates, pieces, strict=True))
    limits = [(sum(one.price * n for one, n in both), None, problem.budget)]
    creators = sum(n > 0 for n in pieces)
    limits.append((creators, problem.least_creators, problem.most_creators))
    limits += [(n, one.least, one.most) for one, n in both]
    for bound in problem.bounds:
        value = sum(
            (one.price * n if bound.of == "spend" else (n > 0))
            for one, n in both
            if bound.group in one.groups
        )
        limits.append((value, bound.least, bound.most))
    return all(
        (least is None or value >= least - 1e-9) and (most is None or value <= most + 1e-9)
        for value, least, most in limits
    )


def best(problem: Problem) -> float | None:
    every = product(*(range(one.most + 1) for one in problem.candidates))
    brings = [
        sum(sum(one.adds[:n]) for one, n in zip(problem.candidates, pieces, strict=True))
        for pieces in every
        if keeps(problem, pieces)
    ]
    return max(brings, default=None)


@pytest.mark.parametrize("seed", range(12))
def test_it_finds_what_trying_everything_finds(seed):
    dice = random.Random(seed)
    candidates = some(seed)
    if seed % 3 == 0:
        candidates[0] = replace(candidates[0], least=1)
    problem = Problem(
        candidates,
        dice.uniform(300, 1_500),
        [
            Bound("tier a", "spend", most=dice.uniform(200, 800)),
            Bound("tier b", "creators", least=dice.choice((0, 1)), most=dice.choice((1, 2, 5))),
        ],
        least_creators=dice.choice((None, 1, 2)),
        most_creators=dice.choice((None, 2, 4)),
    )
    expected = best(problem)
    if expected is None:
        with pytest.raises(NoAnswer):
            solve(problem, gap=0)
        return
    answer = solve(problem, gap=0)
    assert answer.brings == pytest.approx(expected, rel=1e-6)
    pieces = tuple(answer.pieces.get(one.key, 0) for one in candidates)
    assert keeps(problem, pieces)
    assert answer.bound >= answer.brings
    assert answer.gap < 1e-6


def test_among_many_columns_it_looks_at_the_undecided_ones_first(monkeypatch):
    monkeypatch.setattr(solving, "CORE", 20)
    problem = Problem(some(5, 60), 3_000, [Bound("tier a", "spend", most=1_000)])
    found = solve(problem, gap=1e-4)
    monkeypatch.setattr(solving, "CORE", 10_000)
    whole = solve(problem, gap=1e-4)
    assert found.brings == pytest.approx(whole.brings, rel=2e-3)
    assert found.bound >= whole.brings * (1 - 1e-9)


def test_one_more_unit_of_the_budget_is_worth_what_the_line_says():
    problem = Problem(some(3, 40), 2_000)
    answer = solve(problem, gap=1e-6)
    more = solve(replace(problem, budget=2_200), gap=1e-6)
    assert (more.brings - answer.brings) / 200 == pytest.approx(answer.worth, rel=0.25)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"candidates": []}, "Nobody can be chosen"),
        ({"candidates": [replace(some(1)[0], least=1, price=9e9)]}, "more than the budget"),
        ({"least_creators": 99}, "99 creators are asked for, and 7"),
        ({"bounds": [Bound("tier z", "creators", least=1)]}, "of tier z is asked for: 0 is most"),
        (
            {
                "candidates": [replace(some(1)[0], least=1)],
                "bounds": [Bound("all", "creators", most=0)],
            },
            "must be in take 1 of all",
        ),
    ],
)
def test_where_there_is_no_plan_it_says_why(changes, words):
    problem = replace(Problem(some(1), 1_000), **changes)
    with pytest.raises(NoAnswer, match=words):
        solve(problem)
