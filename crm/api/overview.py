"""The brand at a glance, as on its overview: tiles of what the token may read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.authentication import role_of
from crm.api.base import BrandViewSet
from crm.api.pagination import WholeList
from crm.choices import Scope
from crm.models import Relationship
from crm.overview import Asked, Part, Tile, overview_of

if TYPE_CHECKING:
    from crm.choices import Role

_PARTS = [(part.name.lower(), part.value) for part in Part]


class OverviewFigureSerializer(serializers.Serializer[Any]):
    """A number with the list that makes it up."""

    name = serializers.CharField()
    number = serializers.CharField(
        allow_null=True,
        help_text="As the page shows it: a count, an amount with its currency, or words.",
    )
    words = serializers.CharField(allow_null=True, help_text="What has to be said beside it.")
    is_bad = serializers.BooleanField(help_text="Whether it asks for somebody.")
    url = serializers.CharField(help_text="A path of this product.")


class OverviewTileSerializer(serializers.Serializer[Any]):
    """Figures of one kind."""

    key = serializers.CharField()
    title = serializers.CharField()
    part = serializers.ChoiceField(choices=_PARTS)
    source = serializers.CharField(  # type: ignore[assignment] # a name of ours
        help_text="Where the numbers come from, in words."
    )
    as_of = serializers.DateTimeField(allow_null=True, help_text="From when they are.")
    empty = serializers.CharField(allow_null=True, help_text="What it means to have no figures.")
    figures = OverviewFigureSerializer(many=True)


class OverviewSerializer(serializers.Serializer[Any]):
    """How things stand with the brand."""

    tiles = OverviewTileSerializer(many=True)
    left_out = serializers.ListField(
        child=serializers.CharField(), help_text="Tiles of which the token lacks the scope."
    )


def _tile(tile: Tile) -> dict[str, Any]:
    return {
        "key": tile.key,
        "title": tile.title,
        "part": tile.part.name.lower(),
        "source": tile.source,
        "as_of": tile.as_of,
        "empty": None if tile.figures else tile.empty or None,
        "figures": [
            {
                "name": figure.name,
                "number": figure.number,
                "words": figure.words or None,
                "is_bad": figure.is_bad,
                "url": figure.url,
            }
            for figure in tile.figures
        ],
    }


class OverviewViewSet(BrandViewSet[Relationship]):
    """The brand at a glance."""

    scope = Scope.RELATIONSHIPS_READ
    queryset = Relationship.objects.none()
    serializer_class = OverviewSerializer
    pagination_class = WholeList
    http_method_names = ["get", "head"]

    @extend_schema(responses=OverviewSerializer)
    def retrieve(self, request: Request) -> Response:
        """Every tile whose lists the token may read, in the order that suits the role."""
        role = cast("Role", role_of(self.token))  # HasScope asks for one
        asked = Asked(self.brand, self.actor, role, timezone.now())
        tiles = [tile for _part, found in overview_of(asked) for tile in found]
        return Response(
            {
                "tiles": [_tile(one) for one in tiles if one.scope in self.token.scopes],
                "left_out": [one.key for one in tiles if one.scope not in self.token.scopes],
            }
        )
