"""A brand's own copies of the models and the weights, version by version; else those shipped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Max

from campaigns.choices import ValueKind
from campaigns.models import ValueSet
from campaigns.services.media_values.models import METRICS, Model
from campaigns.services.payments.record import checked_currency, checked_text
from campaigns.services.refusals import CampaignOutdated, CampaignRefused
from crm import audit
from crm.data_files import read_yaml
from crm.models import Brand, User

_FILE = Path(__file__).with_name("media_values.yaml")
WEIGHED = ("likes", "comments", "saves", "shares")
VALUE_MAX = Decimal(10_000)
WEIGHT_MAX = Decimal(100)
PLACES = 8


@dataclass(frozen=True)
class Models:
    """The models that count for a brand, and of which version they are; 0: as shipped."""

    models: Sequence[Model]
    number: int

    @property
    def words(self) -> str:
        """Which they are."""
        return f"your version {self.number}" if self.number else "as published"


@dataclass(frozen=True)
class Weights:
    """What each engagement counts for, and of which version that is; 0: as shipped."""

    weights: Mapping[str, Decimal]
    number: int

    @property
    def words(self) -> str:
        """In words: "1 x comments + 1 x saves"."""
        parts = [f"{value.normalize():f} x {name}" for name, value in self.weights.items() if value]
        which = f"your version {self.number}" if self.number else "as shipped"
        return f"{' + '.join(parts)} ({which})"


@cache
def shipped() -> tuple[tuple[Model, ...], Mapping[str, Decimal]]:
    """What the product ships."""
    form = read_yaml(_FILE)
    weights = {name: Decimal(form["weights"][name]) for name in WEIGHED}
    return tuple(Model.of(one) for one in form["models"]), weights


def models_of(brand: Brand) -> Models:
    """The models that count for a brand."""
    row = _newest(brand, ValueKind.MEDIA)
    if row is None:
        return Models(shipped()[0], 0)
    return Models([Model.of(one) for one in row.values["models"]], row.number)


def weights_of(brand: Brand) -> Weights:
    """The weights that count for a brand."""
    row = _newest(brand, ValueKind.WEIGHTS)
    if row is None:
        return Weights(shipped()[1], 0)
    return Weights({name: Decimal(row.values[name]) for name in WEIGHED}, row.number)


@transaction.atomic
def change_model(
    *,
    brand: Brand,
    key: str,
    values: Mapping[str, Decimal | None],
    multiplier: Decimal,
    currency: str,
    reason: str,
    actor: User,
    at: datetime,
    expected_number: int | None,
) -> Models:
    """Another version of all models, with the values of one changed. Raises CampaignRefused."""
    before = models_of(brand)
    _fresh(before.number, expected_number)
    old = next((one for one in before.models if one.key == key), None)
    if old is None:
        raise CampaignRefused("There is no such model.", field="key")
    given = {}
    for name in METRICS:
        value = values.get(name)
        if value is not None:
            given[name] = _number(value, VALUE_MAX, name)
    if not given:
        raise CampaignRefused("Say what at least one of them is worth.", field="likes")
    changed = old.to_json() | {
        "values": {name: f"{value:f}" for name, value in given.items()},
        "multiplier": f"{_number(multiplier, VALUE_MAX, 'multiplier'):f}",
        "currency": checked_currency(currency),
    }
    forms = [changed if one.key == key else one.to_json() for one in before.models]
    row = _write(brand, ValueKind.MEDIA, {"models": forms}, reason=reason, actor=actor, at=at)
    return Models([Model.of(one) for one in forms], row.number)


@transaction.atomic
def change_weights(
    *,
    brand: Brand,
    weights: Mapping[str, Decimal],
    reason: str,
    actor: User,
    at: datetime,
    expected_number: int | None,
) -> Weights:
    """Another version of the weights. Raises CampaignRefused."""
    _fresh(weights_of(brand).number, expected_number)
    given = {name: _number(weights[name], WEIGHT_MAX, name) for name in WEIGHED}
    if not any(given.values()):
        raise CampaignRefused("At least one of them counts.", field="comments")
    form = {name: f"{value:f}" for name, value in given.items()}
    row = _write(brand, ValueKind.WEIGHTS, form, reason=reason, actor=actor, at=at)
    return Weights(given, row.number)


def _newest(brand: Brand, kind: ValueKind) -> ValueSet | None:
    return ValueSet.objects.filter(brand=brand, kind=kind).order_by("-number").first()


def _fresh(number: int, expected: int | None) -> None:
    if expected is not None and number != expected:
        raise CampaignOutdated("Somebody changed these values since you loaded them: look again.")


def _number(value: Decimal, most: Decimal, field: str) -> Decimal:
    exponent = value.as_tuple().exponent
    is_long = isinstance(exponent, int) and -exponent > PLACES
    if not value.is_finite() or not 0 <= value <= most or is_long:
        raise CampaignRefused(
            f"It goes from 0 to {most:,} and has {PLACES} decimal places at most.", field=field
        )
    return value


def _write(
    brand: Brand,
    kind: ValueKind,
    values: dict[str, Any],
    *,
    reason: str,
    actor: User,
    at: datetime,
) -> ValueSet:
    reason = checked_text(reason, 500, "reason")
    if not reason:
        raise CampaignRefused("Say why: whoever reads old figures wants to know.", field="reason")
    # One at a time for a brand: versions have no gaps, and none is written twice.
    Brand.objects.select_for_update(no_key=True, of=("self",)).get(pk=brand.pk)
    rows = ValueSet.objects.filter(brand=brand, kind=kind)
    number = (rows.aggregate(last=Max("number"))["last"] or 0) + 1
    row = ValueSet.objects.create(
        brand=brand,
        kind=kind,
        number=number,
        values=values,
        reason=reason,
        author=actor,
        created_at=at,
    )
    audit.record(
        brand=brand,
        verb="campaigns.value_set.changed",
        target=row,
        actor=actor,
        at=at,
        data={"kind": kind.value, "version": number},
        text={"reason": reason},
    )
    return row
