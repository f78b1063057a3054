"""Filters of this app's templates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from django import template
from django.http import HttpRequest

from campaigns.disclosure import goods
from campaigns.models import AssetUse, Campaign, GuestLink
from campaigns.models.rights import USES
from campaigns.services.guests import path_of
from campaigns.services.money import money as in_words
from campaigns.services.objectives import OBJECTIVES
from campaigns.services.rights import territories

register = template.Library()


@register.filter
def money(amount: Decimal | None, currency: str) -> str:
    """An amount with its currency: {{ gift.value|money:gift.currency }}."""
    return in_words(amount, currency)


@register.filter
def iso_day(text: str) -> str:
    """A day that a document has as text: {{ "2027-01-21"|iso_day }} is 21 Jan 2027."""
    return f"{date.fromisoformat(text):%-d %b %Y}"


@register.filter
def measured(value: Decimal | None, campaign: Campaign) -> str:
    """A value of the campaign's objective: {{ campaign.target|measured:campaign }}."""
    return OBJECTIVES[campaign.objective].says(value, campaign.currency)


@register.filter
def platform_name(key: str, names: Mapping[str, str]) -> str:
    """What people call the platform."""
    return names.get(key, key)


@register.filter
def goods_name(key: str) -> str:
    """What people call a category of goods: {{ "food_hfss"|goods_name }}."""
    return goods.goods_name(key)


@register.filter
def of(values: Mapping[object, object], key: object) -> object:
    """One of several by its key."""
    return values.get(key)


@register.filter
def guest_address(link: GuestLink, request: HttpRequest) -> str:
    """The whole address of a guest's link, to be copied: {{ link|guest_address:request }}."""
    return request.build_absolute_uri(path_of(link))


@register.filter
def countries(codes: list[str]) -> str:
    """Countries in words, or worldwide: {{ right.territory|countries }}."""
    return territories.names(codes)


@register.filter
def usage_word(use: AssetUse) -> str:
    """What is done with an asset, within a sentence: "paid use"."""
    return USES[use.usage]
