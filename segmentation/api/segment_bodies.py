"""What the API takes about segments: their metadata, a new one, another wording of the rule."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from crm.api.body import Body
from crm.models import User
from segmentation.api.rules import RuleBody, read_rule
from segmentation.choices import UnknownPolicy
from segmentation.facts.catalogue import catalogue
from segmentation.forms.builder import MAX_STAY_DAYS
from segmentation.models import Dimension, Segment
from segmentation.rules import text
from segmentation.selectors.builder import is_address_of_segment
from segmentation.services.wordings import NEAR_PERCENT


class SegmentChange(Body):
    """What to change; what is left out stays. The rule has versions of its own."""

    name = serializers.CharField(max_length=120, required=False)
    purpose = serializers.CharField(max_length=2_000, required=False)
    definition = serializers.CharField(max_length=5_000, allow_blank=True, required=False)
    primary_kpi = serializers.CharField(max_length=60, allow_blank=True, required=False)
    kpis = serializers.ListField(
        child=serializers.CharField(max_length=60), max_length=20, required=False
    )
    owner = serializers.EmailField(
        allow_null=True, required=False, help_text="Somebody with a role in the brand, or null."
    )

    def validate_owner(self, email: str | None) -> User | None:
        """The user; whether an account exists elsewhere is not told."""
        return _owner(self, email)


class NewVersion(RuleBody):
    """A wording: the rule in one of its two notations, and how steadily it decides."""

    stay_rule_text = serializers.CharField(
        required=False,
        trim_whitespace=False,
        max_length=text.MAX_LENGTH,
        help_text="Who is in stays while this holds. Left out: the rule itself decides.",
    )
    minimum_stay_days = serializers.IntegerField(
        required=False, min_value=0, max_value=MAX_STAY_DAYS, default=0
    )
    near_percent = serializers.IntegerField(
        required=False, min_value=0, max_value=100, default=NEAR_PERCENT
    )
    unknown_policy = serializers.ChoiceField(
        choices=UnknownPolicy.choices, required=False, default=UnknownPolicy.LEAVE_OUT.value
    )

    def wording(self, segment: str) -> dict[str, Any]:
        """As the services take it, for the segment of this key; BadBody (422) for a wrong rule."""
        given = self.validated_data
        facts = catalogue(self.context["brand"])
        return {
            "rule": read_rule(given, facts, segment=segment).tree,
            "stay_rule": read_rule(given, facts, segment=segment, prefix="stay_").tree
            if "stay_rule_text" in given
            else None,
            "minimum_stay_days": given["minimum_stay_days"],
            "near_percent": given["near_percent"],
            "unknown_policy": UnknownPolicy(given["unknown_policy"]),
        }


ABOUT = ("dimension", "key", "name", "purpose", "definition", "primary_kpi", "owner")


class NewSegment(NewVersion):
    """A segment with the first wording of its rule."""

    dimension = serializers.CharField(max_length=60, help_text="The dimension's key.")
    key = serializers.SlugField(max_length=60, help_text="In small letters; it stays.")
    name = serializers.CharField(max_length=120)
    purpose = serializers.CharField(
        max_length=2_000, help_text="What you will do differently for these creators."
    )
    definition = serializers.CharField(
        max_length=5_000, allow_blank=True, required=False, default=""
    )
    primary_kpi = serializers.CharField(max_length=60, allow_blank=True, required=False, default="")
    owner = serializers.EmailField(
        allow_null=True,
        required=False,
        default=None,
        help_text="Somebody with a role in the brand, or null.",
    )

    def validate_dimension(self, key: str) -> Dimension:
        """A dimension of the brand."""
        brand = self.context["brand"]
        found = Dimension.objects.select_related("brand").filter(brand=brand, key=key).first()
        if found is None:
            words = f"{brand} has no dimension of this key."
            raise serializers.ValidationError(ErrorDetail(words, "unknown_dimension"))
        return found

    def validate_key(self, key: str) -> str:
        """A key that no other segment has, and no other page for its address."""
        brand = self.context["brand"]
        if key != key.lower():
            words = "Write the key in small letters."
            raise serializers.ValidationError(ErrorDetail(words, "invalid"))
        if not is_address_of_segment(brand, key):
            words = f"“{key}” is the address of another page. Choose another key."
            raise serializers.ValidationError(ErrorDetail(words, "key_taken"))
        if Segment.objects.filter(brand=brand, key=key).exists():
            words = f"There is a segment “{key}” already."
            raise serializers.ValidationError(ErrorDetail(words, "key_taken"))
        return key

    def validate_owner(self, email: str | None) -> User | None:
        """The user; whether an account exists elsewhere is not told."""
        return _owner(self, email)

    @property
    def about(self) -> dict[str, Any]:
        """All but the wording, as the service takes it."""
        return {name: self.validated_data[name] for name in ABOUT}


class Archiving(Body):
    """Why the segment is taken out of use."""

    reason = serializers.CharField(max_length=300, help_text="Kept in the audit ledger.")


def _owner(body: Body, email: str | None) -> User | None:
    if email is None:
        return None
    brand = body.context["brand"]
    owner = User.objects.filter(email__iexact=email, roles__brand=brand).first()
    if owner is None:
        words = f"Nobody with this address has a role in {brand}."
        raise serializers.ValidationError(ErrorDetail(words, "unknown_user"))
    return owner
