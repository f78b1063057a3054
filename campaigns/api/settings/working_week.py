"""When a brand works."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from campaigns.api.settings.members import KEPT, NULL
from campaigns.services.deliverables import gates
from campaigns.services.deliverables import settings as reviewing
from campaigns.services.refusals import CampaignRefused
from crm.api.body import Body
from crm.api.outreach_rules import HourField
from crm.api.pagination import Row
from crm.api.settings import Change, Part
from crm.models import Brand
from crm.permissions import Can

_HOURS = ["%H:%M", "%H:%M:%S"]


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
        **KEPT,
    )
    starts = HourField(input_formats=_HOURS, **KEPT)
    ends = HourField(input_formats=_HOURS, **KEPT)
    country = serializers.CharField(max_length=2, **NULL)
    is_legal_always = serializers.BooleanField(**KEPT)


def _read(brand: Brand) -> Row:
    held = gates.week_row(brand)
    return {
        "days": [day + 1 for day in held.days],
        "starts": f"{held.starts:%H:%M}",
        "ends": f"{held.ends:%H:%M}",
        "country": held.country or None,
        "is_legal_always": held.is_legal_always,
    }


def _change(wanted: Change) -> None:
    said = wanted.texts
    if "days" in said:
        said["days"] = [day - 1 for day in said["days"]]  # in the table 0 is Monday
    reviewing.set_week(values=said, **wanted.who)


PART = Part(
    "working-week",
    "its working hours",
    WeekSettings,
    WeekSettingsChange,
    Can.EDIT_POLICIES,
    _read,
    _change,
    (CampaignRefused,),
)
