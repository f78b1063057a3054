"""By what posts point to the brand: its sites and its accounts."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from campaigns.services.keywords import referring
from campaigns.services.keywords.keeping import KeywordsRefused
from campaigns.tasks import count_keywords
from crm.api.body import Body
from crm.api.pagination import Row
from crm.api.settings import Change, Part
from crm.models import Brand
from crm.permissions import Can


class ReferenceSettings(serializers.Serializer[Any]):
    """What `post-references/` are found by."""

    hosts = serializers.ListField(
        child=serializers.CharField(), help_text="shop.example; what is below it counts as well."
    )
    accounts = serializers.ListField(
        child=serializers.CharField(), help_text="As they stand behind the @."
    )
    counted_at = serializers.DateTimeField(
        allow_null=True, help_text="Up to when posts were read; null: not since it changed."
    )


class ReferenceSettingsChange(Body):
    """What to change; a list is replaced as a whole."""

    hosts = serializers.ListField(
        child=serializers.CharField(max_length=130),
        required=False,
        max_length=referring.NAMES_MAX,
    )
    accounts = serializers.ListField(
        child=serializers.CharField(max_length=70), required=False, max_length=referring.NAMES_MAX
    )


def _read(brand: Brand) -> Row:
    held = referring.settings_of(brand)
    return {name: getattr(held, name) for name in ReferenceSettings._declared_fields}


def _change(wanted: Change) -> None:
    held = referring.settings_of(wanted.brand)
    names = {"hosts": held.hosts, "accounts": held.accounts, **wanted.said}
    referring.set_search(**names, version=held.version, **wanted.who)
    count_keywords.delay_on_commit(brand_id=wanted.brand.pk)


PART = Part(
    "post-references",
    "by what posts point to it",
    ReferenceSettings,
    ReferenceSettingsChange,
    Can.PLAN_CAMPAIGNS,
    _read,
    _change,
    (KeywordsRefused,),
)
