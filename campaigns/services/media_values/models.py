"""What a named model makes of the counts of posts. Pure: no table is read.

What is measured and what is estimated are added up apart, and a count that is not known makes the
post unknown to the model instead of worthless.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

METRICS = ("likes", "comments", "saves", "shares", "views", "reach", "impressions")
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Estimate:
    """What stands in for a count that is not known: so many times another one."""

    of: str
    base: str
    times: Decimal
    stories: Decimal


@dataclass(frozen=True)
class Model:
    """A model of media value: what one of each is worth, times a multiplier."""

    key: str
    name: str
    currency: str
    values: Mapping[str, Decimal]
    source: str
    address: str = ""
    year: int | None = None
    multiplier: Decimal = Decimal(1)
    not_on: tuple[str, ...] = ()
    estimates: tuple[Estimate, ...] = ()

    @classmethod
    def of(cls, form: Mapping[str, Any]) -> Model:
        """A model as files and rows have it."""
        return cls(
            key=form["key"],
            name=form["name"],
            currency=form["currency"],
            values={name: Decimal(value) for name, value in form["values"].items()},
            source=form["source"],
            address=form.get("address") or "",
            year=form.get("year"),
            multiplier=Decimal(form.get("multiplier", "1")),
            not_on=tuple(form.get("not_on", ())),
            estimates=tuple(
                Estimate(one["of"], one["from"], Decimal(one["times"]), Decimal(one["stories"]))
                for one in form.get("estimates", ())
            ),
        )

    def to_json(self) -> dict[str, Any]:
        """Plain values: decimals as text."""
        return {
            "key": self.key,
            "name": self.name,
            "currency": self.currency,
            "values": {name: f"{value:f}" for name, value in self.values.items()},
            "source": self.source,
            "address": self.address,
            "year": self.year,
            "multiplier": f"{self.multiplier:f}",
            "not_on": list(self.not_on),
            "estimates": [
                {
                    "of": one.of,
                    "from": one.base,
                    "times": f"{one.times:f}",
                    "stories": f"{one.stories:f}",
                }
                for one in self.estimates
            ],
        }

    @property
    def formula(self) -> str:
        """In words."""
        if not self.values:
            return "No value of any action is entered."
        parts = [f"{value.normalize():f} x {name}" for name, value in self.values.items()]
        whole = " + ".join(parts)
        if self.multiplier != 1:
            whole = f"{self.multiplier.normalize():f} x ({whole})"
        left = f"; not on {', '.join(self.not_on)}" if self.not_on else ""
        return f"{whole}, in {self.currency}{left}"


@dataclass(frozen=True)
class Counts:
    """A post as a model sees it; None is not known."""

    platform: str
    is_story: bool = False
    counts: Mapping[str, int | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Worth:
    """What a model makes of some posts."""

    model: Model
    measured: Decimal
    # Of posts of which a count had to be estimated.
    estimated: Decimal
    known: int
    estimates: int
    of: int

    @property
    def value(self) -> Decimal | None:
        """Both together, to be marked as estimated where a part is; None: of no post known."""
        return self.measured + self.estimated if self.known else None

    @property
    def is_estimated(self) -> bool:
        """Whether a part of it is."""
        return bool(self.estimates)

    @property
    def absent(self) -> str:
        """Why there is no value; empty where there is one."""
        if not self.model.values:
            return "No value of any action is entered: make a copy of the models your own."
        if not self.of:
            return "Nothing is published yet."
        if not self.known:
            names = " and ".join(self.model.values)
            return f"Of no post the {names} are all known."
        return ""


def worth(model: Model, posts: Iterable[Counts]) -> Worth:
    """What a model makes of posts; rounded once, at the end."""
    measured = estimated = Decimal(0)
    known = guessed = number = 0
    for post in posts:
        number += 1
        found = value_of(model, post)
        if found is None:
            continue
        value, is_estimate = found
        known += 1
        if is_estimate:
            guessed += 1
            estimated += value
        else:
            measured += value
    return Worth(model, _cents(measured), _cents(estimated), known, guessed, number)


def value_of(model: Model, post: Counts) -> tuple[Decimal, bool] | None:
    """What a post is worth, in the model's currency, and whether a count was estimated for it.

    None where a count is not known, or the model does not speak of the platform.
    """
    if not model.values or post.platform in model.not_on:
        return None
    total, is_estimate = Decimal(0), False
    for name, value in model.values.items():
        count: Decimal | int | None = post.counts.get(name)
        if count is None:
            count = _estimated(model, name, post)
            is_estimate = True
        if count is None:
            return None
        total += value * count
    return total * model.multiplier, is_estimate


def _estimated(model: Model, name: str, post: Counts) -> Decimal | None:
    for one in model.estimates:
        base = post.counts.get(one.base)
        if one.of == name and base is not None:
            return base * (one.stories if post.is_story else one.times)
    return None


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)
