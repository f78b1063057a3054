"""Solve an allocation as a mixed-integer program with HiGHS. Heavy: only workers import it."""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import coo_array, csr_array

from segmentation.allocation.problem import Answer, Bound, Candidate, NoAnswer, Problem

# Of many columns, those about which the program without whole numbers is least decided.
CORE = 1_500
# More columns than these HiGHS neither solves in seconds, nor does it look at the clock meanwhile.
WIDEST = 3 * CORE
# A share of the best that nobody minds, and seconds after which the best so far is told.
GAP, SECONDS = 0.001, 4.0
_NOBODY = "Nobody can be chosen: no creator has both a price and a forecast."


class _Program:
    """The program: a column for each piece of each creator that could be bought."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.owner: list[int] = []
        self.first: list[bool] = []
        lower: list[float] = []
        adds: list[float] = []
        price: list[float] = []
        for at, one in enumerate(problem.candidates):
            for place in range(one.most):
                self.owner.append(at)
                self.first.append(place == 0)
                adds.append(one.adds[place])
                price.append(one.price)
                lower.append(1.0 if place < one.least else 0.0)
        self.adds, self.price = np.array(adds), np.array(price)
        self.lower = np.array(lower)
        self.names: list[str] = []
        self.rows: list[tuple[Any, float, float]] = []
        self._bind()

    def _bind(self) -> None:
        problem = self.problem
        self._row("budget", self.price, -np.inf, problem.budget)
        owner, first = np.array(self.owner, dtype=int), np.array(self.first, dtype=float)
        if problem.least_creators is not None or problem.most_creators is not None:
            self._row("creators", first, _low(problem.least_creators), _high(problem.most_creators))
        for bound in problem.bounds:
            inside = np.array([bound.group in one.groups for one in problem.candidates])
            weights = (self.price if bound.of == "spend" else first) * inside[owner]
            self._row(name_of(bound), weights, _low(bound.least), _high(bound.most))

    def _row(self, name: str, weights: Any, low: float, high: float) -> None:
        self.names.append(name)
        self.rows.append((weights, low, high))

    def _pieces_in_order(self) -> Any:
        """The second piece only after the first, where creators are counted up to a most.

        Elsewhere the first one is always at least as good to buy: it adds more at the same price.
        """
        if not self.counts_most:
            return csr_array((0, len(self.owner)))
        after = [at for at in range(1, len(self.owner)) if self.owner[at] == self.owner[at - 1]]
        rows = np.repeat(np.arange(len(after)), 2)
        columns = np.array([[at, at - 1] for at in after], dtype=int).ravel()
        signs = np.tile([1.0, -1.0], len(after))
        shape = (len(after), len(self.owner))
        return csr_array(coo_array((signs, (rows, columns)), shape=shape))

    def among(self, free: Any, fixed: Any, *, seconds: float, gap: float) -> Any:
        """The best where all columns but the free ones are as in `fixed`; x is of all columns.

        None where there is none, or none was found in time.
        """
        matrix = np.array([row for row, _low, _high in self.rows])
        taken = matrix[:, ~free] @ fixed[~free]
        constraints = [
            LinearConstraint(
                csr_array(matrix[:, free]),
                np.array([low for _row, low, _high in self.rows]) - taken,
                np.array([high for _row, _low, high in self.rows]) - taken,
            )
        ]
        order = self._pieces_in_order()
        if order.shape[0]:
            there = order[:, ~free] @ fixed[~free]
            constraints.append(LinearConstraint(order[:, free], -np.inf, -there))
        found = milp(
            -self.adds[free],
            integrality=np.ones(int(np.sum(free))),
            bounds=Bounds(self.lower[free], 1.0),
            constraints=constraints,
            options={"time_limit": max(seconds, 0.2), "mip_rel_gap": gap / 2},
        )
        if found.x is None:
            return None
        whole = fixed.copy()
        whole[free] = np.round(found.x)
        rest = float(self.adds[~free] @ fixed[~free])
        bound = np.inf if found.mip_dual_bound is None else rest - float(found.mip_dual_bound)
        return whole, bound

    @property
    def counts_most(self) -> bool:
        """Whether there may be so many creators only, of all or of a group."""
        bounds = self.problem.bounds
        return self.problem.most_creators is not None or any(
            bound.of == "creators" and bound.most is not None for bound in bounds
        )

    def relaxed(self) -> _Relaxed:
        """The program without whole numbers: a bound, and what each limit is worth."""
        matrix, right, names, signs = [], [], [], []
        for name, (row, low, high) in zip(self.names, self.rows, strict=True):
            for sign, limit in ((1.0, high), (-1.0, low)):
                if np.isfinite(limit):
                    matrix.append(sign * row)
                    right.append(sign * limit)
                    names.append(name if sign > 0 else f"{name}:least")
                    signs.append(sign)
        found = linprog(
            -self.adds,
            A_ub=csr_array(np.array(matrix)),
            b_ub=right,
            bounds=np.column_stack([self.lower, np.ones(len(self.lower))]),
            method="highs",
        )
        if found.x is None:
            raise NoAnswer(_why_not(self.problem))
        worth = {
            name: float(-marginal * sign)
            for name, marginal, sign in zip(names, found.ineqlin.marginals, signs, strict=True)
            if abs(marginal) > 1e-12
        }
        certain = np.abs(found.lower.marginals + found.upper.marginals)
        return _Relaxed(float(-found.fun), worth, found.x, certain)


@dataclass(frozen=True)
class _Relaxed:
    """What is best if parts of pieces could be bought, and how certain each column is."""

    bound: float
    worth: dict[str, float]
    chosen: Any
    certain: Any


def solve(problem: Problem, *, seconds: float = SECONDS, gap: float = GAP) -> Answer:
    """Find what brings most. Raises NoAnswer where no plan keeps all bounds."""
    began = monotonic()
    if not problem.candidates:
        raise NoAnswer(_NOBODY)
    program = _Program(problem)
    relaxed = program.relaxed()
    chosen, bound = _in_whole(program, relaxed, until=monotonic() + seconds, gap=gap)
    pieces: dict[int, int] = {}
    for at, owner in enumerate(program.owner):
        if chosen[at] > 0.5:
            key = problem.candidates[owner].key
            pieces[key] = pieces.get(key, 0) + 1
    brings, worth = float(program.adds @ chosen), dict(relaxed.worth)
    return Answer(
        pieces=pieces,
        brings=brings,
        spent=float(program.price @ chosen),
        bound=max(bound, brings),
        seconds=monotonic() - began,
        is_proven=max(bound, brings) - brings <= gap * max(bound, 1e-9),
        worth=worth.pop("budget", 0.0),
        limits=worth,
    )


def _in_whole(
    program: _Program, relaxed: _Relaxed, *, until: float, gap: float
) -> tuple[Any, float]:
    """The best in whole numbers that was found, and what nobody can bring more than.

    First among the columns that are least decided. Whatever is more certain than that answer is far
    from the bound cannot be otherwise in a better one: the second time the others are free, unless
    they are too many.
    """
    free = np.ones(len(program.adds), dtype=bool)
    if len(free) > CORE:
        free = relaxed.certain <= np.partition(relaxed.certain, CORE)[CORE]
    fixed = np.round(relaxed.chosen)
    best: tuple[Any, float] | None = None
    for _ in range(4):
        found = program.among(free, fixed, seconds=until - monotonic(), gap=gap)
        if found is None:
            if free.all() or best is not None:
                break
            # Not all at once: HiGHS does not look at the clock while it prepares many columns.
            most = min(8 * int(np.sum(free)), len(free) - 1)
            free = relaxed.certain <= np.partition(relaxed.certain, most)[most]
            continue
        chosen, among = found
        brings = float(program.adds @ chosen)
        if best is None or brings > float(program.adds @ best[0]):
            best = chosen, relaxed.bound
        brings = float(program.adds @ best[0])
        wider = relaxed.certain <= relaxed.bound - brings
        if free.all() or not np.any(wider & ~free):
            return best[0], min(relaxed.bound, max(among, brings))
        if relaxed.bound - brings <= gap * relaxed.bound or monotonic() >= until:
            break
        free = wider | free
        if np.sum(free) > WIDEST:
            break
    if best is None:
        late = monotonic() >= until
        raise NoAnswer("No plan was found in time." if late else _why_not(program.problem))
    return best


def name_of(bound: Bound) -> str:
    """How a bound is called in an answer."""
    return f"{bound.of}:{bound.group}"


def _low(least: float | None) -> float:
    return -np.inf if least is None else float(least)


def _high(most: float | None) -> float:
    return np.inf if most is None else float(most)


def _why_not(problem: Problem) -> str:
    """What stands in the way, as far as it can be said simply."""
    must = [one for one in problem.candidates if one.least]
    cost = sum(one.price * one.least for one in must)
    if cost > problem.budget:
        return (
            f"Those who must be in cost {cost:,.0f}, which is more than the budget of "
            f"{problem.budget:,.0f}."
        )
    for bound in problem.bounds:
        inside = [one for one in problem.candidates if bound.group in one.groups]
        if reason := _stands(bound, inside):
            return reason
    if problem.least_creators is not None and problem.least_creators > len(problem.candidates):
        return (
            f"{problem.least_creators} creators are asked for, and {len(problem.candidates)} have "
            "a price and a forecast."
        )
    return "No plan keeps all bounds together: raise the budget, or ask for less."


def _stands(bound: Bound, inside: list[Candidate]) -> str:
    if bound.least is not None:
        most = float(
            len(inside) if bound.of == "creators" else sum(one.price * one.most for one in inside)
        )
        if bound.least > most:
            return (
                f"At least {bound.least:,.0f} of {bound.group} is asked for: {most:,.0f} is most."
            )
    if bound.most is not None:
        least = float(
            sum(one.least > 0 for one in inside)
            if bound.of == "creators"
            else sum(one.price * one.least for one in inside)
        )
        if least > bound.most:
            return (
                f"Those who must be in take {least:,.0f} of {bound.group}; {bound.most:,.0f} is "
                "the most."
            )
    return ""
