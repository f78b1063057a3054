"""Take conversions and refunds: each key once, all of a request or none of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum

from campaigns.choices import ConversionSource
from campaigns.models import Conversion, ConversionBatch, ConversionFeed, Refund
from campaigns.services.conversions.belonging import Register, register
from campaigns.services.conversions.told import (
    ConversionsRefused,
    Mistake,
    Told,
    ToldRefund,
    mistakes_of,
    plain_code,
    refund_mistakes_of,
)
from crm.models import Brand

# In what two reports of one key may not differ.
_SAME = ("at", "kind", "value", "currency", "visitor", "click", "is_new_customer", "is_share")
_CHUNK = 2_000


@dataclass(frozen=True, slots=True)
class Origin:
    """Where they come from."""

    source: ConversionSource
    at: datetime
    feed: ConversionFeed | None = None
    batch: ConversionBatch | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """What was told in its order, as it is kept; `new` are the keys that were not known before."""

    rows: list[Conversion]
    new: frozenset[str]


@dataclass(frozen=True, slots=True)
class TakenRefunds:
    """The same of refunds."""

    rows: list[Refund]
    new: frozenset[str]


@transaction.atomic
def take(*, brand: Brand, told: Sequence[Told], origin: Origin) -> Taken:
    """Keep conversions. The same key with the same content is the same conversion, and no mistake.

    Safe to repeat, also at once: keys are unique in the database. Raises ConversionsRefused with
    all mistakes: what cannot be, a key that is twice among them with different contents or that is
    known with another content (`conflict`), a campaign that there is not.
    """
    known = register(brand, told)
    mistakes = [
        mistake
        for place, one in enumerate(told)
        for mistake in (
            *mistakes_of(place, one, now=origin.at),
            *_unknown_campaign(place, one, known),
        )
    ]
    if mistakes:
        raise ConversionsRefused(mistakes)
    keys = list(dict.fromkeys(one.key for one in told))
    before = set(Conversion.objects.filter(brand=brand, key__in=keys).values_list("key", flat=True))
    fresh = {one.key: one for one in reversed(told) if one.key not in before}
    Conversion.objects.bulk_create(
        [_row(brand, one, known, origin) for one in fresh.values()],
        batch_size=_CHUNK,
        ignore_conflicts=True,  # somebody else may have told the same just now
    )
    kept = {row.key: row for row in Conversion.objects.filter(brand=brand, key__in=keys)}
    differing = [
        Mistake(
            place,
            name,
            "conflict",
            f"“{one.key[:60]}” is known with another {_NAMES.get(name, name)}. Nothing was taken.",
        )
        for place, one in enumerate(told)
        for name in _differences(kept[one.key], one, known)
    ]
    if differing:
        raise ConversionsRefused(differing)
    return Taken([kept[one.key] for one in told], frozenset(fresh))


@transaction.atomic
def take_back(*, brand: Brand, told: Sequence[ToldRefund], origin: Origin) -> TakenRefunds:
    """Keep refunds of conversions that are known. Raises ConversionsRefused as `take`.

    No more is taken back than a conversion brought, where that is known.
    """
    mistakes = [
        mistake
        for place, one in enumerate(told)
        for mistake in refund_mistakes_of(place, one, now=origin.at)
    ]
    if mistakes:
        raise ConversionsRefused(mistakes)
    wanted = {one.conversion for one in told}
    # Held, so that two refunds at once do not each find the same rest.
    held = Conversion.objects.filter(brand=brand, key__in=wanted).order_by("pk")
    of = {row.key: row for row in held.select_for_update(no_key=True)}
    currencies = _currencies(of)
    for place, one in enumerate(told):
        mistakes.extend(_misfits(place, one, of.get(one.conversion), currencies))
    if mistakes:
        raise ConversionsRefused(mistakes)
    keys = list(dict.fromkeys(one.key for one in told))
    before = set(Refund.objects.filter(brand=brand, key__in=keys).values_list("key", flat=True))
    fresh = {one.key: one for one in reversed(told) if one.key not in before}
    if too_much := _too_much(told, fresh, of):
        raise ConversionsRefused(too_much)
    Refund.objects.bulk_create(
        [
            Refund(
                brand=brand,
                conversion=of[one.conversion],
                key=one.key,
                at=one.at,
                value=one.value,
                currency=_own_currency(one, of[one.conversion], currencies),
                source=origin.source,
                batch=origin.batch,
                received_at=origin.at,
            )
            for one in fresh.values()
        ],
        batch_size=_CHUNK,
        ignore_conflicts=True,
    )
    rows = Refund.objects.filter(brand=brand, key__in=keys).select_related("conversion")
    kept = {row.key: row for row in rows}
    differing = [
        Mistake(place, name, "conflict", f"“{one.key[:60]}” is known with another {name}.")
        for place, one in enumerate(told)
        for name, is_same in (
            ("conversion", kept[one.key].conversion.key == one.conversion),
            ("at", kept[one.key].at == one.at),
            ("value", kept[one.key].value == one.value),
        )
        if not is_same
    ]
    if differing:
        raise ConversionsRefused(differing)
    return TakenRefunds([kept[one.key] for one in told], frozenset(fresh))


_NAMES = {
    "at": "moment",
    "click": "click",
    "is_new_customer": "word on whether the customer is new",
    "is_share": "way of telling values",
}


def _unknown_campaign(place: int, told: Told, known: Register) -> list[Mistake]:
    if not told.campaign or told.campaign in known.campaigns:
        return []
    words = f"There is no campaign “{told.campaign[:60]}”."
    return [Mistake(place, "campaign", "unknown_campaign", words)]


def _row(brand: Brand, told: Told, known: Register, origin: Origin) -> Conversion:
    belongs = known.of(told)
    return Conversion(
        brand=brand,
        key=told.key,
        at=told.at,
        kind=told.kind,
        value=told.value,
        currency=told.currency,
        is_share=told.is_share,
        visitor=told.visitor,
        click=told.click,
        link_text=told.link.strip().lower(),
        link_id=belongs.link_id,
        code_text=told.code.strip(),
        code_id=belongs.code_id,
        is_new_customer=told.is_new_customer,
        campaign_id=belongs.campaign_id,
        source=origin.source,
        feed=origin.feed,
        batch=origin.batch,
        received_at=origin.at,
    )


def _differences(row: Conversion, told: Told, known: Register) -> list[str]:
    """In what this report differs from what is kept."""
    names = [name for name in _SAME if getattr(row, name) != getattr(told, name)]
    if plain_code(row.code_text) != plain_code(told.code):
        names.append("code")
    if row.link_text != told.link.strip().lower():
        names.append("link")
    # Where no campaign was told, the one that was found stays.
    if told.campaign and row.campaign_id != known.campaigns[told.campaign]:
        names.append("campaign")
    return names


def _currencies(of: Mapping[str, Conversion]) -> dict[str, str]:
    """By key of a conversion in what currency it is, or was taken back of; empty: nobody said."""
    told = Refund.objects.filter(conversion__in=of.values()).exclude(currency="")
    return {key: row.currency for key, row in of.items()} | dict(
        told.order_by().values_list("conversion__key", "currency")
    )


def _own_currency(told: ToldRefund, conversion: Conversion, currencies: Mapping[str, str]) -> str:
    """What is kept with a refund: nothing where its conversion says it, or all is taken back."""
    if conversion.currency or told.value is None:
        return ""
    return currencies[told.conversion]


def _misfits(
    place: int, told: ToldRefund, conversion: Conversion | None, currencies: dict[str, str]
) -> list[Mistake]:
    """What of a refund does not fit what it is of; `currencies` learn what it is in."""
    if conversion is None:
        words = f"There is no conversion “{told.conversion[:60]}”."
        return [Mistake(place, "conversion", "unknown_conversion", words)]
    known = currencies[told.conversion]
    if told.currency and known and told.currency != known:
        of_what = "The conversion" if conversion.currency else "What was taken back of it before"
        return [Mistake(place, "currency", "invalid", f"{of_what} is in {known}.")]
    if told.value is not None and not known:
        if not told.currency:
            words = "What the conversion brought is not known: say in which currency this is."
            return [Mistake(place, "currency", "required", words)]
        currencies[told.conversion] = told.currency
    if told.at < conversion.at:
        return [Mistake(place, "at", "invalid", "That was before the conversion.")]
    return []


def _too_much(
    told: Sequence[ToldRefund], fresh: Mapping[str, ToldRefund], of: Mapping[str, Conversion]
) -> list[Mistake]:
    """The new refunds with which more would be taken back than their conversion brought."""
    sums = Refund.objects.filter(conversion__in=of.values()).values_list("conversion__key")
    back = {key: value or Decimal(0) for key, value in sums.annotate(Sum("value")).order_by()}
    # Of those with one key the first is kept.
    places = {one.key: place for place, one in reversed(list(enumerate(told)))}
    found = []
    for key, one in sorted(fresh.items(), key=lambda item: places[item[0]]):
        brought = of[one.conversion].value
        if one.value is None or brought is None:
            continue
        rest = brought - back.get(one.conversion, Decimal(0))
        if one.value > rest:
            words = (
                f"The conversion brought {brought:,.2f} {of[one.conversion].currency}; at most "
                f"{max(rest, Decimal(0)):,.2f} can still be taken back."
            )
            found.append(Mistake(places[key], "value", "invalid", words))
        else:
            back[one.conversion] = back.get(one.conversion, Decimal(0)) + one.value
    return found
