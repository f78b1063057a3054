"""Amounts of money as people read them. Nothing is ever converted."""

from __future__ import annotations

from decimal import Decimal

import pycountry

CURRENCIES = sorted(currency.alpha_3 for currency in pycountry.currencies)
AMOUNT_MAX = Decimal("9999999999.99")


def money(amount: Decimal | None, currency: str) -> str:
    """ "1,500 EUR", "99.50 EUR"; empty where there is no amount."""
    if amount is None:
        return ""
    text = f"{amount:,.2f}".removesuffix(".00")
    return f"{text} {currency}".strip()
