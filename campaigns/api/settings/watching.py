"""How posts are compared, as a brand sets it."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from campaigns.api.settings.members import KEPT, row_of
from campaigns.choices import PostMeasure
from campaigns.services.refusals import CampaignRefused
from campaigns.services.watching import deciding as watching
from crm.api.body import Body
from crm.api.pagination import Row
from crm.api.settings import Change, Part
from crm.models import Brand
from crm.permissions import Can


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

    measure = serializers.ChoiceField(choices=PostMeasure.choices, **KEPT)
    hours = serializers.IntegerField(min_value=6, max_value=168, **KEPT)
    low_percent = serializers.IntegerField(min_value=1, max_value=40, **KEPT)
    peers_min = serializers.IntegerField(min_value=5, max_value=1_000, **KEPT)
    creators_min = serializers.IntegerField(min_value=10, max_value=10_000, **KEPT)


def _read(brand: Brand) -> Row:
    return row_of(watching.settings_of(brand), WatchSettingsSerializer)


def _change(wanted: Change) -> None:
    said: Any = wanted.said
    watching.decide(said=said, expected_version=None, **wanted.who)


PART = Part(
    "watching",
    "how posts are compared",
    WatchSettingsSerializer,
    WatchSettingsChange,
    Can.MANAGE_BRAND,
    _read,
    _change,
    (CampaignRefused,),
)
