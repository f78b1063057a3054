"""Virtual creators: who owns the character, whom it is like, and whether they allowed it."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse, Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.acting import ActingViewSet, NothingSaid
from campaigns.api.campaigns import REFUSED
from campaigns.api.words import LOCK
from campaigns.choices import BasedOn, DignityView, LikenessPart, PaperState
from campaigns.models import Likeness, VirtualCreator
from campaigns.services.registers import virtual as service
from crm.api.base import ID
from crm.api.body import Body
from crm.api.pagination import Row, WholeList
from crm.api.parsing import StrictJSONParser
from crm.api.relationships import CreatorRefSerializer, known_by
from crm.choices import CreatorType, Scope
from crm.models import Brand, Relationship, User

SAYS = tuple(service.Wanted.__dataclass_fields__)
PERSON = tuple(service.Person.__dataclass_fields__)
_TEXT: dict[str, Any] = {"required": False, "allow_blank": True}
_DAY: dict[str, Any] = {"required": False, "allow_null": True}


class VirtualSerializer(serializers.Serializer[Any]):
    """What is known of the character. Null: nobody knows."""

    creator = CreatorRefSerializer()
    owner = serializers.CharField(allow_null=True)
    contact_name = serializers.CharField(allow_null=True)
    contact_email = serializers.CharField(allow_null=True)
    is_ai_made = serializers.BooleanField(allow_null=True)
    based_on = serializers.ChoiceField(choices=BasedOn.choices, allow_null=True)
    ip_owner = serializers.CharField(allow_null=True)
    ip_terms = serializers.CharField(allow_null=True)
    ip_until = serializers.DateField(allow_null=True)
    dignity = serializers.ChoiceField(choices=DignityView.choices, allow_null=True)
    dignity_note = serializers.CharField(allow_null=True)
    dignity_by = serializers.EmailField(allow_null=True)
    dignity_on = serializers.DateField(allow_null=True)
    version = serializers.IntegerField(help_text="0: nothing is written down yet.")


class VirtualChange(Body):
    """What to write down; what is left out stays."""

    version = serializers.IntegerField(
        min_value=0, max_value=2**31 - 1, help_text="That you saw; 0 before the first."
    )
    owner = serializers.CharField(max_length=200, **_TEXT, help_text="Who runs it and signs.")
    contact_name = serializers.CharField(max_length=120, **_TEXT)
    contact_email = serializers.CharField(max_length=254, **_TEXT)
    is_ai_made = serializers.BooleanField(required=False, allow_null=True)
    based_on = serializers.ChoiceField(choices=BasedOn.choices, **_TEXT)
    ip_owner = serializers.CharField(max_length=200, **_TEXT)
    ip_terms = serializers.CharField(max_length=500, **_TEXT)
    ip_until = serializers.DateField(**_DAY)
    dignity = serializers.ChoiceField(choices=DignityView.choices, **_TEXT)
    dignity_note = serializers.CharField(max_length=500, **_TEXT)


class LikenessSerializer(serializers.Serializer[Any]):
    """Somebody whom the character is like, and their consent."""

    id = serializers.IntegerField()
    creator = CreatorRefSerializer(help_text="The character.")
    person = serializers.CharField()
    parts = serializers.ListField(child=serializers.ChoiceField(choices=LikenessPart.choices))
    consent = serializers.ChoiceField(
        choices=PaperState.choices, allow_null=True, help_text="Null: nobody asked."
    )
    scope = serializers.CharField(allow_null=True, help_text="To what they consented.")
    valid_from = serializers.DateField(allow_null=True)
    valid_until = serializers.DateField(allow_null=True)
    file = serializers.CharField(allow_null=True, help_text="The name of the paper.")
    version = serializers.IntegerField()


class _LikenessBody(Body):
    consent = serializers.ChoiceField(choices=PaperState.choices, **_TEXT)
    scope = serializers.CharField(max_length=500, **_TEXT)
    valid_from = serializers.DateField(**_DAY)
    valid_until = serializers.DateField(**_DAY)


class NewLikeness(_LikenessBody):
    """Somebody whom the character is like."""

    person = serializers.CharField(max_length=200)
    parts = serializers.ListField(
        child=serializers.ChoiceField(choices=LikenessPart.choices), max_length=len(LikenessPart)
    )


class LikenessChange(_LikenessBody):
    """What to change; what is left out stays."""

    version = serializers.IntegerField(**LOCK)
    person = serializers.CharField(max_length=200, required=False)
    parts = serializers.ListField(
        child=serializers.ChoiceField(choices=LikenessPart.choices),
        max_length=len(LikenessPart),
        required=False,
    )


class ConsentPaper(Body):
    """The paper of a consent."""

    version = serializers.IntegerField(**LOCK)
    file = serializers.FileField(
        allow_empty_file=True, help_text="A PDF or a picture, by its content; 25 MB."
    )


class VirtualViewSet(ActingViewSet[VirtualCreator]):
    """The character of a virtual creator."""

    scope = Scope.CAMPAIGNS_READ
    write_scope = Scope.REGISTERS_WRITE
    queryset = VirtualCreator.objects.none()
    serializer_class = VirtualSerializer
    http_method_names = ["get", "head", "patch"]

    @extend_schema(responses=VirtualSerializer)
    def retrieve(self, request: Request, uid: str) -> Response:
        """What is known of the character; 404 for a creator who is a person."""
        return Response(_virtual(virtual_with(self.brand, uid)))

    @extend_schema(
        request=VirtualChange,
        responses={200: VirtualSerializer, **REFUSED},
        examples=[
            OpenApiExample(
                "Made by AI",
                value={"version": 0, "owner": "Studio Nord", "is_ai_made": True},
                request_only=True,
            )
        ],
    )
    def partial_update(self, request: Request, uid: str) -> Response:
        """Write down what is known: checks of disclosure know it from then on."""
        relationship, body = virtual_with(self.brand, uid), self.said(VirtualChange)
        row = VirtualCreator.objects.filter(relationship=relationship).first()
        kept = {name: getattr(row, name) for name in SAYS} if row else {}
        said = dict(body.validated_data)
        version = said.pop("version")
        self.done(
            _save,
            body,
            relationship=relationship,
            wanted=service.Wanted(**(kept | said)),
            expected_version=version,
        )
        return Response(_virtual(relationship))

    def held(self) -> QuerySet[Any]:
        """The relationship, which each change of the character holds."""
        return Relationship.objects.filter(
            brand=self.brand,
            creator__uid=self.kwargs["uid"],
            creator__creator_type=CreatorType.VIRTUAL,
        )


class CreatorLikenessViewSet(ActingViewSet[Likeness]):
    """Whom a virtual creator is like."""

    scope = Scope.CAMPAIGNS_READ
    write_scope = Scope.REGISTERS_WRITE
    queryset = Likeness.objects.none()
    serializer_class = LikenessSerializer
    pagination_class = WholeList
    http_method_names = ["get", "head", "post"]

    def list(self, request: Request, uid: str) -> Response:
        """In the order in which they were written down."""
        rows = _people(self.brand).filter(virtual__relationship=virtual_with(self.brand, uid))
        return self.whole([_likeness(row) for row in rows.order_by("pk")])

    @extend_schema(request=NewLikeness, responses={201: LikenessSerializer, **REFUSED})
    def create(self, request: Request, uid: str) -> Response:
        """Write down somebody whom the character is like."""
        relationship, body = virtual_with(self.brand, uid), self.said(NewLikeness)
        wanted = service.Person(**body.validated_data)
        made = self.done(_save_person, body, relationship=relationship, wanted=wanted)
        return Response(_likeness(_people(self.brand).get(pk=made.pk)), status=201)


class LikenessViewSet(ActingViewSet[Likeness]):
    """Somebody whom a virtual creator is like."""

    scope = Scope.CAMPAIGNS_READ
    write_scope = Scope.REGISTERS_WRITE
    queryset = Likeness.objects.none()
    serializer_class = LikenessSerializer
    lookup_value_regex = ID
    http_method_names = ["get", "head", "patch", "delete"]

    def get_queryset(self) -> QuerySet[Likeness]:
        """Those of virtual creators of the token's brand that nobody put away."""
        return _people(self.brand)

    def retrieve(self, request: Request, pk: str) -> Response:
        """One of them."""
        return Response(_likeness(self.found(pk)))

    @extend_schema(request=LikenessChange, responses={200: LikenessSerializer, **REFUSED})
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change what is known; without a consent its paper goes."""
        found, body = self.found(pk), self.said(LikenessChange)
        said = dict(body.validated_data)
        version = said.pop("version")
        self.save(found, body, said, version)
        return Response(_likeness(self.found(pk)))

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        """Put them away: the character is not like them. The ledger keeps that they counted."""
        found = self.found(pk)
        self.done(
            _put_away,
            NothingSaid(),
            relationship=found.virtual.relationship,
            likeness_id=found.pk,
        )
        return Response(status=204)

    def found(self, pk: str) -> Likeness:
        """The likeness that the address names. Raises Http404."""
        row = self.get_queryset().filter(pk=pk).first()
        if row is None:
            raise Http404
        return row

    def save(
        self, found: Likeness, body: Body, said: dict[str, Any], version: int, **more: Any
    ) -> None:
        """Change what is known of it."""
        kept = {name: getattr(found, name) for name in PERSON}
        self.done(
            _save_person,
            body,
            relationship=found.virtual.relationship,
            wanted=service.Person(**(kept | said)),
            likeness_id=found.pk,
            expected_version=version,
            **more,
        )


class ConsentViewSet(LikenessViewSet):
    """Papers of consents; sent as multipart."""

    # A body without a file is read as well, to say that it is missing.
    parser_classes = [MultiPartParser, StrictJSONParser]
    http_method_names = ["get", "head", "post"]

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    def paper(self, request: Request, pk: str) -> FileResponse:
        """The paper of their consent; 404 where there is none."""
        found = self.found(pk)
        if not found.file_sha256 or not service.STORE.has(self.brand.pk, found.file_sha256):
            raise Http404
        return FileResponse(
            service.STORE.open(self.brand.pk, found.file_sha256),
            as_attachment=True,
            filename=found.file_name,
            content_type="application/octet-stream",
        )

    @extend_schema(
        request={"multipart/form-data": ConsentPaper},
        responses={200: LikenessSerializer, **REFUSED},
    )
    def put_paper(self, request: Request, pk: str) -> Response:
        """Keep the paper of their consent, in the place of one that there is."""
        found, body = self.found(pk), self.said(ConsentPaper)
        said = body.validated_data
        self.save(found, body, {}, said["version"], upload=said["file"])
        return Response(_likeness(self.found(pk)))


def virtual_with(brand: Brand, uid: str) -> Relationship:
    """How the brand stands with a virtual creator. Raises Http404."""
    return known_by(brand, creator__uid=uid, creator__creator_type=CreatorType.VIRTUAL)


def _people(brand: Brand) -> QuerySet[Likeness]:
    rows = Likeness.objects.filter(brand=brand, archived_at=None)
    return rows.select_related("virtual__relationship__creator", "virtual__relationship__brand")


def _save(*, brand: Brand, **named: Any) -> VirtualCreator:
    return service.save(**named)


def _save_person(*, brand: Brand, upload: Any = None, **named: Any) -> Likeness:
    if upload is not None:
        named["paper"] = service.keep(brand=brand, name=upload.name, content=upload.read())
    return service.save_person(**named)


def _put_away(*, brand: Brand, actor: User, **named: Any) -> Likeness:
    return service.put_away(actor=actor, **named)


def _virtual(relationship: Relationship) -> Row:
    creator = relationship.creator
    rows = VirtualCreator.objects.filter(relationship=relationship).select_related("dignity_by")
    row = rows.first() or VirtualCreator(relationship=relationship, version=0)
    shown = {name: _known(getattr(row, name)) for name in SAYS}
    return (
        {"creator": {"uid": creator.uid, "name": creator.name}}
        | shown
        | {
            "dignity_by": row.dignity_by.email if row.dignity_by else None,
            "dignity_on": row.dignity_on,
            "version": row.version,
        }
    )


def _likeness(row: Likeness) -> Row:
    creator = row.virtual.relationship.creator
    return (
        {"id": row.pk, "creator": {"uid": creator.uid, "name": creator.name}}
        | {name: _known(getattr(row, name)) for name in PERSON}
        | {"file": row.file_name or None, "version": row.version}
    )


def _known(value: object) -> object:
    """Empty texts are null in answers."""
    return None if value == "" else value
