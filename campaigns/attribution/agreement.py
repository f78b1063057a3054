"""Where the models disagree: whose credit depends on the model, and how much of it does.

Light: works on answers, not on journeys, for creators and segments alike.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from campaigns.attribution.events import Key
from campaigns.attribution.formulas import FORMULAS, Model
from campaigns.attribution.results import Attribution

# Below this part of the credit on other creators two models say the same for practical purposes.
SMALL = 0.05
# Sums of the same shares in another order differ by no more than this.
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Spread:
    """What the models say of one creator: shares of the credit, and ranks from 1.

    Creators with equal shares have the same rank.
    """

    key: Key
    shares: Mapping[Model, float]
    ranks: Mapping[Model, int]

    @property
    def lowest(self) -> Model:
        """The model that gives least; the first in the catalogue among equals."""
        return min(self.shares, key=lambda model: self.shares[model])

    @property
    def highest(self) -> Model:
        """The model that gives most; the first in the catalogue among equals."""
        return max(self.shares, key=lambda model: self.shares[model])

    @property
    def width(self) -> float:
        """The difference between most and least, as a part of all credit."""
        return self.shares[self.highest] - self.shares[self.lowest]


@dataclass(frozen=True, slots=True)
class Pair:
    """How far two models are apart.

    `moved` is the total variation distance: the part of all credit that goes to other creators
    under the one model than under the other, half the sum of the differences of the shares.
    """

    one: Model
    other: Model
    moved: float


@dataclass(frozen=True, slots=True)
class Agreement:
    """The comparison of the models that have an answer.

    `spreads` begin with the creator on whom they differ most; `pairs` with the models that are
    furthest apart. `left_out` are the models without an answer, with the reason.
    """

    models: tuple[Model, ...]
    spreads: tuple[Spread, ...]
    pairs: tuple[Pair, ...]
    left_out: Mapping[Model, str]

    @property
    def first_for_all(self) -> Key | None:
        """Who gets the most credit whatever the model; None if that depends on it."""
        leaders = [
            spread.key
            for spread in self.spreads
            if all(rank == 1 for rank in spread.ranks.values())
        ]
        return leaders[0] if len(leaders) == 1 else None


def compare(answers: Sequence[Attribution]) -> Agreement:
    """Compare the answers of several models for the same journeys."""
    said = {
        answer.formula.model: {credit.key: credit.share for credit in answer.credits}
        for answer in answers
        if answer.reason_if_absent is None
    }
    keys = dict.fromkeys(key for shares in said.values() for key in shares)
    ranks = {model: _ranks(shares) for model, shares in said.items()}
    spreads = [
        Spread(
            key,
            {model: shares.get(key, 0.0) for model, shares in said.items()},
            {model: ranks[model].get(key, len(keys)) for model in said},
        )
        for key in keys
    ]
    pairs = [
        Pair(
            one,
            other,
            sum(abs(each.shares[one] - each.shares[other]) for each in spreads) / 2,
        )
        for one, other in combinations(said, 2)
    ]
    return Agreement(
        models=tuple(said),
        spreads=tuple(sorted(spreads, key=lambda spread: -round(spread.width, 9))),
        pairs=tuple(sorted(pairs, key=lambda pair: -round(pair.moved, 9))),
        left_out={
            answer.formula.model: answer.reason_if_absent
            for answer in answers
            if answer.reason_if_absent is not None
        },
    )


def in_words(agreement: Agreement, name: Callable[[Key], str] = str) -> tuple[str, ...]:
    """Say the comparison in sentences; `name` turns a key into what people call it."""
    if len(agreement.models) < 2:
        return ("There are not two models with an answer to compare.",)
    furthest = agreement.pairs[0]
    if furthest.moved < SMALL:
        part = _part(furthest.moved)
        return (f"The models agree: at most {part} of the credit goes to different creators.",)
    apart = f"{_label(furthest.one)} and {_label(furthest.other)} are furthest apart"
    sentences = [f"{apart}: {_part(furthest.moved)} of the credit goes to different creators."]
    nearest = agreement.pairs[-1]
    if nearest != furthest:
        sentences.append(
            f"{_label(nearest.one)} and {_label(nearest.other)} are nearest, with "
            f"{_part(nearest.moved)}."
        )
    widest = agreement.spreads[0]
    sentences.append(
        f"What {name(widest.key)} is worth depends most on the model: from "
        f"{_part(widest.shares[widest.lowest])} of the credit by {_within(widest.lowest)} to "
        f"{_part(widest.shares[widest.highest])} by {_within(widest.highest)}."
    )
    leader = agreement.first_for_all
    sentences.append(
        "Who comes first depends on the model."
        if leader is None
        else f"{name(leader)} comes first under every model."
    )
    return tuple(sentences)


def _ranks(shares: Mapping[Key, float]) -> dict[Key, int]:
    """Rank from 1; shares that differ by no more than rounding have the same rank."""
    found: dict[Key, int] = {}
    rank, previous = 0, None
    for place, (key, share) in enumerate(
        sorted(shares.items(), key=lambda item: -item[1]), start=1
    ):
        if previous is None or previous - share > _ROUNDING:
            rank, previous = place, share
        found[key] = rank
    return found


def _label(model: Model) -> str:
    return FORMULAS[model].label


def _within(model: Model) -> str:
    """Return the label as it stands within a sentence; names of people keep their capital."""
    label = _label(model)
    return label if model in {Model.MARKOV, Model.SHAPLEY} else label[0].lower() + label[1:]


def _part(share: float) -> str:
    if share < _ROUNDING:
        return "0 %"
    if share < 0.001:
        return "less than 0.1 %"
    return f"{share * 100:.1f} %" if share < 0.1 else f"{share * 100:.0f} %"
