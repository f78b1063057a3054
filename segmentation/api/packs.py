"""Packs: what there is, what one would add or change, installing and adopting; tier schemes."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import BrandViewSet
from crm.api.body import Body
from crm.api.pagination import Row, WholeList
from crm.api.problems import MEDIA_TYPE
from crm.api.query import Query
from crm.api.refusals import refusals
from crm.api.schema import ProblemSerializer
from crm.choices import Scope
from crm.models import TierScheme
from segmentation.models import Dimension
from segmentation.rules import json_form, text
from segmentation.rules.errors import RuleInvalid
from segmentation.selectors import packs as selectors
from segmentation.selectors import tiers
from segmentation.services import packs as service
from segmentation.services.packs.files import Pack, PackUnknown
from segmentation.services.packs.plans import Line, State
from segmentation.services.segments import SegmentRefused


class PackSerializer(serializers.Serializer[Any]):
    """A ready-made dimension with its segments."""

    key = serializers.CharField()
    name = serializers.CharField()
    description = serializers.CharField()
    group = serializers.ChoiceField(choices=list(selectors.GROUPS))
    source = serializers.CharField()  # type: ignore[assignment] # a field's name
    version = serializers.IntegerField()
    installed = serializers.CharField(
        allow_null=True, help_text="Key and version that the brand's dimension came from."
    )
    segments = serializers.IntegerField(help_text="Of the brand's, those that the pack made.")


class PackSegmentSerializer(serializers.Serializer[Any]):
    """A segment of the pack beside what the brand has under its key."""

    key = serializers.CharField()
    name = serializers.CharField()
    purpose = serializers.CharField()
    definition = serializers.CharField(allow_blank=True)
    state = serializers.ChoiceField(choices=[state.value for state in State])
    problem = serializers.CharField(allow_null=True, help_text="Why it cannot be added.")
    rule_json = serializers.DictField()
    rule_text = serializers.CharField()
    rule_text_in_use = serializers.CharField(allow_null=True, help_text="The brand's.")
    lacks = serializers.ListField(
        child=serializers.CharField(), help_text="What adopting would fill in."
    )
    playbook = serializers.DictField()


class PackPlanSerializer(serializers.Serializer[Any]):
    """What installing the pack adds, and what the brand keeps."""

    key = serializers.CharField()
    name = serializers.CharField()
    description = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment] # a field's name
    version = serializers.IntegerField()
    adds_dimension = serializers.BooleanField()
    segments = PackSegmentSerializer(many=True)


class Adoption(Body):
    """Whose newer wording is taken over, and how."""

    segments = serializers.ListField(
        child=serializers.SlugField(max_length=60), min_length=1, max_length=500
    )
    reason = serializers.CharField(max_length=300, required=False, default="")
    as_drafts = serializers.BooleanField(
        default=False, help_text="Keep the wordings as drafts instead of putting them in use."
    )


class Installation(Body):
    """Whether it is meant."""

    dry_run = serializers.BooleanField(
        default=False, help_text="Only say what would be added, as a GET of the pack does."
    )


class PackViewSet(BrandViewSet[Dimension]):
    """Packs, beside what the brand has."""

    scope = Scope.SEGMENTS_READ
    write_scope = Scope.SEGMENTS_WRITE
    queryset = Dimension.objects.none()
    serializer_class = PackSerializer
    pagination_class = WholeList

    def list(self, request: Request) -> Response:
        """All packs, by kind."""
        groups = selectors.pack_groups(self.brand)
        return self.whole([card_row(card) for group in groups for card in group.cards])

    @extend_schema(responses=PackPlanSerializer)
    def retrieve(self, request: Request, key: str) -> Response:
        """What the pack would add, and how its wordings differ from the brand's."""
        return Response(self._shown(key))

    @extend_schema(request=Installation, responses=PackPlanSerializer)
    def install(self, request: Request, key: str) -> Response:
        """Add what the brand has not got; nothing is overwritten. Doing it again adds nothing."""
        body = Installation(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        plan = self._shown(key)
        if body.validated_data["dry_run"]:
            return Response(plan)
        service.install_pack(brand=self.brand, name=key, actor=self.actor, at=timezone.now())
        return Response(self._shown(key))

    @extend_schema(
        request=Adoption,
        responses={
            200: PackPlanSerializer,
            (409, MEDIA_TYPE): OpenApiResponse(
                ProblemSerializer,
                description="`errors[0].code` is `refused`: a segment was archived meanwhile, or "
                "the newer rule cannot be run.",
            ),
        },
        examples=[
            OpenApiExample(
                "Adopt one", value={"segments": ["persona-innovator"]}, request_only=True
            )
        ],
    )
    def adopt(self, request: Request, key: str) -> Response:
        """Take over newer wordings where a pack worded the rule; fill in what is missing."""
        body = Adoption(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        self._shown(key)
        with refusals(service.PackRefused, SegmentRefused, RuleInvalid, body=body):
            service.adopt_pack(
                brand=self.brand,
                name=key,
                keys=body.validated_data["segments"],
                reason=body.validated_data["reason"],
                as_drafts=body.validated_data["as_drafts"],
                actor=self.actor,
                at=timezone.now(),
            )
        return Response(self._shown(key))

    def _shown(self, key: str) -> Row:
        try:
            page = selectors.pack_page(self.brand, key)
        except PackUnknown as unknown:
            raise Http404 from unknown
        pack = page.plan.pack
        return pack_row(pack) | {
            "adds_dimension": page.plan.adds_dimension,
            "segments": [line_row(line) for line in page.plan.lines],
        }


class TierSerializer(serializers.Serializer[Any]):
    """A band of a scheme: followers from `low` to under `high`; both null: marked by hand."""

    key = serializers.CharField()
    name = serializers.CharField()
    low = serializers.IntegerField(allow_null=True)
    high = serializers.IntegerField(allow_null=True)
    creators = serializers.IntegerField()


class TierSchemeSerializer(serializers.Serializer[Any]):
    """A tier scheme over the brand's creators, by the facts of the last run."""

    key = serializers.CharField()
    name = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment] # a field's name
    year = serializers.IntegerField(allow_null=True)
    market = serializers.CharField(allow_null=True)
    platform = serializers.CharField(allow_null=True, help_text="Null: any.")
    tiers = TierSerializer(many=True)
    no_tier = serializers.IntegerField()
    unknown = serializers.IntegerField(help_text="Creators whose followers are not known.")
    near = serializers.IntegerField(help_text="Creators near any border.")
    near_share = serializers.FloatField(allow_null=True)


class TiersQuery(Query):
    """What counts as near a border."""

    near = serializers.IntegerField(
        default=10, min_value=1, max_value=50, help_text="Within so many per cent."
    )


class TierSchemeViewSet(BrandViewSet[TierScheme]):
    """Tier schemes side by side."""

    scope = Scope.SEGMENTS_READ
    queryset = TierScheme.objects.none()
    serializer_class = TierSchemeSerializer
    pagination_class = WholeList
    queries = {"list": TiersQuery}

    def list(self, request: Request) -> Response:
        """Every scheme with its source, and how many of the brand's creators each tier has."""
        percent: int = self.query["near"]
        found = tiers.schemes()
        crowd = tiers.read_crowd(self.brand, tiers.all_bounds(found, percent))
        columns = tiers.columns(self.brand, found, crowd, percent)
        return self.whole([scheme_row(column) for column in columns])


def card_row(card: selectors.PackCard) -> Row:
    """A pack in the list."""
    return pack_row(card.pack) | {
        "group": card.pack.group,
        "installed": card.installed or None,
        "segments": card.segments,
    }


def pack_row(pack: Pack) -> Row:
    """What a pack is."""
    return {
        "key": pack.key,
        "name": pack.name,
        "description": pack.description,
        "source": pack.source,
        "version": pack.version,
    }


def line_row(line: Line) -> Row:
    """A segment of a pack beside the brand's."""
    draft = line.draft
    return {
        "key": draft.key,
        "name": draft.name,
        "purpose": draft.purpose,
        "definition": draft.definition,
        "state": line.state.value,
        "problem": line.problem or None,
        "rule_json": json_form.dump(draft.rule),
        "rule_text": text.print_rule(draft.rule),
        "rule_text_in_use": line.version.rule_text if line.version else None,
        "lacks": list(line.lacks),
        "playbook": dict(draft.playbook),
    }


def scheme_row(column: tiers.SchemeColumn) -> Row:
    """A scheme over the brand's creators."""
    scheme = column.scheme
    return {
        "key": scheme.key,
        "name": scheme.name,
        "source": scheme.source,
        "year": scheme.year,
        "market": scheme.market or None,
        "platform": scheme.platform_id,
        "tiers": [
            {
                "key": row.tier.key,
                "name": row.tier.name,
                "low": row.tier.low,
                "high": row.tier.high,
                "creators": row.creators,
            }
            for row in column.rows
        ],
        "no_tier": column.no_tier,
        "unknown": column.unknown,
        "near": column.near,
        "near_share": column.near_share,
    }
