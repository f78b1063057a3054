"""Notes about creators: read, write, and correct one's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import ID, BrandViewSet
from crm.api.body import Body
from crm.api.pagination import Row
from crm.api.refusals import refusals
from crm.api.relationships import CreatorRefSerializer, KnownCreatorField
from crm.choices import Scope
from crm.models import Note
from crm.paging import Order
from crm.permissions import Can, may
from crm.services import notes as service

ORDER = Order("notes", key="id", descending=True)
COLUMNS = (
    "id",
    "relationship__creator__uid",
    "relationship__creator__name",
    "author__email",
    "text",
    "is_restricted",
    "created_at",
    "edited_at",
)


class NoteSerializer(serializers.Serializer[Any]):
    """What somebody wrote about a creator."""

    id = serializers.IntegerField()
    creator = CreatorRefSerializer()
    author = serializers.EmailField(allow_null=True)
    text = serializers.CharField()
    is_restricted = serializers.BooleanField(
        help_text="Given to its author and to legal and admins only."
    )
    created_at = serializers.DateTimeField()
    edited_at = serializers.DateTimeField(allow_null=True)


class NoteText(Body):
    """What it says; @ and the first part of a colleague's address tells them."""

    text = serializers.CharField(max_length=service.NOTE_MAX)


class NewNote(NoteText):
    """A note about a creator."""

    creator = KnownCreatorField()
    is_restricted = serializers.BooleanField(
        default=False, help_text="Read by its author, legal and admins only."
    )


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
        return (
            Note.objects.standing()
            .readable(by=self.actor, reads_restricted=may(self.role, Can.READ_RESTRICTED))
            .filter(relationship__brand=self.brand)
        )

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
        with refusals(service.NoteRefused, body=body):
            made = service.add_note(
                relationship=body.validated_data["creator"],
                text=body.validated_data["text"],
                is_restricted=body.validated_data["is_restricted"],
                author=self.actor,
                at=timezone.now(),
            )
        return Response(self._shown(made.pk), status=201)

    @extend_schema(request=NoteText, responses=NoteSerializer)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Correct one's own note; what it said is kept."""
        self.one(self.get_queryset().filter(pk=pk).values("id"))
        body = NoteText(data=request.data)
        body.is_valid(raise_exception=True)
        self._act(service.change_note, pk, body, text=body.validated_data["text"])
        return Response(self._shown(pk))

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request, pk: str) -> Response:
        """Take one's own note back; nobody else sees it any more."""
        self._act(service.delete_note, pk)
        return Response(status=204)

    @extend_schema(request=None, responses=NoteSerializer)
    def restore(self, request: Request, pk: str) -> Response:
        """Bring one's own deleted note back."""
        self._act(service.restore_note, pk)
        return Response(self._shown(pk))

    def _act(
        self, act: Callable[..., object], pk: str, body: Body | None = None, **given: str
    ) -> None:
        """Do it to a note of the brand; 404 where there is none, 403 where it is not one's own."""
        with refusals(service.NoteRefused, body=body):
            act(note_id=int(pk), brand=self.brand, actor=self.actor, at=timezone.now(), **given)

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
            "is_restricted": row["is_restricted"],
            "created_at": row["created_at"],
            "edited_at": row["edited_at"],
        }
        for row in rows
    ]
