"""What is sent about requests of people about their data."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from crm.api.body import Body
from crm.api.query import DayField
from crm.api.relationships import KnownCreatorField
from crm.choices import RequestKind, RequestOrigin, RequestStatus
from crm.services.privacy import notices, requests, standing

# The portal writes its own down.
BY_HAND = [one for one in RequestOrigin.choices if one[0] != RequestOrigin.PORTAL]
AT_ONCE = 1_000


class NewPrivacyRequest(Body):
    """What somebody asked, and how: a creator whom the brand knows, or a name."""

    creator = KnownCreatorField(required=False, allow_null=True)
    name = serializers.CharField(
        max_length=requests.NAME_MAX, required=False, help_text="Who asks, if no creator of yours."
    )
    kind = serializers.ChoiceField(choices=RequestKind.choices)
    origin = serializers.ChoiceField(choices=BY_HAND)
    received_on = DayField()
    text = serializers.CharField(
        max_length=requests.TEXT_MAX, required=False, help_text="In their words."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """One of both says who asks."""
        if bool(attrs.get("creator")) == bool(attrs.get("name")):
            words = "Say who asks: a creator, or a name."
            raise serializers.ValidationError({"creator": [ErrorDetail(words, "one_of_both")]})
        return attrs


class IdentityChecked(Body):
    """How it is known that who asks is who they say."""

    how = serializers.CharField(
        max_length=requests.REASON_MAX, help_text="E.g. they answered from the address we have."
    )


class MoreTime(Body):
    """How much longer, which the law gives once."""

    months = serializers.IntegerField(min_value=1, max_value=requests.MORE_AT_MOST)
    because = serializers.CharField(
        max_length=requests.REASON_MAX, help_text="The person has to be told."
    )


class Answered(Body):
    """What came of a request."""

    status = serializers.ChoiceField(
        choices=[one for one in RequestStatus.choices if one[0] != RequestStatus.OPEN]
    )
    outcome = serializers.CharField(
        max_length=requests.OUTCOME_MAX, help_text="What they were answered."
    )


class Lifted(Body):
    """Why somebody may be used again."""

    because = serializers.CharField(max_length=standing.BECAUSE_MAX)


class Told(Body):
    """Who was told by hand what is kept of them, and how."""

    note = serializers.CharField(
        max_length=notices.NOTE_MAX, help_text="E.g. a letter of 3 May to all of them."
    )
    creators = serializers.ListField(
        child=serializers.UUIDField(),
        required=False,
        min_length=1,
        max_length=AT_ONCE,
        help_text="Left out: everybody who is overdue.",
    )


class Untold(Body):
    """Which marking of yours to take back: the moment that its answer said."""

    told_at = serializers.DateTimeField()
