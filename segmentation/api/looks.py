"""Creators who are alike, over REST."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import BrandViewSet
from crm.api.pagination import Row, WholeList
from crm.choices import Scope
from crm.models import Creator
from segmentation.matches.looks import PARTS
from segmentation.models import Segment
from segmentation.selectors import looks as selectors
from segmentation.selectors.looks import Like, Likes


class LikePartSerializer(serializers.Serializer[Any]):
    """One of the things that are compared; null: not known of both."""

    part = serializers.ChoiceField(choices=tuple(PARTS))
    weight = serializers.IntegerField()
    alike = serializers.FloatField(allow_null=True, help_text="0 to 1.")


class LikeSerializer(serializers.Serializer[Any]):
    """A creator who is alike, with why."""

    creator = serializers.UUIDField()
    name = serializers.CharField()
    followers = serializers.IntegerField(allow_null=True)
    alike = serializers.FloatField(help_text="0 to 100.")
    shared_terms = serializers.ListField(child=serializers.CharField())
    near_numbers = serializers.ListField(child=serializers.CharField())
    parts = LikePartSerializer(many=True)
    index_version = serializers.IntegerField(help_text="Of what it was found out from.")


class LikeViewSet(BrandViewSet[Creator]):
    """Who is alike. Empty where too little is known, or nothing was found out yet."""

    scope = Scope.SEGMENTS_READ
    queryset = Creator.objects.none()
    serializer_class = LikeSerializer
    pagination_class = WholeList

    @extend_schema(responses=LikeSerializer(many=True))
    def of_creator(self, request: Request, uid: str) -> Response:
        """Who is like a creator, the most alike first; fifty at most."""
        creator = Creator.objects.filter(relationships__brand=self.brand, uid=uid).first()
        if creator is None:
            raise Http404
        return self._answer(selectors.like_creator(self.brand, creator))

    @extend_schema(responses=LikeSerializer(many=True))
    def of_segment(self, request: Request, key: str) -> Response:
        """Who is like the members of a segment and no member; fifty at most."""
        segment = Segment.objects.select_related("brand").filter(brand=self.brand, key=key).first()
        if segment is None:
            raise Http404
        return self._answer(selectors.like_segment(segment))

    def _answer(self, likes: Likes) -> Response:
        version = likes.index.version if likes.index else 0
        return self.whole([_row(one, version) for one in likes.rows])


def _row(one: Like, version: int) -> Row:
    return {
        "creator": one.uid,
        "name": one.name,
        "followers": one.followers,
        "alike": one.likeness.score,
        "shared_terms": list(one.shared_terms),
        "near_numbers": list(one.near_numbers),
        "parts": [
            {"part": key, "weight": weight, "alike": one.likeness.parts[key]}
            for key, (_, weight) in PARTS.items()
        ],
        "index_version": version,
    }
