"""What is sent and told of links and codes."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from campaigns.api.words import LOCK
from campaigns.models import Campaign, Engagement
from campaigns.services.tracking.codes import TERMS_MAX
from campaigns.services.tracking.links import LABEL_MAX, VARIANT_MAX
from campaigns.services.tracking.naming import CODE_MAX, PATTERN_MAX
from campaigns.services.tracking.urls import TARGET_MAX
from crm.api.body import Body
from crm.api.query import DayField
from crm.api.relationships import CreatorRefSerializer, KnownCreatorField

_MANY = 2**31 - 1
_TEXT: dict[str, Any] = {"required": False, "allow_blank": True}
_UTM: dict[str, Any] = {
    "max_length": 100,
    "required": False,
    "allow_blank": True,
    "help_text": "Small letters, digits and . _ ~ -.",
}
_LIMIT: dict[str, Any] = {
    "min_value": 1,
    "max_value": _MANY,
    "required": False,
    "allow_null": True,
}


class ClicksSerializer(serializers.Serializer[Any]):
    """How often a link was followed."""

    people = serializers.IntegerField()
    visitors = serializers.IntegerField(help_text="Different visitors of each day, added up.")
    unknown = serializers.IntegerField(help_text="Clicks of people who cannot be told apart.")
    repeats = serializers.IntegerField(help_text="The same visitor again, at once.")
    bots = serializers.IntegerField(help_text="Bots and previews.")
    lost = serializers.IntegerField(help_text="Sent on, and not written down.")


class ClickDaySerializer(ClicksSerializer):
    """How often a link was followed on one of the brand's days."""

    day = serializers.DateField()


class TrackingLinkSerializer(serializers.Serializer[Any]):
    """A short address of one creator, and who followed it."""

    id = serializers.IntegerField()
    code = serializers.CharField()
    address = serializers.CharField(help_text="What people follow.")
    creator = CreatorRefSerializer()
    campaign = serializers.CharField(allow_null=True)
    engagement = serializers.IntegerField(allow_null=True)
    label = serializers.CharField(allow_null=True)  # type: ignore[assignment]
    variant = serializers.CharField(allow_null=True)
    target = serializers.CharField()
    utm_source = serializers.CharField(allow_null=True)
    utm_medium = serializers.CharField(allow_null=True)
    utm_campaign = serializers.CharField(allow_null=True)
    utm_content = serializers.CharField(allow_null=True)
    utm_term = serializers.CharField(allow_null=True)
    clicks = ClicksSerializer()
    created_at = serializers.DateTimeField()
    archived_at = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField(help_text="Send it back with each change.")


class PromoCodeSerializer(serializers.Serializer[Any]):
    """A code of one creator. How often it was used is what shops told."""

    id = serializers.IntegerField()
    code = serializers.CharField()
    creator = CreatorRefSerializer()
    campaign = serializers.CharField(allow_null=True)
    engagement = serializers.IntegerField(allow_null=True)
    terms = serializers.CharField(allow_null=True)
    valid_from = serializers.DateField(allow_null=True)
    valid_until = serializers.DateField(allow_null=True)
    limit_total = serializers.IntegerField(allow_null=True)
    limit_per_day = serializers.IntegerField(allow_null=True)
    replaces = serializers.IntegerField(allow_null=True)
    uses = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    archived_at = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField(help_text="Send it back with each change.")


class _Place(Body):
    creator = KnownCreatorField()
    engagement = serializers.IntegerField(
        min_value=1,
        max_value=2**63 - 1,
        required=False,
        allow_null=True,
        help_text="The creator's place in a campaign; without it, beside all campaigns.",
    )

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        """The place is this creator's."""
        number = values.get("engagement")
        if number is None:
            return values
        rows = Engagement.objects.select_related("campaign", "relationship")
        found = rows.filter(pk=number, relationship=values["creator"]).first()
        if found is None:
            words = "This creator has no such place in a campaign."
            raise serializers.ValidationError({"engagement": ErrorDetail(words, "unknown")})
        return values | {"engagement": found}


class _LinkSaid(Body):
    label = serializers.CharField(max_length=LABEL_MAX, **_TEXT)  # type: ignore[assignment]
    variant = serializers.CharField(max_length=VARIANT_MAX, **_TEXT)
    utm_source = serializers.CharField(**_UTM)
    utm_medium = serializers.CharField(**_UTM)
    utm_campaign = serializers.CharField(**_UTM)
    utm_content = serializers.CharField(**_UTM)
    utm_term = serializers.CharField(**_UTM)


class NewTrackingLink(_Place, _LinkSaid):
    """A link; UTM words that are left out are made of account, campaign and variant."""

    target = serializers.CharField(max_length=TARGET_MAX, help_text="http:// or https://")


class TrackingLinkChange(_LinkSaid):
    """What a link says from now on; what is left out stays."""

    target = serializers.CharField(max_length=TARGET_MAX, required=False)
    version = serializers.IntegerField(**LOCK)


class _CodeSaid(Body):
    terms = serializers.CharField(max_length=TERMS_MAX, **_TEXT)
    valid_from = DayField(required=False, allow_null=True)
    valid_until = DayField(required=False, allow_null=True)
    limit_total = serializers.IntegerField(**_LIMIT)
    limit_per_day = serializers.IntegerField(**_LIMIT)


class NewPromoCode(_Place, _CodeSaid):
    """A code; small and capital letters are the same."""

    code = serializers.CharField(max_length=CODE_MAX)


class PromoCodeChange(_CodeSaid):
    """What a code says from now on; what is left out stays."""

    version = serializers.IntegerField(**LOCK)


class Seen(Body):
    """The version that was seen."""

    version = serializers.IntegerField(**LOCK)


class Replacement(Seen):
    """What the new code is called; left out: the old one with a number behind it."""

    code = serializers.CharField(max_length=CODE_MAX, required=False, allow_blank=True)


class ForEverybody(Body):
    """A link and a code for every creator of a campaign who has none."""

    campaign = serializers.SlugField(max_length=60)
    links = serializers.BooleanField(default=True)
    codes = serializers.BooleanField(default=True)
    target = serializers.CharField(max_length=TARGET_MAX, **_TEXT)
    pattern = serializers.CharField(
        max_length=PATTERN_MAX, default="{HANDLE}{PERCENT}", help_text="How codes are called."
    )
    percent = serializers.IntegerField(
        min_value=0, max_value=100, required=False, allow_null=True, help_text="For {PERCENT}."
    )
    terms = serializers.CharField(max_length=TERMS_MAX, **_TEXT)
    valid_from = DayField(required=False, allow_null=True)
    valid_until = DayField(required=False, allow_null=True)

    def validate_campaign(self, key: str) -> Campaign:
        """One of the brand's."""
        found = Campaign.objects.filter(brand=self.context["brand"], key=key).first()
        if found is None:
            raise serializers.ValidationError("There is no such campaign.", "unknown_campaign")
        return found


class MadeForEverybody(serializers.Serializer[Any]):
    """What was made, and for which creators no code could be."""

    links = TrackingLinkSerializer(many=True)
    codes = PromoCodeSerializer(many=True)
    without_name = CreatorRefSerializer(many=True)
