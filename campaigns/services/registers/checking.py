"""Texts, days and numbers as people type them, checked in one way."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from campaigns.disclosure.packs import standard
from campaigns.services.days import EARLIEST, LATEST
from campaigns.services.money import AMOUNT_MAX, CURRENCIES
from campaigns.services.refusals import CampaignRefused


def line(text: str, field: str, most: int, needed: str = "") -> str:
    """One line of text. Raises CampaignRefused where it is too long, or missing and `needed`."""
    text = " ".join(text.replace("\0", "").split())
    if needed and not text:
        raise CampaignRefused(needed, field=field)
    if len(text) > most:
        raise CampaignRefused(f"{most:,} characters are the most.", field=field)
    return text


def day(value: date | None, field: str, *, until: date | None = None) -> date | None:
    """A day within reason; not after `until`. Raises CampaignRefused."""
    if value is None:
        return None
    if not EARLIEST <= value.year <= LATEST:
        raise CampaignRefused(f"The year must lie from {EARLIEST} to {LATEST}.", field=field)
    if until is not None and value > until:
        raise CampaignRefused("That day is still to come.", field=field)
    return value


def in_order(first: date | None, last: date | None, field: str) -> None:
    """Raises CampaignRefused where the last day comes before the first."""
    if first is not None and last is not None and last < first:
        raise CampaignRefused("The last day comes before the first.", field=field)


def amount(value: Decimal | None, currency: str) -> str:
    """The currency of an amount, tidied; empty where there is none. Raises CampaignRefused."""
    currency = currency.strip().upper()
    if value is None:
        return ""
    if not 0 <= value <= AMOUNT_MAX:
        raise CampaignRefused("Not below zero, and at most ten digits.", field="value")
    if currency not in CURRENCIES:
        raise CampaignRefused(
            "An amount needs its currency: three letters, as EUR.", field="currency"
        )
    return currency


def jurisdiction(key: str) -> str:
    """The key of a pack, also by its ISO code (GB). Raises CampaignRefused."""
    known = standard()
    found = known.resolve([key])[0] if key.strip() else ""
    if found not in known.jurisdictions:
        names = ", ".join(sorted(known.jurisdictions))
        raise CampaignRefused(
            f"There are no rules for “{key}”. There are for: {names}.",
            code="unknown_jurisdiction",
            field="jurisdiction",
        )
    return found
