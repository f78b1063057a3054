"""Media value, model by model, as a brand sets it."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from campaigns.api.campaigns import exact
from campaigns.api.settings.members import KEPT, NULL, REASON_MAX, worth
from campaigns.services.media_values import sets
from campaigns.services.media_values.models import METRICS
from campaigns.services.money import CURRENCIES
from campaigns.services.refusals import CampaignRefused
from crm.api.body import Body
from crm.api.pagination import Row
from crm.api.settings import Change, Part
from crm.models import Brand
from crm.permissions import Can


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

    likes = worth(sets.VALUE_MAX, **NULL)
    comments = worth(sets.VALUE_MAX, **NULL)
    saves = worth(sets.VALUE_MAX, **NULL)
    shares = worth(sets.VALUE_MAX, **NULL)
    views = worth(sets.VALUE_MAX, **NULL)
    reach = worth(sets.VALUE_MAX, **NULL)
    impressions = worth(sets.VALUE_MAX, **NULL)


class MediaValueSettingsChange(Body):
    """The model and what to change of it, and why: it is another version of all models."""

    key = serializers.CharField(max_length=40)
    values = MediaValuesOf(**KEPT)
    multiplier = worth(sets.VALUE_MAX, **KEPT)
    currency = serializers.ChoiceField(choices=[(code, code) for code in CURRENCIES], **KEPT)
    reason = serializers.CharField(max_length=REASON_MAX)


def _read(brand: Brand) -> Row:
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


def _change(wanted: Change) -> None:
    said = dict(wanted.said)
    held = {one.key: one for one in sets.models_of(wanted.brand).models}
    old = held.get(said["key"])
    if old is None:
        raise CampaignRefused("There is no such model.", code="does_not_exist", field="key")
    values = {**old.values} | said.pop("values", {})
    before: dict[str, Any] = {"multiplier": old.multiplier, "currency": old.currency}
    sets.change_model(**(before | said), values=values, expected_number=None, **wanted.who)


PART = Part(
    "media-values",
    "media value, model by model",
    MediaValueSettings,
    MediaValueSettingsChange,
    Can.PLAN_CAMPAIGNS,
    _read,
    _change,
    (CampaignRefused,),
)
