"""How a brand pays."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from campaigns.api.campaigns import exact
from campaigns.api.settings.members import AMOUNT, KEPT, NULL
from campaigns.services.payments import rules as paying
from campaigns.services.refusals import CampaignRefused
from crm.api.body import Body
from crm.api.pagination import Row
from crm.api.settings import Change, Part
from crm.models import Brand
from crm.permissions import Can


class PaySettings(serializers.Serializer[Any]):
    """How the brand pays."""

    release_limit = serializers.DecimalField(
        allow_null=True,
        help_text="From this amount on two people are needed.",
        **AMOUNT,
    )
    currency = serializers.CharField(help_text="Of the limit: the brand's.")
    rate_days = serializers.IntegerField(help_text="So old a rate of exchange may be.")


class PaySettingsChange(Body):
    """What to change."""

    release_limit = serializers.DecimalField(min_value=Decimal(0), **AMOUNT, **NULL)
    rate_days = serializers.IntegerField(min_value=0, max_value=paying.RATE_DAYS_MAX, **KEPT)


def _read(brand: Brand) -> Row:
    held = paying.rules_of(brand)
    return {
        "release_limit": exact(held.release_limit),
        "currency": brand.currency,
        "rate_days": held.rate_days,
    }


def _change(wanted: Change) -> None:
    held = paying.rules_of(wanted.brand)
    before = {"release_limit": held.release_limit, "rate_days": held.rate_days}
    paying.change_rules(**(before | {**wanted.said}), expected_version=None, **wanted.who)


PART = Part(
    "pay",
    "how it pays",
    PaySettings,
    PaySettingsChange,
    Can.MANAGE_BRAND,
    _read,
    _change,
    (CampaignRefused,),
)
