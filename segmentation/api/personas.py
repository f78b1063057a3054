"""The personas of a dimension in which the first tag counts, over REST."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import BrandViewSet
from crm.api.pagination import Row
from crm.choices import Scope
from segmentation.models import Dimension
from segmentation.selectors.persona_report import LISTED, PersonaRow, dimensions_of, report_of


class PersonaSerializer(serializers.Serializer[Any]):
    """A persona, and what is recommended to its creators."""

    segment = serializers.CharField(help_text="The key of one of `segments/`.")
    name = serializers.CharField()
    rule_text = serializers.CharField(allow_null=True, help_text="Null: no version is in use.")
    tagged = serializers.IntegerField(help_text="Creators with the tag.")
    effective = serializers.IntegerField(help_text="For whom it is the one that counts.")
    share = serializers.FloatField(allow_null=True, help_text="Effective of known creators.")
    curve = serializers.FloatField(
        allow_null=True, help_text="The share of the adoption curve; null: it is none of it."
    )
    affinity = serializers.FloatField(
        allow_null=True, help_text="Core partners and advocates among the effective ones."
    )
    do_not_pitch = serializers.BooleanField(help_text="They are asked for feedback instead.")


class PersonaPairSerializer(serializers.Serializer[Any]):
    """Creators who have two tags of which the first counts."""

    counts = serializers.CharField()
    suppressed = serializers.CharField()
    creators = serializers.IntegerField()


class SeveralTagsSerializer(serializers.Serializer[Any]):
    """A creator with several tags, in order of precedence."""

    creator = serializers.UUIDField()
    name = serializers.CharField()
    segments = serializers.ListField(child=serializers.CharField())
    reason = serializers.CharField(help_text="Why the first one counts.")


class PanelistSerializer(serializers.Serializer[Any]):
    """Somebody who is asked for feedback and not pitched."""

    creator = serializers.UUIDField()
    name = serializers.CharField()
    segment = serializers.CharField()
    since = serializers.DateTimeField()
    campaigns = serializers.ListField(
        child=serializers.CharField(), help_text="Open ones that they are in, by key."
    )


class PersonaReportSerializer(serializers.Serializer[Any]):
    """All of it, as its page has it."""

    dimension = serializers.CharField()
    known = serializers.IntegerField(help_text="Creators whom the brand knows.")
    untagged = serializers.IntegerField(help_text="Of these, creators for whom none counts.")
    personas = PersonaSerializer(many=True)
    pairs = PersonaPairSerializer(many=True)
    several_count = serializers.IntegerField()
    several = SeveralTagsSerializer(many=True, help_text=f"The first {LISTED}.")
    panel_count = serializers.IntegerField()
    panel = PanelistSerializer(many=True, help_text=f"The first {LISTED}.")


class PersonaReportViewSet(BrandViewSet[Dimension]):
    """Personas side by side."""

    scope = Scope.SEGMENTS_READ
    queryset = Dimension.objects.none()
    serializer_class = PersonaReportSerializer
    http_method_names = ["get", "head"]

    @extend_schema(responses=PersonaReportSerializer)
    def retrieve(self, request: Request, key: str) -> Response:
        """Shares, precedence and the panel; 404 where a dimension has no precedence."""
        dimension = next((one for one in dimensions_of(self.brand) if one.key == key), None)
        if dimension is None:
            raise Http404
        found = report_of(dimension)
        return Response(
            {
                "dimension": dimension.key,
                "known": found.known,
                "untagged": found.untagged,
                "personas": [_persona(row) for row in found.rows],
                "pairs": [
                    {
                        "counts": one.counts.key,
                        "suppressed": one.suppressed.key,
                        "creators": one.creators,
                    }
                    for one in found.pairs
                ],
                "several_count": found.several_count,
                "several": [
                    {
                        "creator": one.uid,
                        "name": one.name,
                        "segments": [tag.key for tag in one.tags],
                        "reason": one.reason,
                    }
                    for one in found.several
                ],
                "panel_count": found.panel_count,
                "panel": [
                    {
                        "creator": one.uid,
                        "name": one.name,
                        "segment": one.persona.key,
                        "since": one.since,
                        "campaigns": list(one.campaigns),
                    }
                    for one in found.panel
                ],
            }
        )


def _persona(row: PersonaRow) -> Row:
    return {
        "segment": row.segment.key,
        "name": row.segment.name,
        "rule_text": row.rule or None,
        "tagged": row.tagged,
        "effective": row.effective,
        "share": row.share,
        "curve": row.curve,
        "affinity": row.affinity,
        "do_not_pitch": bool(row.playbook and row.playbook.do_not_pitch),
    }
