"""The models by name: each formula, its version, what it needs, and where it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Model(StrEnum):
    """A way of dividing the credit for conversions."""

    LAST = "last_touch"
    FIRST = "first_touch"
    LINEAR = "linear"
    POSITION = "position_based"
    DECAY = "time_decay"
    SHAPLEY = "shapley"
    MARKOV = "markov"


@dataclass(frozen=True, slots=True)
class Formula:
    """What a model computes. A change of meaning gets a new version, never the old number."""

    model: Model
    label: str
    question: str
    formula: str
    source: str
    version: int = 1

    @property
    def name(self) -> str:
        """The formula as it is named beside a number: "markov v1"."""
        return f"{self.model.value} v{self.version}"


_CLASSICAL = "a classical rule of web analytics"
_ALL = (
    Formula(
        Model.LAST,
        "Last touch",
        "Who was met last before the conversion?",
        "the last touch gets 1",
        _CLASSICAL,
    ),
    Formula(
        Model.FIRST,
        "First touch",
        "Who was met first?",
        "the first touch gets 1",
        _CLASSICAL,
    ),
    Formula(
        Model.LINEAR,
        "Linear",
        "Who was met at all, each time counted alike?",
        "each of n touches gets 1 / n",
        _CLASSICAL,
    ),
    Formula(
        Model.POSITION,
        "Position-based",
        "Who opened and who closed, with something for those between?",
        "the first touch gets 40 % and the last 40 % (settings), the others share the rest; of two "
        "touches each gets its share of the ends, a single one gets 1",
        f"{_CLASSICAL}, also called U-shaped",
    ),
    Formula(
        Model.DECAY,
        "Time decay",
        "Who was met shortly before the conversion?",
        "a touch weighs 2 ^ (-age / half-life), age counted back from the conversion, half-life 7 "
        "days (settings); weights are divided by their sum in the journey",
        _CLASSICAL,
    ),
    Formula(
        Model.SHAPLEY,
        "Shapley",
        "Who was part of journeys that converted, as a fair division between partners?",
        "v(S) = conversions of journeys that met nobody outside of S; the Shapley value of v, in "
        "closed form: each conversion divided evenly among the different creators of its journey. "
        "Journeys that did not convert do not enter",
        "Shapley 1953; the closed form: Zhao, Mahboobi, Bagheri 2018, arXiv:1804.05327",
    ),
    Formula(
        Model.MARKOV,
        "Markov",
        "Without whom would fewer journeys have converted?",
        "a chain of order 1 over creators, from all journeys, converting or not; removal effect = "
        "1 - P(conversion, those who meet the creator lost) / P(conversion) = "
        "P(meet c) x P(conversion | at c) / P(conversion), from the fundamental matrix "
        "(I - Q)^-1; conversions are divided in proportion to the removal effects, values by those "
        "of the expected value",
        "Anderl, Becker, von Wangenheim, Schumann 2016, Int. J. of Research in Marketing 33 (3)",
    ),
)
FORMULAS: Mapping[Model, Formula] = {formula.model: formula for formula in _ALL}
