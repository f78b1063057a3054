"""How long a brand keeps where creators were."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from campaigns.models import WhereaboutsRule
from campaigns.services.refusals import CampaignRefused
from campaigns.services.whereabouts.erasing import KEEP_MAX, keep_for
from crm.api.body import Body
from crm.api.pagination import Row
from crm.api.settings import Change, Part
from crm.models import Brand
from crm.permissions import Can


class WhereaboutsSettings(serializers.Serializer[Any]):
    """Where creators were."""

    keep_days = serializers.IntegerField(help_text="For so long after its last day it is kept.")


class WhereaboutsSettingsChange(Body):
    """For how long it is kept."""

    keep_days = serializers.IntegerField(min_value=1, max_value=KEEP_MAX)


def _read(brand: Brand) -> Row:
    return {"keep_days": WhereaboutsRule.of(brand).keep_days}


def _change(wanted: Change) -> None:
    keep_for(days=wanted.said["keep_days"], **wanted.who)


PART = Part(
    "whereabouts",
    "how long it keeps where creators were",
    WhereaboutsSettings,
    WhereaboutsSettingsChange,
    Can.MANAGE_BRAND,
    _read,
    _change,
    (CampaignRefused,),
)
