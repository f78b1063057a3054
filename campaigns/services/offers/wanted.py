"""The terms of an offer as somebody wants them, checked before a version is written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal
from typing import Any

from campaigns.choices import Compensation, ContentKind, Per, Usage
from campaigns.models import OfferVersion
from campaigns.models.terms import OF_KIND, TERMS, TEXTS, name_of
from campaigns.services.days import EARLIEST, LATEST
from campaigns.services.money import AMOUNT_MAX, CURRENCIES
from crm.choices import PostKind
from crm.models import Platform

DELIVERABLES_MAX = 30
COUNT_MAX = 999
MONTHS_MAX = 120
TEXT_MAX = 200
REASON_MAX = 1_000
TITLE_MAX = 200


class OfferRefused(Exception):
    """Nothing is done with the offer; the message is fit for the user.

    `field` is where it can be put right, as "amount" or "deliverables/0/count".
    """

    code = "refused"

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class Deliverable:
    """Something to make; `platform` is a platform's key."""

    kind: str
    platform: str
    form: str
    count: int = 1
    due_on: date | None = None
    note: str = ""


@dataclass(frozen=True)
class Right:
    """A use of the content. No months: without end; no territory, no channels: all of them."""

    usage: str
    months: int | None = None
    territory: str = ""
    channels: str = ""


@dataclass(frozen=True)
class Wanted:
    """All terms of one version."""

    compensation: str
    amount: Decimal | None = None
    per: str = ""
    currency: str = ""
    product: str = ""
    product_value: Decimal | None = None
    percent: Decimal | None = None
    months: int | None = None
    event: str = ""
    event_on: date | None = None
    covers_travel: bool | None = None
    exclusive_for: str = ""
    exclusive_months: int | None = None
    valid_until: date | None = None
    deliverables: tuple[Deliverable, ...] = ()
    rights: tuple[Right, ...] = ()

    @classmethod
    def of(cls, version: OfferVersion) -> Wanted:
        """What a version says. Two queries, none where its lines were read with it."""
        return cls(
            **{name: getattr(version, name) for name in PLAIN},
            deliverables=tuple(
                Deliverable(
                    line.kind, line.platform_id, line.form, line.count, line.due_on, line.note
                )
                for line in version.deliverables.all()
            ),
            rights=tuple(
                Right(line.usage, line.months, line.territory, line.channels)
                for line in version.rights.all()
            ),
        )

    @property
    def plain(self) -> dict[str, Any]:
        """What stands in the version itself."""
        return {name: getattr(self, name) for name in PLAIN}


PLAIN = tuple(
    field.name for field in fields(Wanted) if field.name not in {"deliverables", "rights"}
)


def checked(wanted: Wanted, *, brand_currency: str) -> Wanted:
    """The terms with what goes without saying filled in. Raises OfferRefused."""
    if wanted.compensation not in Compensation.values:
        raise OfferRefused("Choose what the creator gets.", "compensation")
    wanted = _tidied(wanted)
    _terms_of_kind(wanted)
    _numbers(wanted)
    has_money = wanted.amount is not None or wanted.product_value is not None
    currency = (wanted.currency or brand_currency).upper() if has_money else ""
    if has_money and currency not in CURRENCIES:
        raise OfferRefused(
            f"“{currency}” is no currency: write its three letters, as EUR or USD.", "currency"
        )
    per = (wanted.per or Per.ALL.value) if wanted.amount is not None else ""
    if per and per not in Per.values:
        raise OfferRefused("Choose what the amount is for.", "per")
    if bool(wanted.exclusive_for) != bool(wanted.exclusive_months):
        missing = "exclusive_months" if wanted.exclusive_for else "exclusive_for"
        raise OfferRefused("Exclusivity needs both: for what, and for how many months.", missing)
    for name in ("event_on", "valid_until"):
        _day(getattr(wanted, name), name)
    return replace(
        wanted,
        currency=currency,
        per=per,
        deliverables=_deliverables(wanted.deliverables),
        rights=_rights(wanted.rights),
    )


def _tidied(wanted: Wanted) -> Wanted:
    """Texts without stray spaces, and not longer than fits."""
    texts = {}
    for name in ("product", "event", "exclusive_for"):
        texts[name] = _text(getattr(wanted, name), name)
    return replace(wanted, **texts)  # type: ignore[arg-type] # texts by name


def _text(text: str, field: str) -> str:
    text = " ".join(text.replace("\0", "").split())
    if len(text) > TEXT_MAX:
        raise OfferRefused(f"{TEXT_MAX} characters are the most; this has {len(text):,}.", field)
    return text


def _terms_of_kind(wanted: Wanted) -> None:
    kind = Compensation(wanted.compensation)
    terms = OF_KIND[kind]
    for name in TERMS:
        value = getattr(wanted, name)
        is_there = bool(value) if name in TEXTS else value is not None
        if is_there and name not in terms.allowed:
            raise OfferRefused(
                f"{name_of(name, kind)} is no part of “{kind.label}”. Leave it empty, or choose "
                "another kind of compensation.",
                name,
            )
        if not is_there and name in terms.required:
            raise OfferRefused(f"“{kind.label}” needs this: {name_of(name, kind).lower()}.", name)


def _numbers(wanted: Wanted) -> None:
    if wanted.amount is not None and not 0 < wanted.amount <= AMOUNT_MAX:
        raise OfferRefused("The amount must be above 0 and below ten billion.", "amount")
    if wanted.product_value is not None and not 0 <= wanted.product_value <= AMOUNT_MAX:
        raise OfferRefused("The value must be 0 or more and below ten billion.", "product_value")
    for name in ("amount", "product_value"):
        _places(getattr(wanted, name), 2, name)
    if wanted.percent is not None and not 0 < wanted.percent <= 100:
        raise OfferRefused("The percentage must be above 0 and 100 at most.", "percent")
    _places(wanted.percent, 4, "percent")
    for name in ("months", "exclusive_months"):
        _months(getattr(wanted, name), name)


def _places(value: Decimal | None, most: int, field: str) -> None:
    """So that nothing is rounded behind somebody's back."""
    if value is not None and value != round(value, most):
        raise OfferRefused(f"{most} decimal places are the most.", field)


def _months(value: int | None, field: str) -> None:
    if value is not None and not 1 <= value <= MONTHS_MAX:
        raise OfferRefused(f"Months go from 1 to {MONTHS_MAX}.", field)


def _day(value: date | None, field: str) -> None:
    if value is not None and not EARLIEST <= value.year <= LATEST:
        raise OfferRefused(f"The year must lie from {EARLIEST} to {LATEST}.", field)


def _deliverables(lines: Iterable[Deliverable]) -> tuple[Deliverable, ...]:
    lines = tuple(lines)
    if len(lines) > DELIVERABLES_MAX:
        raise OfferRefused(f"{DELIVERABLES_MAX} kinds of deliverables are the most.")
    platforms = set(Platform.objects.values_list("key", flat=True)) if lines else set()
    found = []
    for number, line in enumerate(lines):
        place = f"deliverables/{number}"
        if line.platform not in platforms:
            raise OfferRefused("Choose on which platform it appears.", f"{place}/platform")
        if line.form not in PostKind.values:
            raise OfferRefused("Choose the form of the deliverable.", f"{place}/form")
        if line.kind not in ContentKind.values:
            raise OfferRefused("Choose what the deliverable is about.", f"{place}/kind")
        if not 1 <= line.count <= COUNT_MAX:
            raise OfferRefused(f"The number goes from 1 to {COUNT_MAX}.", f"{place}/count")
        _day(line.due_on, f"{place}/due_on")
        found.append(replace(line, note=_text(line.note, f"{place}/note")))
    return tuple(found)


def _rights(lines: Iterable[Right]) -> tuple[Right, ...]:
    """In one order, each use once."""
    found: dict[str, Right] = {}
    for number, line in enumerate(lines):
        place = f"rights/{number}"
        if line.usage not in Usage.values:
            raise OfferRefused("Choose what the content may be used for.", f"{place}/usage")
        if line.usage in found:
            raise OfferRefused("Each use stands once.", f"{place}/usage")
        _months(line.months, f"{place}/months")
        found[line.usage] = replace(
            line,
            territory=_text(line.territory, f"{place}/territory"),
            channels=_text(line.channels, f"{place}/channels"),
        )
    return tuple(found[usage] for usage in Usage.values if usage in found)
