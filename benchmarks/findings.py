"""Tables of benchmarks whose claim is how right something is, and not how fast."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import starmap


@dataclass(frozen=True, slots=True)
class Found:
    """One number, beside its goal: `least`, `most`, or between both; without either it has none.

    `before` is what was measured when the way was chosen, `of` says of how many and the like.
    """

    what: str
    value: float
    least: float | None = None
    most: float | None = None
    before: str = ""
    of: str = ""

    @property
    def goal(self) -> str:
        """In words; empty where there is none."""
        if self.least is not None and self.most is not None:
            return f"{self.least:g} to {self.most:g}"
        if self.least is not None:
            return f"{self.least:g} or more"
        return "" if self.most is None else f"{self.most:g} or less"

    @property
    def verdict(self) -> str:
        """Whether the goal is reached, by the number as it is shown."""
        if not self.goal:
            return ""
        value = round(self.value, 3)
        is_enough = self.least is None or value >= self.least
        is_little = self.most is None or value <= self.most
        return "reached" if is_enough and is_little else "not reached"


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found of each question."""

    title: str
    rows: Sequence[Found]

    def show(self) -> str:
        """The table in Markdown."""
        lines = [f"| {self.title} | found | goal | | before | of |", "|---|---:|---:|---|---:|---|"]
        lines += [
            f"| {one.what} | {one.value:.3f} | {one.goal} | {one.verdict} | {one.before} "
            f"| {one.of} |"
            for one in self.rows
        ]
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Grid:
    """The same numbers of many worlds."""

    title: str
    columns: Sequence[str]
    rows: Mapping[str, Sequence[float]]

    def show(self) -> str:
        """The table in Markdown."""
        head = [
            f"| {self.title} | {' | '.join(self.columns)} |",
            f"|---|{'---:|' * len(self.columns)}",
        ]
        return "\n".join([*head, *starmap(_line, self.rows.items())])


def _line(name: str, values: Sequence[float]) -> str:
    return f"| {name} | {' | '.join(f'{value:.1f}' for value in values)} |"
