"""What each engagement counts for, as a brand sets it."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from campaigns.api.campaigns import exact
from campaigns.api.settings.members import KEPT, REASON_MAX, worth
from campaigns.services.media_values import sets
from campaigns.services.refusals import CampaignRefused
from crm.api.body import Body
from crm.api.pagination import Row
from crm.api.settings import Change, Part
from crm.models import Brand
from crm.permissions import Can


class WeightSettings(serializers.Serializer[Any]):
    """What each engagement counts for; `number` is the version, 0 as shipped."""

    number = serializers.IntegerField()
    likes = serializers.DecimalField(max_digits=14, decimal_places=4)
    comments = serializers.DecimalField(max_digits=14, decimal_places=4)
    saves = serializers.DecimalField(max_digits=14, decimal_places=4)
    shares = serializers.DecimalField(max_digits=14, decimal_places=4)


class WeightSettingsChange(Body):
    """What to change, and why: it is another version."""

    likes = worth(sets.WEIGHT_MAX, **KEPT)
    comments = worth(sets.WEIGHT_MAX, **KEPT)
    saves = worth(sets.WEIGHT_MAX, **KEPT)
    shares = worth(sets.WEIGHT_MAX, **KEPT)
    reason = serializers.CharField(max_length=REASON_MAX)


def _read(brand: Brand) -> Row:
    held = sets.weights_of(brand)
    return {name: exact(held.weights[name]) for name in sets.WEIGHED} | {"number": held.number}


def _change(wanted: Change) -> None:
    said = dict(wanted.said)
    reason = said.pop("reason")
    weights = {**sets.weights_of(wanted.brand).weights} | said
    sets.change_weights(weights=weights, reason=reason, expected_number=None, **wanted.who)


PART = Part(
    "weights",
    "what each engagement counts for",
    WeightSettings,
    WeightSettingsChange,
    Can.PLAN_CAMPAIGNS,
    _read,
    _change,
    (CampaignRefused,),
)
