"""What is said about an asset, in bodies."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from campaigns.api.words import LOCK, EngagementField
from campaigns.choices import AiPart, AssetOrigin, Releases
from campaigns.services.assets.library import MANY_MAX, TAG_MAX, TAGS_MAX
from crm.api.body import Body
from crm.models import Platform

_TEXT: dict[str, Any] = {"required": False, "allow_blank": True}
_ID = serializers.IntegerField(min_value=1, max_value=2**63 - 1)


def _tags() -> serializers.ListField:
    return serializers.ListField(
        child=serializers.CharField(max_length=TAG_MAX), required=False, max_length=TAGS_MAX
    )


class _AssetBody(Body):
    title = serializers.CharField(max_length=200, required=False)
    origin = serializers.ChoiceField(
        choices=AssetOrigin.choices, required=False, help_text="How it came to the brand."
    )
    url = serializers.CharField(max_length=500, **_TEXT)
    engagement = EngagementField(
        required=False, allow_null=True, help_text="The creator in a campaign who made it."
    )
    made_by = serializers.CharField(
        max_length=120, **_TEXT, help_text="A customer's name, where no creator made it."
    )
    platform = serializers.PrimaryKeyRelatedField(
        queryset=Platform.objects.all(),
        pk_field=serializers.CharField(max_length=30),
        required=False,
        allow_null=True,
        help_text="A platform's key.",
    )
    tags = _tags()
    alt_text = serializers.CharField(max_length=1_000, **_TEXT)
    ai_use = serializers.ChoiceField(
        choices=AiPart.choices, **_TEXT, help_text="Empty: nobody said."
    )
    releases = serializers.ChoiceField(
        choices=Releases.choices, **_TEXT, help_text="Empty: nobody said."
    )
    people = serializers.CharField(max_length=300, **_TEXT)


class NewAsset(_AssetBody):
    """A post or page by its address; a post that is known comes with its creator."""

    title = serializers.CharField(max_length=200)
    origin = serializers.ChoiceField(choices=AssetOrigin.choices)
    url = serializers.CharField(max_length=500)


class NewAssetFile(_AssetBody):
    """A file, and what is known about it."""

    title = serializers.CharField(max_length=200)
    origin = serializers.ChoiceField(choices=AssetOrigin.choices)
    file = serializers.FileField(
        allow_empty_file=True,
        help_text="A picture, a film, a recording, a PDF or plain text, by its content; 300 MB.",
    )


class AssetChange(_AssetBody):
    """What to say otherwise; what is left out stays."""

    version = serializers.IntegerField(**LOCK)


class AssetTagging(Body):
    """Tags for several assets at once."""

    assets = serializers.ListField(child=_ID, min_length=1, max_length=MANY_MAX)
    add = _tags()
    drop = _tags()


class UseEnd(Body):
    """When it was taken down."""

    version = serializers.IntegerField(**LOCK)
    on = serializers.DateField(required=False, help_text="Today, if left out.")
