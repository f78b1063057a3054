"""The library over REST, written: assets added, described, tagged, put away; their files."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.http.response import HttpResponseBase
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.acting import ActingViewSet, NothingSaid
from campaigns.api.asset_bodies import AssetChange, AssetTagging, NewAsset, NewAssetFile, UseEnd
from campaigns.api.assets import (
    COLUMNS,
    USE_COLUMNS,
    AssetSerializer,
    AssetUseSerializer,
    AssetViewSet,
    assets,
    uses,
)
from campaigns.api.campaigns import REFUSED
from campaigns.choices import AssetOrigin
from campaigns.files import respond_with
from campaigns.models import Asset, AssetUse, Deliverable
from campaigns.services.assets import collecting, files, library, using
from campaigns.services.days import today_of
from crm.api.pagination import Row
from crm.api.parsing import StrictJSONParser
from crm.api.problems import BadBody, Fault
from crm.choices import Scope
from crm.models import Brand, User


class TaggedAssetsSerializer(serializers.Serializer[Any]):
    """How many assets were changed."""

    changed = serializers.IntegerField()


class KeptSerializer(serializers.Serializer[Any]):
    """What is new in the library; nothing where it was there."""

    added = AssetSerializer(many=True)


class LibraryViewSet(AssetViewSet, ActingViewSet[Asset]):
    """The brand's library."""

    http_method_names = ["get", "head", "post", "patch"]

    @extend_schema(
        request=NewAsset,
        responses={201: AssetSerializer, **REFUSED},
        examples=[
            OpenApiExample(
                "A customer's post",
                value={
                    "title": "Morning light",
                    "origin": "ugc",
                    "url": "https://example.com/p/1",
                    "made_by": "Bo",
                },
                request_only=True,
            )
        ],
    )
    def create(self, request: Request) -> Response:
        """Add a post or a page by its address."""
        body = self.said(NewAsset)
        facts = library.Facts(**_facts(body.validated_data))
        made = self.done(collecting.take_in, body, facts=facts, kept=None)
        return Response(self.shown(made.pk), status=201)

    @extend_schema(request=AssetChange, responses={200: AssetSerializer, **REFUSED})
    def partial_update(self, request: Request, pk: str) -> Response:
        """Say something else about it; its file stays what it is."""
        found, body = self._asset(pk), self.said(AssetChange)
        said = _facts(body.validated_data)
        version = said.pop("version")
        self.done(
            library.change,
            body,
            asset_id=found.pk,
            facts=library.facts_with(found, **said),
            expected_version=version,
        )
        return Response(self.shown(pk))

    @extend_schema(request=None, responses={200: AssetSerializer})
    def archive(self, request: Request, pk: str) -> Response:
        """Put it away from the list; its log and its rights stay."""
        return self._put(pk, is_away=True)

    @extend_schema(request=None, responses={200: AssetSerializer})
    def restore(self, request: Request, pk: str) -> Response:
        """Take it back into the list."""
        return self._put(pk, is_away=False)

    @extend_schema(request=AssetTagging, responses={200: TaggedAssetsSerializer, **REFUSED})
    def tag_many(self, request: Request) -> Response:
        """Put tags on assets, or take them off; all of them or none."""
        body = self.said(AssetTagging)
        said = body.validated_data
        held = self.get_queryset().filter(pk__in=said["assets"]).values_list("pk", flat=True)
        if missing := set(said["assets"]) - set(held):
            faults = [
                Fault(f"/assets/{number}", "unknown_asset", "The brand has no such asset.")
                for number, one in enumerate(said["assets"])
                if one in missing
            ]
            raise BadBody(faults)
        changed = self.done(
            library.tag_many,
            body,
            places={"tags": "/add", "ids": "/assets"},
            ids=said["assets"],
            add_tags=said.get("add", ()),
            drop_tags=said.get("drop", ()),
        )
        return Response({"changed": changed})

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    def file(self, request: Request, pk: str) -> HttpResponseBase:
        """Its file, byte for byte."""
        found = self._asset(pk)
        if not found.sha256:
            raise Http404
        answer = respond_with(request._request, library.stored(found), as_attachment=True)
        # What the document promises; the name tells what it is.
        answer["Content-Type"] = "application/octet-stream"
        return answer

    def shown(self, pk: int | str) -> Row:
        """An asset as GET shows it."""
        [found] = assets([self.one(self.get_queryset().filter(pk=pk).values(*COLUMNS))])
        return found

    def _put(self, pk: str, *, is_away: bool) -> Response:
        found = self._asset(pk)
        self.done(library.put_away, NothingSaid(), asset_id=found.pk, is_away=is_away)
        return Response(self.shown(pk))


class AssetFileViewSet(LibraryViewSet):
    """Files that come into the library; multipart."""

    # A body without a file is read as well, to say that it is missing.
    parser_classes = [MultiPartParser, StrictJSONParser]

    @extend_schema(
        request={"multipart/form-data": NewAssetFile}, responses={201: AssetSerializer, **REFUSED}
    )
    def upload(self, request: Request) -> Response:
        """Add a file."""
        body = self.said(NewAssetFile)
        said = _facts(body.validated_data)
        upload = said.pop("file")
        made = self.done(_take_file, body, upload=upload, facts=library.Facts(**said))
        return Response(self.shown(made.pk), status=201)


class KeepingViewSet(ActingViewSet[Deliverable]):
    """Approved content that goes into the library."""

    scope = Scope.CAMPAIGNS_READ
    write_scope = Scope.CAMPAIGNS_WRITE
    queryset = Deliverable.objects.none()
    serializer_class = KeptSerializer
    http_method_names = ["post"]

    @extend_schema(request=None, responses={200: KeptSerializer, **REFUSED})
    def keep(self, request: Request, pk: str) -> Response:
        """Files of the approved draft, or the address of what was published; once each."""
        pieces = Deliverable.objects.select_related(
            "engagement__campaign__brand", "engagement__relationship", "platform", "post"
        )
        piece = pieces.filter(engagement__campaign__brand=self.brand, pk=pk).first()
        if piece is None:
            raise Http404
        made = self.done(_keep_piece, NothingSaid(), deliverable=piece)
        rows = Asset.objects.filter(pk__in=[one.pk for one in made]).order_by("pk")
        return Response({"added": assets(list(rows.values(*COLUMNS)))})


class UseEndViewSet(ActingViewSet[AssetUse]):
    """Uses that came to an end."""

    scope = Scope.CAMPAIGNS_READ
    write_scope = Scope.CAMPAIGNS_WRITE
    queryset = AssetUse.objects.none()
    serializer_class = AssetUseSerializer
    http_method_names = ["post"]

    @extend_schema(request=UseEnd, responses={200: AssetUseSerializer, **REFUSED})
    def end(self, request: Request, pk: str) -> Response:
        """It was taken down."""
        rows = AssetUse.objects.filter(asset__brand=self.brand, pk=pk)
        use, body = self.one(rows.values("id"))["id"], self.said(UseEnd)
        said = body.validated_data
        self.done(
            using.end_use,
            body,
            use_id=use,
            on=said.get("on") or today_of(self.brand, timezone.now()),
            expected_version=said["version"],
        )
        [shown] = uses(list(rows.values(*USE_COLUMNS)))
        return Response(shown)


def _facts(said: Any) -> dict[str, Any]:
    found = dict(said)
    if "tags" in found:
        found["tags"] = tuple(found["tags"])
    if "origin" in found:
        found["origin"] = AssetOrigin(found["origin"])
    return found


def _take_file(*, brand: Brand, upload: Any, actor: User, at: Any, facts: library.Facts) -> Asset:
    kept = files.keep(brand, upload)
    return collecting.take_in(brand=brand, facts=facts, kept=kept, actor=actor, at=at)


def _keep_piece(*, brand: Brand, deliverable: Deliverable, actor: User, at: Any) -> list[Asset]:
    return collecting.keep_deliverable(deliverable=deliverable, actor=actor, at=at)
