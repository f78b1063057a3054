"""Tracking, watching, paying, media values, contracts, hours, whereabouts: what a brand sets."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from rest_framework import serializers

from campaigns.api import reference_settings
from campaigns.api.campaigns import exact
from campaigns.choices import PostMeasure, VisitorPeriod
from campaigns.models import WhereaboutsRule
from campaigns.services.contracts import rules as contracts
from campaigns.services.deliverables import gates
from campaigns.services.deliverables import settings as reviewing
from campaigns.services.media_values import sets
from campaigns.services.media_values.models import METRICS
from campaigns.services.money import CURRENCIES
from campaigns.services.payments import rules as paying
from campaigns.services.refusals import CampaignRefused
from campaigns.services.tracking import deciding as tracking
from campaigns.services.tracking.naming import PATTERN_MAX
from campaigns.services.watching import deciding as watching
from campaigns.services.whereabouts.erasing import KEEP_MAX, keep_for
from crm.api.body import Body
from crm.api.outreach_rules import HourField
from crm.api.pagination import Row
from crm.api.settings import Change, Part
from crm.models import Brand
from crm.permissions import Can

_KEPT: dict[str, Any] = {"required": False}
_NULL: dict[str, Any] = {"required": False, "allow_null": True}
_AMOUNT: dict[str, Any] = {"max_digits": 14, "decimal_places": 2}
_HOURS = ["%H:%M", "%H:%M:%S"]
REASON_MAX = 500


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

    domain = serializers.CharField(max_length=120, **_NULL)
    shop_hosts = serializers.ListField(
        child=serializers.CharField(max_length=120), max_length=tracking.SHOPS_MAX, **_KEPT
    )
    click_param = serializers.CharField(max_length=30, **_NULL)
    visitor_period = serializers.ChoiceField(choices=VisitorPeriod.choices, **_KEPT)
    repeat_seconds = serializers.IntegerField(min_value=0, max_value=3_600, **_KEPT)
    keep_months = serializers.IntegerField(min_value=1, max_value=60, **_KEPT)
    code_pattern = serializers.CharField(max_length=PATTERN_MAX, **_KEPT)
    spike_deviations = serializers.DecimalField(
        min_value=Decimal(1), max_value=Decimal(100), max_digits=4, decimal_places=1, **_KEPT
    )
    spike_minimum = serializers.IntegerField(min_value=1, max_value=1_000_000, **_KEPT)


def _tracking(brand: Brand) -> Row:
    held = tracking.settings_of(brand)
    return _row(held, TrackingSettingsSerializer) | {
        "domain": held.domain or None,
        "click_param": held.click_param or None,
        "spike_deviations": exact(held.spike_deviations),
    }


def _change_tracking(wanted: Change) -> None:
    said: Any = wanted.texts
    tracking.decide(said=said, expected_version=None, **wanted.who)


class WatchSettingsSerializer(serializers.Serializer[Any]):
    """When a post is compared, and with how many."""

    measure = serializers.ChoiceField(choices=PostMeasure.choices)
    hours = serializers.IntegerField(help_text="After them a post is read.")
    low_percent = serializers.IntegerField(
        help_text="Below the usual: worse than all but so many of 100."
    )
    peers_min = serializers.IntegerField()
    creators_min = serializers.IntegerField()


class WatchSettingsChange(Body):
    """What to change."""

    measure = serializers.ChoiceField(choices=PostMeasure.choices, **_KEPT)
    hours = serializers.IntegerField(min_value=6, max_value=168, **_KEPT)
    low_percent = serializers.IntegerField(min_value=1, max_value=40, **_KEPT)
    peers_min = serializers.IntegerField(min_value=5, max_value=1_000, **_KEPT)
    creators_min = serializers.IntegerField(min_value=10, max_value=10_000, **_KEPT)


def _watching(brand: Brand) -> Row:
    return _row(watching.settings_of(brand), WatchSettingsSerializer)


def _change_watching(wanted: Change) -> None:
    said: Any = wanted.said
    watching.decide(said=said, expected_version=None, **wanted.who)


class PaySettings(serializers.Serializer[Any]):
    """How the brand pays."""

    release_limit = serializers.DecimalField(
        allow_null=True,
        help_text="From this amount on two people are needed.",
        **_AMOUNT,
    )
    currency = serializers.CharField(help_text="Of the limit: the brand's.")
    rate_days = serializers.IntegerField(help_text="So old a rate of exchange may be.")


class PaySettingsChange(Body):
    """What to change."""

    release_limit = serializers.DecimalField(min_value=Decimal(0), **_AMOUNT, **_NULL)
    rate_days = serializers.IntegerField(min_value=0, max_value=paying.RATE_DAYS_MAX, **_KEPT)


def _paying(brand: Brand) -> Row:
    held = paying.rules_of(brand)
    return {
        "release_limit": exact(held.release_limit),
        "currency": brand.currency,
        "rate_days": held.rate_days,
    }


def _change_paying(wanted: Change) -> None:
    held = paying.rules_of(wanted.brand)
    before = {"release_limit": held.release_limit, "rate_days": held.rate_days}
    paying.change_rules(**(before | {**wanted.said}), expected_version=None, **wanted.who)


class WeightSettings(serializers.Serializer[Any]):
    """What each engagement counts for; `number` is the version, 0 as shipped."""

    number = serializers.IntegerField()
    likes = serializers.DecimalField(max_digits=14, decimal_places=4)
    comments = serializers.DecimalField(max_digits=14, decimal_places=4)
    saves = serializers.DecimalField(max_digits=14, decimal_places=4)
    shares = serializers.DecimalField(max_digits=14, decimal_places=4)


def _worth(most: Decimal, **more: Any) -> serializers.DecimalField:
    return serializers.DecimalField(
        min_value=Decimal(0), max_value=most, max_digits=12, decimal_places=4, **more
    )


class WeightSettingsChange(Body):
    """What to change, and why: it is another version."""

    likes = _worth(sets.WEIGHT_MAX, **_KEPT)
    comments = _worth(sets.WEIGHT_MAX, **_KEPT)
    saves = _worth(sets.WEIGHT_MAX, **_KEPT)
    shares = _worth(sets.WEIGHT_MAX, **_KEPT)
    reason = serializers.CharField(max_length=REASON_MAX)


def _weights(brand: Brand) -> Row:
    held = sets.weights_of(brand)
    return {name: exact(held.weights[name]) for name in sets.WEIGHED} | {"number": held.number}


def _change_weights(wanted: Change) -> None:
    said = dict(wanted.said)
    reason = said.pop("reason")
    weights = {**sets.weights_of(wanted.brand).weights} | said
    sets.change_weights(weights=weights, reason=reason, expected_number=None, **wanted.who)


class MediaModelSerializer(serializers.Serializer[Any]):
    """A model of media value; null: it does not count that."""

    key = serializers.CharField()
    name = serializers.CharField()
    values = serializers.DictField(child=serializers.CharField(allow_null=True))
    multiplier = serializers.DecimalField(max_digits=14, decimal_places=4)
    currency = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment] # a field's name


class MediaValueSettings(serializers.Serializer[Any]):
    """The models that count; `number` is the version, 0 as shipped."""

    number = serializers.IntegerField()
    models = MediaModelSerializer(many=True)


class MediaValuesOf(Body):
    """What one of each is worth; null: it does not count."""

    likes = _worth(sets.VALUE_MAX, **_NULL)
    comments = _worth(sets.VALUE_MAX, **_NULL)
    saves = _worth(sets.VALUE_MAX, **_NULL)
    shares = _worth(sets.VALUE_MAX, **_NULL)
    views = _worth(sets.VALUE_MAX, **_NULL)
    reach = _worth(sets.VALUE_MAX, **_NULL)
    impressions = _worth(sets.VALUE_MAX, **_NULL)


class MediaValueSettingsChange(Body):
    """The model and what to change of it, and why: it is another version of all models."""

    key = serializers.CharField(max_length=40)
    values = MediaValuesOf(**_KEPT)
    multiplier = _worth(sets.VALUE_MAX, **_KEPT)
    currency = serializers.ChoiceField(choices=[(code, code) for code in CURRENCIES], **_KEPT)
    reason = serializers.CharField(max_length=REASON_MAX)


def _media_values(brand: Brand) -> Row:
    held = sets.models_of(brand)
    models = [
        {
            "key": one.key,
            "name": one.name,
            "values": {name: exact(one.values.get(name)) for name in METRICS},
            "multiplier": exact(one.multiplier),
            "currency": one.currency,
            "source": one.source,
        }
        for one in held.models
    ]
    return {"number": held.number, "models": models}


def _change_media_values(wanted: Change) -> None:
    said = dict(wanted.said)
    held = {one.key: one for one in sets.models_of(wanted.brand).models}
    old = held.get(said["key"])
    if old is None:
        raise CampaignRefused("There is no such model.", code="does_not_exist", field="key")
    values = {**old.values} | said.pop("values", {})
    before: dict[str, Any] = {"multiplier": old.multiplier, "currency": old.currency}
    sets.change_model(**(before | said), values=values, expected_number=None, **wanted.who)


class ContractSettings(serializers.Serializer[Any]):
    """Who the brand is in contracts, the usual terms, and when legal looks at one."""

    legal_name = serializers.CharField(allow_null=True)
    address = serializers.CharField(allow_null=True)
    law = serializers.CharField(allow_null=True, help_text="The country whose law applies.")
    net_days = serializers.IntegerField(help_text="Fees are paid within so many days.")
    revision_rounds = serializers.IntegerField()
    review_days = serializers.IntegerField(help_text="Working days to answer a draft.")
    legal_always = serializers.BooleanField()
    legal_above = serializers.DecimalField(allow_null=True, **_AMOUNT)
    currency = serializers.CharField(help_text="Of `legal_above`: the brand's.")
    legal_for_equity = serializers.BooleanField()
    legal_for_minors = serializers.BooleanField()
    legal_for_whitelisting = serializers.BooleanField()
    legal_for_special = serializers.BooleanField()


class ContractSettingsChange(Body):
    """What to change; contracts that are on their way stay as they are."""

    legal_name = serializers.CharField(max_length=200, **_NULL)
    address = serializers.CharField(max_length=500, **_NULL)
    law = serializers.CharField(max_length=120, **_NULL)
    net_days = serializers.IntegerField(min_value=0, max_value=180, **_KEPT)
    revision_rounds = serializers.IntegerField(min_value=0, max_value=19, **_KEPT)
    review_days = serializers.IntegerField(min_value=1, max_value=60, **_KEPT)
    legal_always = serializers.BooleanField(**_KEPT)
    legal_above = serializers.DecimalField(min_value=Decimal(0), **_AMOUNT, **_NULL)
    legal_for_equity = serializers.BooleanField(**_KEPT)
    legal_for_minors = serializers.BooleanField(**_KEPT)
    legal_for_whitelisting = serializers.BooleanField(**_KEPT)
    legal_for_special = serializers.BooleanField(**_KEPT)


_CONTRACT_TEXTS = ("legal_name", "address", "law")


def _contracts(brand: Brand) -> Row:
    held = contracts.rules_of(brand)
    return (
        _row(held, ContractSettingsChange)
        | {name: getattr(held, name) or None for name in _CONTRACT_TEXTS}
        | {"legal_above": exact(held.legal_above), "currency": brand.currency}
    )


def _change_contracts(wanted: Change) -> None:
    held = contracts.rules_of(wanted.brand)
    said = dict(wanted.said)
    said |= {name: said[name] or "" for name in _CONTRACT_TEXTS if name in said}
    rules: Any = _row(held, ContractSettingsChange) | said
    contracts.change_rules(wanted=rules, expected_version=held.version, **wanted.who)


class WeekSettings(serializers.Serializer[Any]):
    """When the brand works, and whether legal sees every draft."""

    days = serializers.ListField(child=serializers.IntegerField(), help_text="1 is Monday.")
    starts = HourField(format="%H:%M")
    ends = HourField(format="%H:%M")
    country = serializers.CharField(allow_null=True, help_text="Whose holidays count; null: none.")
    is_legal_always = serializers.BooleanField()


class WeekSettingsChange(Body):
    """What to change; clocks that run keep the moment they were given."""

    days = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=7),
        min_length=1,
        max_length=7,
        **_KEPT,
    )
    starts = HourField(input_formats=_HOURS, **_KEPT)
    ends = HourField(input_formats=_HOURS, **_KEPT)
    country = serializers.CharField(max_length=2, **_NULL)
    is_legal_always = serializers.BooleanField(**_KEPT)


def _week(brand: Brand) -> Row:
    held = gates.week_row(brand)
    return {
        "days": [day + 1 for day in held.days],
        "starts": f"{held.starts:%H:%M}",
        "ends": f"{held.ends:%H:%M}",
        "country": held.country or None,
        "is_legal_always": held.is_legal_always,
    }


def _change_week(wanted: Change) -> None:
    said = wanted.texts
    if "days" in said:
        said["days"] = [day - 1 for day in said["days"]]  # in the table 0 is Monday
    reviewing.set_week(values=said, **wanted.who)


class WhereaboutsSettings(serializers.Serializer[Any]):
    """Where creators were."""

    keep_days = serializers.IntegerField(help_text="For so long after its last day it is kept.")


class WhereaboutsSettingsChange(Body):
    """For how long it is kept."""

    keep_days = serializers.IntegerField(min_value=1, max_value=KEEP_MAX)


def _whereabouts(brand: Brand) -> Row:
    return {"keep_days": WhereaboutsRule.of(brand).keep_days}


def _change_whereabouts(wanted: Change) -> None:
    keep_for(days=wanted.said["keep_days"], **wanted.who)


def _row(held: object, shape: type[serializers.Serializer[Any]]) -> Row:
    names: Iterable[str] = shape._declared_fields
    return {name: getattr(held, name) for name in names}


_REFUSED = (CampaignRefused,)
PARTS = (
    Part(
        "tracking",
        "links, clicks and codes",
        TrackingSettingsSerializer,
        TrackingSettingsChange,
        Can.MANAGE_BRAND,
        _tracking,
        _change_tracking,
        _REFUSED,
    ),
    Part(
        "watching",
        "how posts are compared",
        WatchSettingsSerializer,
        WatchSettingsChange,
        Can.MANAGE_BRAND,
        _watching,
        _change_watching,
        _REFUSED,
    ),
    Part(
        "pay",
        "how it pays",
        PaySettings,
        PaySettingsChange,
        Can.MANAGE_BRAND,
        _paying,
        _change_paying,
        _REFUSED,
    ),
    Part(
        "weights",
        "what each engagement counts for",
        WeightSettings,
        WeightSettingsChange,
        Can.PLAN_CAMPAIGNS,
        _weights,
        _change_weights,
        _REFUSED,
    ),
    Part(
        "media-values",
        "media value, model by model",
        MediaValueSettings,
        MediaValueSettingsChange,
        Can.PLAN_CAMPAIGNS,
        _media_values,
        _change_media_values,
        _REFUSED,
    ),
    Part(
        "contracts",
        "contracts: who it is in them, the usual terms, when legal looks",
        ContractSettings,
        ContractSettingsChange,
        Can.CLEAR_LEGAL,
        _contracts,
        _change_contracts,
        _REFUSED,
    ),
    Part(
        "working-week",
        "its working hours",
        WeekSettings,
        WeekSettingsChange,
        Can.EDIT_POLICIES,
        _week,
        _change_week,
        _REFUSED,
    ),
    Part(
        "whereabouts",
        "how long it keeps where creators were",
        WhereaboutsSettings,
        WhereaboutsSettingsChange,
        Can.MANAGE_BRAND,
        _whereabouts,
        _change_whereabouts,
        _REFUSED,
    ),
    reference_settings.PART,
)
