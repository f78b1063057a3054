"""What is said of a creator over REST: a new one, a correction, another account."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from zoneinfo import available_timezones

from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail
from rest_framework.request import Request
from rest_framework.reverse import reverse

from crm.api.body import Body
from crm.api.problems import MEDIA_TYPE, BadBody, Fault
from crm.api.schema import FaultSerializer, ProblemSerializer
from crm.choices import CreatorType
from crm.countries import COUNTRIES
from crm.models import Platform
from crm.services.creators import CreatorRefused

MAX_FOLLOWERS = 10**12
_CODES = frozenset(code for code, _name in COUNTRIES)
_ZONES = available_timezones()
_NULL: dict[str, Any] = {"required": False, "allow_null": True}


class TakenFaultSerializer(FaultSerializer):
    """Who it is already, where that is the fault."""

    creator = serializers.UUIDField(required=False, help_text="Their uid.")
    url = serializers.URLField(required=False, help_text="Where they are.")


class TakenProblemSerializer(ProblemSerializer):
    """A refusal that names who it is already."""

    errors = TakenFaultSerializer(many=True)


DUPLICATE = {
    (409, MEDIA_TYPE): OpenApiResponse(
        TakenProblemSerializer,
        description="`duplicate`: the brand has them already; `errors[].creator` and `.url` say "
        "who, where your brand knows them.",
    )
}


class _Account(Body):
    platform = serializers.CharField(max_length=30, help_text="A platform's key.")
    handle = serializers.CharField(
        max_length=500, help_text="A handle, @handle or the address of the profile."
    )
    followers = serializers.IntegerField(
        min_value=0, max_value=MAX_FOLLOWERS, help_text="As of now.", **_NULL
    )

    def validate_platform(self, key: str) -> Platform:
        """A platform that is known."""
        found = Platform.objects.filter(pk=key).first()
        if found is None:
            known = ", ".join(Platform.objects.values_list("key", flat=True))
            words = f"There is no platform {key!r}. Known: {known}."
            raise serializers.ValidationError(ErrorDetail(words, "unknown_platform"))
        return found


class _Person(Body):
    creator_type = serializers.ChoiceField(choices=CreatorType.choices, required=False)
    country = serializers.RegexField("^[A-Z]{2}$", help_text="ISO 3166-1 alpha-2.", **_NULL)
    language = serializers.CharField(max_length=20, help_text="BCP 47.", **_NULL)
    timezone = serializers.CharField(max_length=60, help_text="As Europe/Copenhagen.", **_NULL)
    profession = serializers.CharField(max_length=200, **_NULL)
    is_celebrity = serializers.BooleanField(**_NULL)

    def validate_country(self, code: str | None) -> str:
        """A country that there is; empty where nobody knows."""
        if code and code not in _CODES:
            raise serializers.ValidationError(
                ErrorDetail(f"There is no country {code}.", "unknown_country")
            )
        return code or ""

    def validate_timezone(self, name: str | None) -> str:
        """A time zone that there is; empty where nobody knows."""
        if name and name not in _ZONES:
            raise serializers.ValidationError(
                ErrorDetail(f"There is no time zone {name}.", "unknown_timezone")
            )
        return name or ""

    @property
    def person(self) -> dict[str, Any]:
        """What was said of the person, with unknown as the table has it."""
        said: Mapping[str, Any] = self.validated_data
        return {
            name: "" if value is None and name != "is_celebrity" else value
            for name, value in said.items()
        }


class NewCreator(_Account, _Person):
    """A creator with the account that they are known by."""

    name = serializers.CharField(max_length=200)
    email = serializers.EmailField(
        max_length=254, help_text="Seen by your brand only; needs `contacts:write` too.", **_NULL
    )


class CreatorChange(_Person):
    """What to correct; what is left out stays, null is unknown."""

    name = serializers.CharField(max_length=200, required=False)


class NewProfile(_Account):
    """An account of a creator, or today's followers of one that is there."""

    creator = serializers.UUIDField(help_text="The creator's uid.")


def refused(refusal: CreatorRefused, request: Request) -> BadBody:
    """The service's words: 409 with who it is where the brand has them, else 400 with the field."""
    existing = refusal.existing
    if existing is None and not refusal.is_taken:
        return BadBody([Fault(f"/{refusal.field}", "invalid", str(refusal))])
    fault: dict[str, Any] = {
        "pointer": f"/{refusal.field}",
        "code": "duplicate",
        "message": str(refusal),
    }
    if existing is not None:
        uid = existing.creator.uid
        place = reverse("api-creators-detail", args=[uid], request=request)
        fault |= {"creator": str(uid), "url": f"{place}/"}
    return BadBody([fault], detail=str(refusal), status=HTTPStatus.CONFLICT)
