"""Notes about creators: read, write, and correct one's own."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import ID, BrandViewSet
from crm.api.body import Body
from crm.api.pagination import Row
from crm.api.problems import MEDIA_TYPE, Refused
from crm.api.relationships import CreatorRefSerializer
from crm.api.schema import ProblemSerializer
from crm.choices import Scope
from crm.models import Note, Relationship
from crm.paging import Order
from crm.services import notes as service

ORDER = Order("notes", key="id", descending=True)
COLUMNS = (
    "id",
    "relationship__creator__uid",
    "relationship__creator__name",
    "author__email",
    "text",
    "created_at",
    "edited_at",
)
NOT_YOURS = {
    (409, MEDIA_TYPE): OpenApiResponse(
        ProblemSerializer, description="Somebody else's note: code `not_the_author`."
    )
}


class NoteSerializer(serializers.Serializer[Any]):
    """What somebody wrote about a creator."""

    id = serializers.IntegerField()
    creator = CreatorRefSerializer()
    author = serializers.EmailField(allow_null=True)
    text = serializers.CharField()
    created_at = serializers.DateTimeField()
    edited_at = serializers.DateTimeField(allow_null=True)


class NoteText(Body):
    """What it says; @ and the first part of a colleague's address tells them."""

    text = serializers.CharField(max_length=service.NOTE_MAX)


class NewNote(NoteText):
    """A note about a creator."""

    creator = serializers.UUIDField(help_text="The uid of a creator whom the brand knows.")

    def validate_creator(self, uid: Any) -> Relationship:
        """How the brand stands with the creator."""
        brand = self.context["brand"]
        rows = Relationship.objects.filter(brand=brand, creator__uid=uid)
        found = rows.select_related("creator", "brand").first()
        if found is None:
            words = f"{brand} knows no creator of this uid."
            raise serializers.ValidationError(ErrorDetail(words, "unknown_creator"))
        return found


class NoteFilter(filters.FilterSet):  # type: ignore[misc] # no types
    """Which notes to list."""

    creator = filters.UUIDFilter(field_name="relationship__creator__uid", label="A creator's uid")

    class Meta:
        model = Note
        fields: list[str] = []


class NoteViewSet(BrandViewSet[Note]):
    """Notes of the brand; deleted ones are gone."""

    scope = Scope.TASKS_READ
    write_scope = Scope.TASKS_WRITE
    queryset = Note.objects.none()
    serializer_class = NoteSerializer
    filterset_class = NoteFilter
    lookup_value_regex = ID

    def get_queryset(self) -> QuerySet[Note]:
        """Notes of the token's brand."""
        return Note.objects.standing().filter(relationship__brand=self.brand)

    def list(self, request: Request) -> Response:
        """Notes, newest first."""
        rows = self.filter_queryset(self.get_queryset()).values(*COLUMNS)
        return self.page(rows, order=ORDER, represent=notes)

    @extend_schema(responses=NoteSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One note."""
        return Response(self._shown(pk))

    @extend_schema(request=NewNote, responses={201: NoteSerializer})
    def create(self, request: Request) -> Response:
        """Write a note."""
        body = NewNote(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        made = service.add_note(
            relationship=body.validated_data["creator"],
            text=body.validated_data["text"],
            author=self.actor,
            at=timezone.now(),
        )
        return Response(self._shown(made.pk), status=201)

    @extend_schema(request=NoteText, responses={200: NoteSerializer, **NOT_YOURS})
    def partial_update(self, request: Request, pk: str) -> Response:
        """Correct one's own note; what it said is kept."""
        self.one(self.get_queryset().filter(pk=pk).values("id"))
        body = NoteText(data=request.data)
        body.is_valid(raise_exception=True)
        try:
            service.change_note(
                note_id=int(pk),
                brand=self.brand,
                text=body.validated_data["text"],
                actor=self.actor,
                at=timezone.now(),
            )
        except Note.DoesNotExist as gone:
            raise Http404 from gone
        except service.NoteRefused as refusal:
            raise Refused(refusal, code=refusal.code) from refusal
        return Response(self._shown(pk))

    @extend_schema(request=None, responses={204: None, **NOT_YOURS})
    def delete(self, request: Request, pk: str) -> Response:
        """Take one's own note back."""
        try:
            service.delete_note(
                note_id=int(pk), brand=self.brand, actor=self.actor, at=timezone.now()
            )
        except Note.DoesNotExist as gone:
            raise Http404 from gone
        except service.NoteRefused as refusal:
            raise Refused(refusal, code=refusal.code) from refusal
        return Response(status=204)

    def _shown(self, pk: int | str) -> Row:
        [found] = notes([self.one(self.get_queryset().filter(pk=pk).values(*COLUMNS))])
        return found


def notes(rows: list[Row]) -> list[Row]:
    """Rows of COLUMNS as the API shows them."""
    return [
        {
            "id": row["id"],
            "creator": {
                "uid": row["relationship__creator__uid"],
                "name": row["relationship__creator__name"],
            },
            "author": row["author__email"],
            "text": row["text"],
            "created_at": row["created_at"],
            "edited_at": row["edited_at"],
        }
        for row in rows
    ]
