"""A brand's own fields, and what they hold for a creator."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import BrandViewSet
from crm.api.body import Body
from crm.api.pagination import Row, WholeList
from crm.api.problems import BadBody, Fault
from crm.api.refusals import refusals
from crm.choices import FieldType, Scope, Source
from crm.field_types import TAG_MAX, plain
from crm.models import Creator, CustomField, Relationship
from crm.selectors import HeldField, held_fields, relationships_of
from crm.services.field_values import NOTE_MAX, FieldValuesRefused, named, set_values
from crm.services.fields import (
    CHOICES_MAX,
    DEFINITION_MAX,
    DESCRIPTION_MAX,
    FieldRefused,
    archive_field,
    change_field,
    define_field,
    restore_field,
)

KEY = "[a-z0-9_]{1,60}"
VALUE_HELP = (
    "By the field's type: a number, a fraction for a percentage, text, a list of texts for a set, "
    "a date as 2026-03-31, true or false; null where it is not known."
)


class FieldChoiceSerializer(serializers.Serializer[Any]):
    """A value of a field's list."""

    value = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment] # a field's name
    definition = serializers.CharField(allow_null=True, help_text="When it applies.")


class FieldSerializer(serializers.Serializer[Any]):
    """What the brand wants to know of creators besides what everybody knows."""

    key = serializers.CharField(help_text="Also the key of the fact that rules read.")
    label = serializers.CharField()  # type: ignore[assignment] # a field's name
    description = serializers.CharField(allow_null=True)
    type = serializers.ChoiceField(choices=FieldType.choices)
    unit = serializers.CharField(allow_null=True)
    choices = FieldChoiceSerializer(
        many=True, allow_null=True, help_text="The only values allowed; null: any of the type."
    )
    is_standard = serializers.BooleanField(help_text="Every brand has it from the start.")
    archived_at = serializers.DateTimeField(allow_null=True)


class FieldValueSerializer(serializers.Serializer[Any]):
    """What a field holds for a creator, with where that comes from."""

    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment] # a field's name
    value = serializers.JSONField(help_text=VALUE_HELP)
    words = serializers.CharField(allow_null=True, help_text="The value as people read it.")
    source = serializers.ChoiceField(  # type: ignore[assignment] # a field's name
        choices=Source.choices, allow_null=True
    )
    note = serializers.CharField(allow_null=True, help_text="Why they think so.")
    author = serializers.EmailField(allow_null=True)
    since = serializers.DateTimeField(allow_null=True)


class FieldValuesSerializer(serializers.Serializer[Any]):
    """What all fields in use hold for a creator, in the shape of a list."""

    results = FieldValueSerializer(many=True)
    next = serializers.URLField(allow_null=True, help_text="Always null: this is all.")
    previous = serializers.URLField(allow_null=True, help_text="Always null: this is all.")
    count = serializers.IntegerField()


class FieldValuesChange(Body):
    """Values by key; what is left out stays. All of it is written, or nothing."""

    values = serializers.DictField(help_text=VALUE_HELP, allow_empty=False)
    source = serializers.ChoiceField(  # type: ignore[assignment] # a field's name
        choices=Source.choices, default=Source.MANUAL, help_text="Where you have them from."
    )
    note = serializers.CharField(
        max_length=NOTE_MAX, required=False, default="", allow_blank=True, help_text="Why."
    )


class NewFieldChoice(Body):
    """A value that may be chosen."""

    value = serializers.CharField(max_length=TAG_MAX)
    label = serializers.CharField(max_length=TAG_MAX)  # type: ignore[assignment] # a field's name
    definition = serializers.CharField(
        max_length=DEFINITION_MAX, required=False, allow_null=True, help_text="When it applies."
    )


class FieldChange(Body):
    """What to change; its key and type stay. A list keeps every value that somebody holds."""

    label = serializers.CharField(max_length=120, required=False)  # type: ignore[assignment] # a field's name
    description = serializers.CharField(max_length=DESCRIPTION_MAX, required=False, allow_null=True)
    unit = serializers.CharField(max_length=30, required=False, allow_null=True)
    choices = serializers.ListField(child=NewFieldChoice(), max_length=CHOICES_MAX, required=False)

    @property
    def changes(self) -> dict[str, Any]:
        """What was said, as services take it: no words for what is not known."""
        said = {name: value for name, value in self.validated_data.items() if name != "choices"}
        changes: dict[str, Any] = {name: value or "" for name, value in said.items()}
        if "choices" in self.validated_data:
            changes["choices"] = [
                {name: value for name, value in choice.items() if value}
                for choice in self.validated_data["choices"]
            ]
        return changes


class NewField(FieldChange):
    """A field: what it holds and its key can never be changed."""

    label = serializers.CharField(max_length=120)
    type = serializers.ChoiceField(choices=FieldType.choices)
    key = serializers.CharField(
        max_length=60, required=False, help_text="Without one it is made from the label."
    )


class FieldViewSet(BrandViewSet[CustomField]):
    """The brand's own fields, archived ones included."""

    scope = Scope.CREATORS_READ
    write_scope = Scope.SEGMENTS_WRITE
    queryset = CustomField.objects.none()
    serializer_class = FieldSerializer
    lookup_field = "key"
    lookup_value_regex = KEY
    pagination_class = WholeList

    def get_queryset(self) -> QuerySet[CustomField]:
        """Fields of the token's brand."""
        return CustomField.objects.filter(brand=self.brand)

    def list(self, request: Request) -> Response:
        """All fields, in the order in which people see them."""
        rows = self.get_queryset().order_by("position", "label", "pk")
        return self.whole([field_row(field) for field in rows])

    @extend_schema(responses=FieldSerializer)
    def retrieve(self, request: Request, key: str) -> Response:
        """One field."""
        return Response(field_row(self._field(key)))

    @extend_schema(
        request=NewField,
        responses={201: FieldSerializer},
        examples=[
            OpenApiExample(
                "A list to choose from",
                value={
                    "label": "Shoe size system",
                    "type": "choice",
                    "choices": [{"value": "eu", "label": "EU"}, {"value": "us", "label": "US"}],
                },
                request_only=True,
            )
        ],
    )
    def create(self, request: Request) -> Response:
        """Define a field. Rules call it by its key."""
        body = NewField(data=request.data)
        body.is_valid(raise_exception=True)
        said = body.changes
        said["type"] = FieldType(said["type"])
        with refusals(FieldRefused, body=body):
            made = define_field(brand=self.brand, at=timezone.now(), actor=self.actor, **said)
        return Response(field_row(made), status=201)

    @extend_schema(request=FieldChange, responses=FieldSerializer)
    def partial_update(self, request: Request, key: str) -> Response:
        """Reword a field."""
        found = self._field(key)
        body = FieldChange(data=request.data)
        body.is_valid(raise_exception=True)
        with refusals(FieldRefused, body=body):
            changed = change_field(
                field_id=found.pk, changes=body.changes, at=timezone.now(), actor=self.actor
            )
        return Response(field_row(changed))

    @extend_schema(request=None, responses=FieldSerializer)
    def archive(self, request: Request, key: str) -> Response:
        """Take a field out of use: its values are kept, rules that read it say so."""
        found = self._field(key)
        archive_field(field_id=found.pk, at=timezone.now(), actor=self.actor)
        return Response(field_row(self._field(key)))

    @extend_schema(request=None, responses=FieldSerializer)
    def restore(self, request: Request, key: str) -> Response:
        """Bring a field back with the values it had."""
        found = self._field(key)
        restore_field(field_id=found.pk, at=timezone.now(), actor=self.actor)
        return Response(field_row(self._field(key)))

    def _field(self, key: str) -> CustomField:
        found = self.get_queryset().filter(key=key).first()
        if found is None:
            raise Http404
        return found


class CreatorFieldViewSet(BrandViewSet[Creator]):
    """What the fields in use hold for a creator now."""

    scope = Scope.CREATORS_READ
    write_scope = Scope.CREATORS_WRITE
    queryset = Creator.objects.none()
    serializer_class = FieldValueSerializer
    pagination_class = WholeList

    def list(self, request: Request, uid: str) -> Response:
        """Each field in use with its value; `value` is null where it is not known."""
        return self._shown(self._creator(uid))

    @extend_schema(
        request=FieldValuesChange,
        responses=FieldValuesSerializer,
        examples=[
            OpenApiExample(
                "Say two, take one away",
                value={
                    "values": {
                        "content_role": "educator",
                        "themes": ["spf", "how to"],
                        "risk_level": None,
                    },
                    "note": "Read the last twenty posts",
                },
                request_only=True,
            )
        ],
    )
    def change(self, request: Request, uid: str) -> Response:
        """Say what fields hold from now on; null takes a value away. History stays."""
        creator = self._creator(uid)
        body = FieldValuesChange(data=request.data)
        body.is_valid(raise_exception=True)
        given = body.validated_data
        try:
            set_values(
                brand=self.brand,
                creator_ids=[creator.pk],
                values=given["values"],
                at=timezone.now(),
                actor=self.actor,
                source=Source(given["source"]),
                note=given["note"],
            )
        except FieldValuesRefused as refusal:
            raise BadBody(
                [
                    Fault(_pointer(key), problem.code, str(problem))
                    for key, problem in refusal.problems.items()
                ]
            ) from refusal
        return self._shown(creator)

    def held(self) -> QuerySet[Relationship]:
        """How the brand stands with the creator."""
        return relationships_of(self.brand).filter(creator__uid=self.kwargs["uid"])

    def _creator(self, uid: str) -> Creator:
        rows = relationships_of(self.brand).select_related("creator")
        found = rows.filter(creator__uid=uid).first()
        if found is None:
            raise Http404
        return found.creator

    def _shown(self, creator: Creator) -> Response:
        held = held_fields(self.brand, creator, timezone.now())
        return self.whole([value_row(one) for one in held])


def field_row(field: CustomField) -> Row:
    """A field as the API shows it."""
    return {
        "key": field.key,
        "label": field.label,
        "description": field.description or None,
        "type": field.type,
        "unit": field.unit or None,
        "choices": [{**choice, "definition": choice.get("definition")} for choice in field.choices]
        or None,
        "is_standard": field.is_standard,
        "archived_at": field.archived_at,
    }


def value_row(held: HeldField) -> Row:
    """A field and its value as the API shows it."""
    row = held.row
    return {
        "key": held.field.key,
        "label": held.field.label,
        "value": None if row is None else plain(row.value),
        "words": held.words or None,
        "source": None if row is None else row.source,
        "note": None if row is None else row.note or None,
        "author": row.author.email if row is not None and row.author else None,
        "since": None if row is None else row.since,
    }


def _pointer(key: str) -> str:
    """Where the body says it; a key may hold what a JSON pointer escapes."""
    if key == "note":
        return "/note"
    return "/values/" + named(key).replace("~", "~0").replace("/", "~1")
