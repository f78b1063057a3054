"""Attribution: by what credit is divided from now on."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from rest_framework import serializers

from campaigns.attribution.settings import CodeRule, Settings, SettingsRefused
from campaigns.selectors.credits import settings_of
from campaigns.services.attribution import save_settings
from campaigns.services.refusals import CampaignRefused
from crm.api.body import Body, NumberField
from crm.api.pagination import Row
from crm.api.settings import Change, Part
from crm.models import Brand
from crm.permissions import Can

CODE_RULES = [(rule.value, rule.label) for rule in CodeRule]
_KEPT: dict[str, Any] = {"required": False}


class AttributionSettingsSerializer(serializers.Serializer[Any]):
    """How touches become journeys, and the parameters of two models; `number` is the version."""

    number = serializers.IntegerField(help_text="0: nobody changed them yet.")
    window_days = serializers.IntegerField(
        help_text="So long after a click a conversion of the same person still counts for it."
    )
    visit_minutes = serializers.IntegerField(
        help_text="Clicks on one creator's links within this time are one; 0 keeps each."
    )
    code_rule = serializers.ChoiceField(choices=CODE_RULES, help_text="Codes against links.")
    fresh_start = serializers.BooleanField(help_text="After a conversion people begin anew.")
    first_share = serializers.FloatField(help_text="Position-based: of the first touch, 0 to 1.")
    last_share = serializers.FloatField(help_text="Position-based: of the last touch, 0 to 1.")
    half_life_days = serializers.FloatField(help_text="Time decay.")


class AttributionSettingsChange(Body):
    """What to change: reports asked for from now on go by it, earlier ones stay."""

    window_days = serializers.IntegerField(min_value=1, max_value=365, **_KEPT)
    visit_minutes = serializers.IntegerField(min_value=0, max_value=1_440, **_KEPT)
    code_rule = serializers.ChoiceField(choices=CODE_RULES, **_KEPT)
    fresh_start = serializers.BooleanField(**_KEPT)
    first_share = NumberField(min_value=0, max_value=1, **_KEPT)
    last_share = NumberField(min_value=0, max_value=1, **_KEPT)
    half_life_days = NumberField(min_value=0.01, max_value=365, **_KEPT)


def _attribution(brand: Brand) -> Row:
    row = settings_of(brand)
    held = row.as_told if row else Settings()
    return {
        "number": row.number if row else 0,
        "window_days": held.window.days,
        "visit_minutes": int(held.visit / timedelta(minutes=1)),
        "code_rule": held.code_rule.value,
        "fresh_start": held.fresh_start,
        "first_share": held.first_share,
        "last_share": held.last_share,
        "half_life_days": held.half_life / timedelta(days=1),
    }


def _change_attribution(wanted: Change) -> None:
    said = _attribution(wanted.brand) | {**wanted.said}
    try:
        settings = Settings(
            window=timedelta(days=said["window_days"]),
            visit=timedelta(minutes=said["visit_minutes"]),
            code_rule=CodeRule(said["code_rule"]),
            fresh_start=said["fresh_start"],
            first_share=said["first_share"],
            last_share=said["last_share"],
            half_life=timedelta(days=said["half_life_days"]),
        )
    except SettingsRefused as no:
        raise CampaignRefused(str(no), field="first_share") from no
    save_settings(settings=settings, expected_number=None, **wanted.who)


PARTS = (
    Part(
        "attribution",
        "how credit for conversions is divided",
        AttributionSettingsSerializer,
        AttributionSettingsChange,
        Can.RUN_SEGMENTS,
        _attribution,
        _change_attribution,
        (CampaignRefused,),
    ),
)
