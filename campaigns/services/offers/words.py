"""An offer in words: its lines, what differs between versions, and the mail that brings it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

from campaigns.choices import Compensation, ContentKind, Per, Usage
from campaigns.models import OfferVersion
from campaigns.models.terms import OF_KIND, TERMS, name_of
from campaigns.services.money import money
from campaigns.services.offers.wanted import Deliverable, Right, Wanted
from crm.choices import PostKind
from crm.models import Platform

# What a right is called in one word.
_USES = {Usage.ORGANIC: "Organic use", Usage.PAID: "Paid use", Usage.WHITELISTING: "Whitelisting"}


@dataclass(frozen=True)
class Line:
    """One line of an offer; lines of two versions with one key say the same thing of both."""

    key: str
    label: str
    text: str


@dataclass(frozen=True)
class SheetRow:
    """One line of all versions beside each other; empty where a version has none."""

    label: str
    # Text, and whether it differs from the version before.
    cells: tuple[tuple[str, bool], ...]


def platform_names() -> dict[str, str]:
    """What platforms are called: one query for however many versions."""
    return dict(Platform.objects.values_list("key", "name"))


def lines_of(wanted: Wanted, names: dict[str, str]) -> list[Line]:
    """All that a version says, in the order in which people read it."""
    kind = Compensation(wanted.compensation)
    lines = [Line("compensation", "Compensation", kind.label)]
    lines += [
        Line(term, name_of(term, kind), text)
        for term in TERMS
        if (text := _term(wanted, term)) and term in OF_KIND[kind].allowed
    ]
    lines += _deliverables(wanted.deliverables, names)
    lines += [
        Line(right.usage, _USES[Usage(right.usage)], _right(right)) for right in wanted.rights
    ]
    if wanted.exclusive_for:
        text = f"no other {wanted.exclusive_for} for {months(wanted.exclusive_months)}"
        lines.append(Line("exclusive", "Exclusivity", text))
    if wanted.valid_until:
        lines.append(Line("valid_until", "Valid until", day(wanted.valid_until)))
    return lines


def sheet(versions: Sequence[Wanted], names: dict[str, str]) -> list[SheetRow]:
    """Versions side by side: a row for each line that any of them has."""
    columns = [{line.key: line for line in lines_of(version, names)} for version in versions]
    rows = []
    for key in _in_order([list(column) for column in columns]):
        texts = [column[key].text if key in column else "" for column in columns]
        label = next(column[key].label for column in reversed(columns) if key in column)
        changed = [False, *(now != was for was, now in pairwise(texts))]
        rows.append(SheetRow(label, tuple(zip(texts, changed, strict=True))))
    return rows


def differences(before: Wanted, after: Wanted, names: dict[str, str]) -> list[str]:
    """What changed from one version to another, a sentence for each line."""
    found = []
    for row in sheet([before, after], names):
        (was, _), (now, is_changed) = row.cells
        if not is_changed:
            continue
        if not was:
            found.append(f"{row.label}: {now} (new)")
        elif not now:
            found.append(f"{row.label}: no longer ({was} before)")
        else:
            found.append(f"{row.label}: {now} ({was} before)")
    return found


def letter(wanted: Wanted, *, creator: str, brand: str, sender: str, is_first: bool) -> str:
    """The mail that brings an offer, for whoever sends it to change."""
    names = platform_names()
    opening = (
        f"we would like to work with you at {brand}. This is what we offer:"
        if is_first
        else "thank you for your answer. This is our offer now:"
    )
    listed = "\n".join(f"- {line.label}: {line.text}" for line in lines_of(wanted, names))
    asked = (
        f"Please let us know by {day(wanted.valid_until)}"
        if wanted.valid_until
        else "Please let us know"
    )
    return (
        f"Hello {creator},\n\n{opening}\n\n{listed}\n\n"
        f"{asked} whether this suits you, or what you would change.\n\n"
        f"Best regards\n{sender}"
    )


def day(value: date) -> str:
    """ "3 December 2026"."""
    return f"{value:%-d %B %Y}"


def months(number: int | None) -> str:
    """ "1 month", "12 months"."""
    return f"{number} month{'' if number == 1 else 's'}"


def percent(value: Decimal) -> str:
    """ "12.5 %"."""
    return f"{value.normalize():f} %"


def headline(wanted: Wanted | OfferVersion) -> str:
    """What the creator gets, in a few words: of lists and cards."""
    parts = []
    if wanted.amount is not None:
        parts.append(_amount(wanted))
    if wanted.percent is not None:
        parts.append(percent(wanted.percent))
    if wanted.product:
        parts.append(wanted.product)
    if wanted.event:
        parts.append(wanted.event)
    return ", ".join(parts) or Compensation(wanted.compensation).label


def _amount(wanted: Wanted | OfferVersion) -> str:
    text = money(wanted.amount, wanted.currency)
    return text if wanted.per in {"", Per.ALL} else f"{text} {Per(wanted.per).label}"


def _term(wanted: Wanted, term: str) -> str:
    value = getattr(wanted, term)
    if value is None or value == "":
        return ""
    if term == "amount":
        return _amount(wanted)
    if term == "product_value":
        return money(value, wanted.currency)
    return _IN_WORDS.get(term, str)(value)


_IN_WORDS: dict[str, Callable[[Any], str]] = {
    "percent": percent,
    "months": months,
    "event_on": day,
    "covers_travel": lambda value: "yes" if value else "no",
}


def _deliverables(lines: Sequence[Deliverable], names: dict[str, str]) -> Iterator[Line]:
    """Keyed by what they are, so that a new number or day is a change and not another line."""
    met: dict[str, int] = {}
    for line in lines:
        name = (
            f"{PostKind(line.form).label} on {names.get(line.platform, line.platform)}, "
            f"{ContentKind(line.kind).label.lower()}"
        )
        met[name] = met.get(name, 0) + 1
        parts = [str(line.count)]
        if line.due_on:
            parts.append(f"by {day(line.due_on)}")
        if line.note:
            parts.append(line.note)
        yield Line(f"deliverable {name} {met[name]}", name, ", ".join(parts))


def _right(right: Right) -> str:
    window = months(right.months) if right.months else "without end"
    return f"{window}, {right.territory or 'everywhere'}, {right.channels or 'all channels'}"


def _in_order(columns: Sequence[Sequence[str]]) -> list[str]:
    """All keys: those of the newest version in its order, what it dropped where it stood before."""
    keys = list(columns[-1])
    for column in reversed(columns[:-1]):
        for place, key in enumerate(column):
            if key not in keys:
                after = column[place - 1] if place else None
                keys.insert(keys.index(after) + 1 if after in keys else 0, key)
    return keys
