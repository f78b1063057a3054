"""Links, clicks and codes, as a brand sets them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from campaigns.api.campaigns import exact
from campaigns.api.settings.members import KEPT, NULL, row_of
from campaigns.choices import VisitorPeriod
from campaigns.services.refusals import CampaignRefused
from campaigns.services.tracking import deciding as tracking
from campaigns.services.tracking.naming import PATTERN_MAX
from crm.api.body import Body
from crm.api.pagination import Row
from crm.api.settings import Change, Part
from crm.models import Brand
from crm.permissions import Can


class TrackingSettingsSerializer(serializers.Serializer[Any]):
    """Links, clicks and codes."""

    domain = serializers.CharField(allow_null=True, help_text="Null: our own address.")
    shop_hosts = serializers.ListField(child=serializers.CharField())
    click_param = serializers.CharField(allow_null=True, help_text="Null: none is added.")
    visitor_period = serializers.ChoiceField(choices=VisitorPeriod.choices)
    repeat_seconds = serializers.IntegerField(
        help_text="Within them a visitor is not counted again."
    )
    keep_months = serializers.IntegerField(help_text="For so long single clicks are kept.")
    code_pattern = serializers.CharField()
    spike_deviations = serializers.DecimalField(max_digits=4, decimal_places=1)
    spike_minimum = serializers.IntegerField()


class TrackingSettingsChange(Body):
    """What to change."""

    domain = serializers.CharField(max_length=120, **NULL)
    shop_hosts = serializers.ListField(
        child=serializers.CharField(max_length=120), max_length=tracking.SHOPS_MAX, **KEPT
    )
    click_param = serializers.CharField(max_length=30, **NULL)
    visitor_period = serializers.ChoiceField(choices=VisitorPeriod.choices, **KEPT)
    repeat_seconds = serializers.IntegerField(min_value=0, max_value=3_600, **KEPT)
    keep_months = serializers.IntegerField(min_value=1, max_value=60, **KEPT)
    code_pattern = serializers.CharField(max_length=PATTERN_MAX, **KEPT)
    spike_deviations = serializers.DecimalField(
        min_value=Decimal(1), max_value=Decimal(100), max_digits=4, decimal_places=1, **KEPT
    )
    spike_minimum = serializers.IntegerField(min_value=1, max_value=1_000_000, **KEPT)


def _read(brand: Brand) -> Row:
    held = tracking.settings_of(brand)
    return row_of(held, TrackingSettingsSerializer) | {
        "domain": held.domain or None,
        "click_param": held.click_param or None,
        "spike_deviations": exact(held.spike_deviations),
    }


def _change(wanted: Change) -> None:
    said: Any = wanted.texts
    tracking.decide(said=said, expected_version=None, **wanted.who)


PART = Part(
    "tracking",
    "links, clicks and codes",
    TrackingSettingsSerializer,
    TrackingSettingsChange,
    Can.MANAGE_BRAND,
    _read,
    _change,
    (CampaignRefused,),
)
