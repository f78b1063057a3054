"""What is asked: creators with prices and what pieces bring, a budget, and bounds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

# Of what one piece brings, the second brings this much of it, the third this much of that.
DIMINISHING = 0.7


@dataclass(frozen=True)
class Candidate:
    """A creator: the price of a piece, and what the first, second, third ... piece adds.

    `adds` never rises: more of the same never brings more than before. `least` to `most` pieces.
    `groups` are the keys of bounds that they count in.
    """

    key: int
    price: float
    adds: Sequence[float]
    groups: frozenset[str] = frozenset()
    least: int = 0
    most: int = 1


@dataclass(frozen=True)
class Bound:
    """Of a group's spend, or of its creators: at least and at most so much; None: no bound."""

    group: str
    # "spend" or "creators".
    of: str
    least: float | None = None
    most: float | None = None


@dataclass(frozen=True)
class Problem:
    """Spend at most `budget` so that most is brought."""

    candidates: Sequence[Candidate]
    budget: float
    bounds: Sequence[Bound] = ()
    # Creators at least and at most; None: no bound.
    least_creators: int | None = None
    most_creators: int | None = None


@dataclass(frozen=True)
class Answer:
    """What is best, how far from best it can be at most, and what one more unit would be worth.

    `pieces` by candidate. `bound`: nobody can bring more. `worth`: of one more unit of the budget;
    `limits`: of each bound that binds, by its name, of one more of its unit. Both are of the
    problem without whole numbers: they say where it presses, not what the next unit buys.
    """

    pieces: Mapping[int, int]
    brings: float
    spent: float
    bound: float
    seconds: float
    is_proven: bool
    worth: float
    limits: Mapping[str, float] = field(default_factory=dict)

    @property
    def gap(self) -> float:
        """How far from best it is at most, as a share."""
        return max(self.bound - self.brings, 0.0) / self.bound if self.bound > 0 else 0.0


class NoAnswer(Exception):
    """No plan keeps all bounds; the message says which and is fit for the user."""


def diminishing(first: float, most: int, share: float = DIMINISHING) -> list[float]:
    """What each piece adds when each brings `share` of the one before."""
    return [first * share**place for place in range(most)]
