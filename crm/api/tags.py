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
from crm.api.pagination import WholeList
from crm.api.problems import BadBody, Fault
from crm.choices import Scope, TagColour
from crm.models import CreatorTag, Relationship, Tag
from crm.selectors import relationships_of
from crm.services import tags as service


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


class TagViewSet(BrandViewSet[Tag]):
    """Tags of the brand."""

    scope = Scope.CREATORS_READ
    queryset = Tag.objects.none()
    serializer_class = TagSerializer
    pagination_class = WholeList
    http_method_names = ["get", "head"]

    def get_queryset(self) -> QuerySet[Tag]:
        """Those of the token's brand."""
        return Tag.objects.filter(brand=self.brand)

    def list(self, request: Request) -> Response:
        """All tags by name, with how many creators have each."""
        rows = self.get_queryset().annotate(creators_count=Count("creator_tags")).order_by("name")
        return self.whole(
            [
                {"key": key, "name": name, "colour": colour, "creators": creators}
                for key, name, colour, creators in rows.values_list(
                    "key", "name", "colour", "creators_count"
                )
            ]
        )


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
