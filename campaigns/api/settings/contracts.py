"""Who a brand is in contracts, the usual terms, and when legal looks."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from campaigns.api.campaigns import exact
from campaigns.api.settings.members import AMOUNT, KEPT, NULL, row_of
from campaigns.services.contracts import rules as contracts
from campaigns.services.refusals import CampaignRefused
from crm.api.body import Body
from crm.api.pagination import Row
from crm.api.settings import Change, Part
from crm.models import Brand
from crm.permissions import Can

_TEXTS = ("legal_name", "address", "law")


class ContractSettings(serializers.Serializer[Any]):
    """Who the brand is in contracts, the usual terms, and when legal looks at one."""

    legal_name = serializers.CharField(allow_null=True)
    address = serializers.CharField(allow_null=True)
    law = serializers.CharField(allow_null=True, help_text="The country whose law applies.")
    net_days = serializers.IntegerField(help_text="Fees are paid within so many days.")
    revision_rounds = serializers.IntegerField()
    review_days = serializers.IntegerField(help_text="Working days to answer a draft.")
    legal_always = serializers.BooleanField()
    legal_above = serializers.DecimalField(allow_null=True, **AMOUNT)
    currency = serializers.CharField(help_text="Of `legal_above`: the brand's.")
    legal_for_equity = serializers.BooleanField()
    legal_for_minors = serializers.BooleanField()
    legal_for_whitelisting = serializers.BooleanField()
    legal_for_special = serializers.BooleanField()


class ContractSettingsChange(Body):
    """What to change; contracts that are on their way stay as they are."""

    legal_name = serializers.CharField(max_length=200, **NULL)
    address = serializers.CharField(max_length=500, **NULL)
    law = serializers.CharField(max_length=120, **NULL)
    net_days = serializers.IntegerField(min_value=0, max_value=180, **KEPT)
    revision_rounds = serializers.IntegerField(min_value=0, max_value=19, **KEPT)
    review_days = serializers.IntegerField(min_value=1, max_value=60, **KEPT)
    legal_always = serializers.BooleanField(**KEPT)
    legal_above = serializers.DecimalField(min_value=Decimal(0), **AMOUNT, **NULL)
    legal_for_equity = serializers.BooleanField(**KEPT)
    legal_for_minors = serializers.BooleanField(**KEPT)
    legal_for_whitelisting = serializers.BooleanField(**KEPT)
    legal_for_special = serializers.BooleanField(**KEPT)


def _read(brand: Brand) -> Row:
    held = contracts.rules_of(brand)
    return (
        row_of(held, ContractSettingsChange)
        | {name: getattr(held, name) or None for name in _TEXTS}
        | {"legal_above": exact(held.legal_above), "currency": brand.currency}
    )


def _change(wanted: Change) -> None:
    held = contracts.rules_of(wanted.brand)
    said = dict(wanted.said)
    said |= {name: said[name] or "" for name in _TEXTS if name in said}
    rules: Any = row_of(held, ContractSettingsChange) | said
    contracts.change_rules(wanted=rules, expected_version=held.version, **wanted.who)


PART = Part(
    "contracts",
    "contracts: who it is in them, the usual terms, when legal looks",
    ContractSettings,
    ContractSettingsChange,
    Can.CLEAR_LEGAL,
    _read,
    _change,
    (CampaignRefused,),
)
