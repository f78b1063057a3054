"""Journeys in, credits by creator out, under any of the models."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from campaigns.attribution import markov, touchwise
from campaigns.attribution.events import Key
from campaigns.attribution.formulas import FORMULAS, Model
from campaigns.attribution.results import Attribution, Credit
from campaigns.attribution.settings import Settings
from campaigns.attribution.shapley import shapley
from campaigns.attribution.table import Floats, JourneyTable, sums

_NOTHING_CONVERTED = "Nothing converted in these journeys, so there is no credit to divide."
_NO_TIMES = "Time decay needs the time of each touch, and these journeys have none."


class NoCredit(Exception):
    """The model cannot say; the message is fit for the user."""


@dataclass(frozen=True, slots=True)
class TouchCredit:
    """What every touch of a table is credited with, in conversions and in known value."""

    table: JourneyTable
    conversions: Floats
    values: Floats


def attribute(table: JourneyTable, model: Model, settings: Settings | None = None) -> Attribution:
    """Divide the conversions of the journeys among their creators."""
    settings = settings or Settings()
    try:
        credit = touch_credit(table, model, settings)
    except (NoCredit, markov.TooManyForMarkov) as refused:
        return answer(table, model, settings, (), str(refused))
    size = len(table.keys)
    return answer(
        table,
        model,
        settings,
        largest_first(
            table,
            table.keys,
            sums(credit.table.touches, credit.conversions, size),
            sums(credit.table.touches, credit.values, size),
        ),
    )


def attribute_all(table: JourneyTable, settings: Settings | None = None) -> tuple[Attribution, ...]:
    """Divide by every model, in the order of the catalogue."""
    return tuple(attribute(table, model, settings) for model in FORMULAS)


def touch_credit(table: JourneyTable, model: Model, settings: Settings) -> TouchCredit:
    """Divide the conversions among single touches, or raise NoCredit."""
    table = table.credited
    if not table.conversions.any():
        raise NoCredit(_NOTHING_CONVERTED)
    if model is Model.MARKOV:
        return _by_removal(table)
    table = table.converting
    weights = _weights(table, model, settings)
    return TouchCredit(
        table, weights * table.spread(table.conversions), weights * table.spread(table.values)
    )


def _weights(table: JourneyTable, model: Model, settings: Settings) -> Floats:
    if model is Model.LAST:
        return touchwise.last(table)
    if model is Model.FIRST:
        return touchwise.first(table)
    if model is Model.LINEAR:
        return touchwise.linear(table)
    if model is Model.SHAPLEY:
        return shapley(table)
    if model is Model.POSITION:
        return touchwise.position(
            table, first_share=settings.first_share, last_share=settings.last_share
        )
    if table.ages is None:
        raise NoCredit(_NO_TIMES)
    return touchwise.decay(
        table, table.ages, half_life_days=settings.half_life.total_seconds() / 86_400
    )


def _by_removal(table: JourneyTable) -> TouchCredit:
    """Divide by removal effects; a creator's credit goes to its touches in equal parts.

    Equal for each person who was touched, converted or not, as the effect comes from both.
    """
    effects = markov.removal_effects(table)
    people = table.spread(table.conversions + table.lost)
    touched = sums(table.touches, people, len(table.keys))
    part = people / np.where(touched > 0.0, touched, 1.0)[table.touches]

    def divided(total: float, effect: Floats) -> Floats:
        in_all = effect.sum()
        share = effect / in_all if in_all else np.zeros(len(effect))
        return total * share[table.touches] * part

    return TouchCredit(
        table,
        divided(table.conversions.sum(), effects.conversions),
        divided(table.values.sum(), effects.values),
    )


def largest_first(
    table: JourneyTable, keys: Sequence[Key], conversions: Floats, values: Floats
) -> tuple[Credit, ...]:
    """Return credits in order of size, with the share of all conversions of the table."""
    total = float(table.conversions.sum())
    is_valued = bool(table.valued.any())
    return tuple(
        Credit(
            key=keys[place],
            conversions=float(conversions[place]),
            value=float(values[place]) if is_valued else None,
            share=float(conversions[place]) / total,
        )
        for place in np.argsort(-conversions, kind="stable")
    )


def answer(
    table: JourneyTable,
    model: Model,
    settings: Settings,
    credits_: tuple[Credit, ...],
    reason: str | None = None,
) -> Attribution:
    """Return credits with what they are of; without any, the reason."""
    return Attribution(
        formula=FORMULAS[model],
        parameters=_parameters(model, settings),
        conversions=float(table.conversions.sum()),
        valued=float(table.valued.sum()),
        value=float(table.values.sum()) if table.valued.any() else None,
        credits=credits_,
        reason_if_absent=reason,
    )


def _parameters(model: Model, settings: Settings) -> str:
    if model is Model.POSITION:
        return f"first {settings.first_share:.0%}, last {settings.last_share:.0%}"
    if model is Model.DECAY:
        return f"half-life {settings.half_life.total_seconds() / 86_400:g} days"
    return ""
