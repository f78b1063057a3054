"""Filters of this app's templates."""

from __future__ import annotations

from decimal import Decimal

from django import template

from campaigns.services.money import money as in_words

register = template.Library()


@register.filter
def money(amount: Decimal | None, currency: str) -> str:
    """An amount with its currency: {{ gift.value|money:gift.currency }}."""
    return in_words(amount, currency)
