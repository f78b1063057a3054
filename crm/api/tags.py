"""A brand's tags, and those of a creator."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Count, QuerySet
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import BrandViewSet
from crm.api.body import Body
from crm.api.fields import KEY
from crm.api.pagination import Row, WholeList
from crm.api.problems import BadBody, Fault
from crm.choices import Scope, TagColour
from crm.models import CreatorTag, Relationship, Tag
from crm.selectors import relationships_of
from crm.services import tags as service

CREATORS_MAX = 1_000
Ids = list[int]  # a class below has a method of that name


class TagSerializer(serializers.Serializer[Any]):
    """A word of the brand."""

    key = serializers.CharField(help_text="Stays when the word is changed: rules read it.")
    name = serializers.CharField()
    colour = serializers.ChoiceField(choices=TagColour.choices)
    creators = serializers.IntegerField(help_text="How many have it.")


class CreatorTagSerializer(serializers.Serializer[Any]):
    """A tag of a creator."""

    key = serializers.CharField()
    name = serializers.CharField()
    since = serializers.DateTimeField()
    author = serializers.EmailField(allow_null=True)


class CreatorTagsSerializer(serializers.Serializer[Any]):
    """All tags of a creator, in the shape of a list."""

    results = CreatorTagSerializer(many=True)
    next = serializers.URLField(allow_null=True, help_text="Always null: this is all.")
    previous = serializers.URLField(allow_null=True, help_text="Always null: this is all.")
    count = serializers.IntegerField()


class CreatorTagsChange(Body):
    """All tags that a creator has from now on."""

    tags = serializers.ListField(
        child=serializers.CharField(max_length=200), max_length=100, help_text="New words are made."
    )


class TagChange(Body):
    """What to change; rules go on reading the tag by its key."""

    name = serializers.CharField(max_length=200, required=False)
    colour = serializers.ChoiceField(choices=TagColour.choices, required=False)


class TaggedCreators(Body):
    """A tag by its name, and creators by their uids."""

    name = serializers.CharField(max_length=200)
    creators = serializers.ListField(
        child=serializers.UUIDField(), min_length=1, max_length=CREATORS_MAX
    )


class TaggedSerializer(serializers.Serializer[Any]):
    """How many were changed: the others were so already."""

    changed = serializers.IntegerField()


class TagViewSet(BrandViewSet[Tag]):
    """Tags of the brand."""

    scope = Scope.CREATORS_READ
    write_scope = Scope.CREATORS_WRITE
    lookup_field = "key"
    lookup_value_regex = KEY
    queryset = Tag.objects.none()
    serializer_class = TagSerializer
    pagination_class = WholeList
    http_method_names = ["get", "head", "post", "patch", "delete"]

    def get_queryset(self) -> QuerySet[Tag]:
        """Those of the token's brand."""
        return Tag.objects.filter(brand=self.brand)

    def list(self, request: Request) -> Response:
        """All tags by name, with how many creators have each."""
        return self.whole(_tags(self.get_queryset()))

    @extend_schema(request=TagChange, responses=TagSerializer)
    def partial_update(self, request: Request, key: str) -> Response:
        """Call a tag otherwise, or colour it."""
        found = self._tag(key)
        body = TagChange(data=request.data)
        body.is_valid(raise_exception=True)
        said = {"name": found.name, "colour": found.colour} | body.validated_data
        try:
            service.change_tag(tag=found, actor=self.actor, at=timezone.now(), **said)
        except service.TagRefused as refusal:
            raise BadBody([Fault(f"/{refusal.field}", "invalid", str(refusal))]) from refusal
        [row] = _tags(self.get_queryset().filter(pk=found.pk))
        return Response(row)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, key: str) -> Response:
        """Take a tag from everybody, and forget the word."""
        service.delete_tag(tag=self._tag(key), actor=self.actor, at=timezone.now())
        return Response(status=204)

    @extend_schema(request=TaggedCreators, responses=TaggedSerializer)
    def give(self, request: Request) -> Response:
        """Give up to 1,000 creators a tag, all or none; a new word is made."""
        name, creators = self._tagged()
        try:
            _tag, changed = service.add_tag(
                brand=self.brand,
                creator_ids=creators,
                name=name,
                actor=self.actor,
                at=timezone.now(),
            )
        except service.TagRefused as refusal:
            raise BadBody([Fault("/name", "invalid", str(refusal))]) from refusal
        return Response({"changed": changed})

    @extend_schema(request=TaggedCreators, responses=TaggedSerializer)
    def take(self, request: Request) -> Response:
        """Take a tag from up to 1,000 creators, all or none; the word stays."""
        name, creators = self._tagged()
        tag = self.get_queryset().filter(name__iexact=" ".join(name.split())).first()
        if tag is None:
            raise BadBody([Fault("/name", "unknown_tag", "There is no tag of this name.")])
        changed = service.remove_tag(
            tag=tag, creator_ids=creators, actor=self.actor, at=timezone.now()
        )
        return Response({"changed": changed})

    def _tag(self, key: str) -> Tag:
        found = self.get_queryset().filter(key=key).first()
        if found is None:
            raise Http404
        return found

    def _tagged(self) -> tuple[str, Ids]:
        """The name, and the creators by their keys; BadBody names each whom the brand lacks."""
        body = TaggedCreators(data=self.request.data)
        body.is_valid(raise_exception=True)
        uids = body.validated_data["creators"]
        found = dict(
            relationships_of(self.brand)
            .filter(creator__uid__in=uids)
            .values_list("creator__uid", "creator")
        )
        faults = [
            Fault(f"/creators/{place}", "unknown_creator", "Your brand has no such creator.")
            for place, uid in enumerate(uids)
            if uid not in found
        ]
        if faults:
            raise BadBody(faults)
        return body.validated_data["name"], list(found.values())


def _tags(rows: QuerySet[Tag]) -> list[Row]:
    counted = rows.annotate(creators_count=Count("creator_tags")).order_by("name")
    return [
        {"key": key, "name": name, "colour": colour, "creators": creators}
        for key, name, colour, creators in counted.values_list(
            "key", "name", "colour", "creators_count"
        )
    ]


class CreatorTagViewSet(BrandViewSet[CreatorTag]):
    """The tags of a creator."""

    scope = Scope.CREATORS_READ
    write_scope = Scope.CREATORS_WRITE
    queryset = CreatorTag.objects.none()
    serializer_class = CreatorTagSerializer
    pagination_class = WholeList

    def list(self, request: Request, uid: str) -> Response:
        """The tags of a creator by name."""
        return self._shown(self._relationship(uid))

    @extend_schema(request=CreatorTagsChange, responses=CreatorTagsSerializer)
    def change(self, request: Request, uid: str) -> Response:
        """Say which tags a creator has: others are taken away, new words are made."""
        relationship = self._relationship(uid)
        body = CreatorTagsChange(data=request.data)
        body.is_valid(raise_exception=True)
        wanted = {" ".join(name.split()).lower(): name for name in body.validated_data["tags"]}
        held = {row.tag.name.lower(): row.tag for row in self._rows(relationship)}
        creators, at = [relationship.creator_id], timezone.now()
        try:
            with transaction.atomic():
                for word, name in wanted.items():
                    if word not in held:
                        service.add_tag(
                            brand=self.brand,
                            creator_ids=creators,
                            name=name,
                            actor=self.actor,
                            at=at,
                        )
                for word, tag in held.items():
                    if word not in wanted:
                        service.remove_tag(tag=tag, creator_ids=creators, actor=self.actor, at=at)
        except service.TagRefused as refusal:
            raise BadBody([Fault("/tags", "invalid", str(refusal))]) from refusal
        return self._shown(relationship)

    def held(self) -> QuerySet[Relationship]:
        """How the brand stands with the creator."""
        return relationships_of(self.brand).filter(creator__uid=self.kwargs["uid"])

    def _relationship(self, uid: str) -> Relationship:
        found = relationships_of(self.brand).filter(creator__uid=uid).first()
        if found is None:
            raise Http404
        return found

    def _rows(self, relationship: Relationship) -> QuerySet[CreatorTag]:
        rows = CreatorTag.objects.filter(tag__brand=self.brand, creator=relationship.creator_id)
        return rows.select_related("tag", "tag__brand", "author").order_by("tag__name")

    def _shown(self, relationship: Relationship) -> Response:
        return self.whole(
            [
                {
                    "key": row.tag.key,
                    "name": row.tag.name,
                    "since": row.created_at,
                    "author": row.author.email if row.author else None,
                }
                for row in self._rows(relationship)
            ]
        )
