"""The terms of an offer, in bodies and in answers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from rest_framework import serializers

from campaigns.choices import Compensation, ContentKind, Per, Usage
from campaigns.models import OfferDeliverable, OfferRight
from campaigns.services.offers.wanted import (
    COUNT_MAX,
    DELIVERABLES_MAX,
    MONTHS_MAX,
    PLAIN,
    TEXT_MAX,
    Deliverable,
    Right,
    Wanted,
)
from crm.api.body import Body
from crm.api.pagination import Row
from crm.choices import PostKind

# Where a refusal about them stands in a body.
IN_TERMS = {name: f"/terms/{name}" for name in (*PLAIN, "deliverables", "rights")}
_OF_LINES = ("kind", "platform", "form", "count", "due_on", "note")
_OF_USES = ("usage", "months", "territory", "channels")
_TEXT: dict[str, Any] = {"max_length": TEXT_MAX, "required": False, "allow_blank": True}
_MONEY: dict[str, Any] = {
    "max_digits": 12,
    "decimal_places": 2,
    "required": False,
    "allow_null": True,
}
_MONTHS: dict[str, Any] = {
    "min_value": 1,
    "max_value": MONTHS_MAX,
    "required": False,
    "allow_null": True,
}
_DAY: dict[str, Any] = {"required": False, "allow_null": True}


class DeliverableBody(Body):
    """Something to make, so many times."""

    kind = serializers.ChoiceField(choices=ContentKind.choices, default=ContentKind.SPONSORED_POST)
    platform = serializers.CharField(max_length=30, help_text="A platform's key, as instagram.")
    form = serializers.ChoiceField(choices=PostKind.choices)
    count = serializers.IntegerField(min_value=1, max_value=COUNT_MAX, default=1)
    due_on = serializers.DateField(**_DAY)
    note = serializers.CharField(**_TEXT)


class RightBody(Body):
    """A use of the content."""

    usage = serializers.ChoiceField(choices=Usage.choices)
    months = serializers.IntegerField(**_MONTHS, help_text="Null: without end.")
    territory = serializers.CharField(**_TEXT, help_text="Empty: everywhere.")
    channels = serializers.CharField(**_TEXT, help_text="Empty: all channels.")


class TermsBody(Body):
    """All terms of a version: which of them a kind of compensation has, docs/offers.md says."""

    compensation = serializers.ChoiceField(choices=Compensation.choices)
    amount = serializers.DecimalField(**_MONEY)
    per = serializers.ChoiceField(choices=Per.choices, required=False, allow_blank=True)
    currency = serializers.CharField(
        max_length=3, required=False, allow_blank=True, help_text="ISO 4217; else the brand's."
    )
    product = serializers.CharField(**_TEXT)
    product_value = serializers.DecimalField(**_MONEY)
    percent = serializers.DecimalField(
        max_digits=7, decimal_places=4, required=False, allow_null=True, help_text="12.5 is 12.5 %."
    )
    months = serializers.IntegerField(**_MONTHS)
    event = serializers.CharField(**_TEXT)
    event_on = serializers.DateField(**_DAY)
    covers_travel = serializers.BooleanField(required=False, allow_null=True, default=None)
    exclusive_for = serializers.CharField(**_TEXT)
    exclusive_months = serializers.IntegerField(**_MONTHS)
    valid_until = serializers.DateField(**_DAY)
    deliverables = serializers.ListField(
        child=DeliverableBody(), required=False, max_length=DELIVERABLES_MAX
    )
    rights = serializers.ListField(child=RightBody(), required=False, max_length=len(Usage))

    def to_internal_value(self, data: Any) -> Any:
        """As the services take it."""
        values = dict(super().to_internal_value(data))
        values["deliverables"] = tuple(
            Deliverable(**line) for line in values.get("deliverables", ())
        )
        values["rights"] = tuple(Right(**line) for line in values.get("rights", ()))
        return Wanted(**values)


class DeliverableSerializer(serializers.Serializer[Any]):
    """Something to make, so many times."""

    kind = serializers.ChoiceField(choices=ContentKind.choices)
    platform = serializers.CharField()
    form = serializers.ChoiceField(choices=PostKind.choices)
    count = serializers.IntegerField()
    due_on = serializers.DateField(allow_null=True)
    note = serializers.CharField(allow_null=True)


class RightSerializer(serializers.Serializer[Any]):
    """A use of the content."""

    usage = serializers.ChoiceField(choices=Usage.choices)
    months = serializers.IntegerField(allow_null=True, help_text="Null: without end.")
    territory = serializers.CharField(allow_null=True, help_text="Null: everywhere.")
    channels = serializers.CharField(allow_null=True, help_text="Null: all channels.")


class TermsSerializer(serializers.Serializer[Any]):
    """All terms of a version; null is: not a part of it."""

    compensation = serializers.ChoiceField(choices=Compensation.choices)
    amount = serializers.DecimalField(max_digits=12, decimal_places=2, allow_null=True)
    per = serializers.ChoiceField(choices=Per.choices, allow_null=True)
    currency = serializers.CharField(allow_null=True)
    product = serializers.CharField(allow_null=True)
    product_value = serializers.DecimalField(max_digits=12, decimal_places=2, allow_null=True)
    percent = serializers.DecimalField(max_digits=7, decimal_places=4, allow_null=True)
    months = serializers.IntegerField(allow_null=True)
    event = serializers.CharField(allow_null=True)
    event_on = serializers.DateField(allow_null=True)
    covers_travel = serializers.BooleanField(allow_null=True)
    exclusive_for = serializers.CharField(allow_null=True)
    exclusive_months = serializers.IntegerField(allow_null=True)
    valid_until = serializers.DateField(allow_null=True)
    deliverables = DeliverableSerializer(many=True)
    rights = RightSerializer(many=True)


def terms(rows: Iterable[Row], *, version: str, prefix: str) -> dict[int, Row]:
    """By the id of a version, its terms: of rows that hold PLAIN under `prefix`. Two queries."""
    by_id = {row[version]: row for row in rows if row[version] is not None}
    made, rights = defaultdict(list), defaultdict(list)
    lines = OfferDeliverable.objects.filter(version__in=by_id).order_by("version", "position")
    for line in lines.values("version_id", *_OF_LINES):
        made[line["version_id"]].append(_known({name: line[name] for name in _OF_LINES}))
    uses = OfferRight.objects.filter(version__in=by_id).order_by("version", "usage")
    for use in uses.values("version_id", *_OF_USES):
        rights[use["version_id"]].append(_known({name: use[name] for name in _OF_USES}))
    return {
        pk: _known({name: row[f"{prefix}{name}"] for name in PLAIN})
        | {"deliverables": made[pk], "rights": rights[pk]}
        for pk, row in by_id.items()
    }


def _known(row: Row) -> Row:
    """Empty texts are null in answers, and decimals the text that they were written as."""
    return {name: _plain(value) for name, value in row.items()}


def _plain(value: object) -> object:
    if value == "":
        return None
    return str(value) if isinstance(value, Decimal) else value
