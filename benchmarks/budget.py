"""How long a budget takes to allocate among many creators, and how far from best it can be."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from math import exp, log10
from typing import Any

from benchmarks.measure import Contender, Table, measure
from segmentation.allocation.problem import Bound, Candidate, Problem, diminishing
from segmentation.allocation.solve import solve

PIECES = 3


def run(*, rows: int, repetitions: int) -> tuple[Sequence[Table], Mapping[str, object]]:
    """Spend 2 % of what all pieces of `rows` made-up creators cost, under ten limits."""
    problem = made_up(rows)
    answers: list[Any] = []
    speed = measure(
        f"a budget among {rows:,} creators with {PIECES} pieces each, ten limits",
        [
            Contender("most for the money first, without limits", lambda: greedy(problem)),
            Contender("product: mixed-integer program", lambda: answers.append(solve(problem))),
        ],
        repetitions=repetitions,
    )
    answer = answers[-1]
    return [speed], {
        "creators": rows,
        "chosen": len(answer.pieces),
        "brings": round(answer.brings),
        "nobody brings more than": round(answer.bound),
        "gap": f"{answer.gap:.4%}",
    }


def greedy(problem: Problem) -> float:
    """Whoever brings most for the money comes first; what a limit says is not heard."""
    pieces = sorted(
        ((add / one.price, add, one.price) for one in problem.candidates for add in one.adds),
        reverse=True,
    )
    brings = spent = 0.0
    for _per, add, price in pieces:
        if spent + price <= problem.budget:
            brings, spent = brings + add, spent + price
    return brings


def made_up(count: int) -> Problem:
    """Creators of six tiers, eight segments and three platforms; prices grow with followers."""
    dice = random.Random(1)
    candidates = []
    for key in range(count):
        followers = 10 ** dice.uniform(3, 6.5)
        first = 3 * followers**0.8 * exp(dice.gauss(0, 0.6))
        price = 20 + followers**0.7 * exp(dice.gauss(0, 0.4))
        tier = f"tier {min(5, int((log10(followers) - 3) / 0.6))}"
        groups = frozenset({tier, f"segment {dice.randrange(8)}", dice.choice(("yt", "ig", "tt"))})
        candidates.append(
            Candidate(key, round(price, 2), diminishing(first, PIECES), groups, 0, PIECES)
        )
    budget = 0.02 * sum(one.price for one in candidates)
    bounds = [
        Bound("tier 0", "creators", least=10),
        Bound("tier 5", "spend", most=0.3 * budget),
        Bound("segment 1", "spend", least=0.1 * budget),
        Bound("yt", "spend", most=0.5 * budget),
        *(Bound(f"segment {at}", "spend", most=0.3 * budget) for at in range(2, 8)),
    ]
    return Problem(candidates, budget, bounds)
