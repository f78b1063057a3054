"""A creator's segments, now or at a moment of the past, and why."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import BrandViewSet
from crm.api.pagination import Row, WholeList
from crm.api.problems import MEDIA_TYPE, Refused
from crm.api.query import MomentField, Query
from crm.api.schema import ProblemSerializer
from crm.choices import Scope
from crm.models import Creator
from segmentation.api.dimensions import KEY
from segmentation.api.segments import named
from segmentation.choices import OverrideKind
from segmentation.models import Membership, Segment
from segmentation.services.explain import NothingToExplain, explain_membership


class AsOfQuery(Query):
    """Of which moment."""

    as_of = MomentField(required=False, help_text="At this moment, by the ledger. Default: now.")


class CreatorSegmentSerializer(serializers.Serializer[Any]):
    """A stay of the creator in a segment, closed-open."""

    key = serializers.CharField()
    name = serializers.CharField()
    dimension = serializers.CharField()
    version = serializers.IntegerField(help_text="The version of the rule that let them in.")
    entered_at = serializers.DateTimeField()
    left_at = serializers.DateTimeField(allow_null=True)
    is_effective = serializers.BooleanField(
        help_text="False where another segment of a dimension with precedence comes first."
    )


class NamedSerializer(serializers.Serializer[Any]):
    """A segment, in short."""

    key = serializers.CharField()
    name = serializers.CharField()


class ExplainedSegmentSerializer(NamedSerializer):
    """The segment that is explained."""

    dimension = serializers.CharField()


class ExplainedCreatorSerializer(serializers.Serializer[Any]):
    """The creator whom it is about."""

    uid = serializers.UUIDField()
    name = serializers.CharField()


class ExplainedRuleSerializer(serializers.Serializer[Any]):
    """The wording that counted at the moment."""

    version = serializers.IntegerField()
    text = serializers.CharField()
    words = serializers.CharField()
    error = serializers.CharField(allow_null=True, help_text="Why it cannot be evaluated any more.")


class ExplainedRunSerializer(serializers.Serializer[Any]):
    """The run that let the creator in."""

    id = serializers.IntegerField()
    as_of = serializers.DateTimeField()
    trigger = serializers.CharField()


class ExplainedStayRuleSerializer(serializers.Serializer[Any]):
    """The rule for those who are in."""

    text = serializers.CharField()
    words = serializers.CharField()
    result = serializers.BooleanField(allow_null=True)
    tree = serializers.DictField(help_text="As `tree`.")


class MinimumStaySerializer(serializers.Serializer[Any]):
    """Nobody leaves by rule before it is over."""

    days = serializers.IntegerField()
    until = serializers.DateTimeField()


class DecisionSerializer(serializers.Serializer[Any]):
    """A person's decision that wins over the rule."""

    kind = serializers.ChoiceField(choices=OverrideKind.choices)
    reason = serializers.CharField()
    author = serializers.EmailField(allow_null=True)
    since = serializers.DateTimeField()
    until = serializers.DateTimeField(allow_null=True)


class ChangeNeededSerializer(serializers.Serializer[Any]):
    """What would have to be otherwise."""

    fact = serializers.CharField()
    key = serializers.CharField(allow_null=True, help_text="The share of a distribution.")
    label = serializers.CharField()  # type: ignore[assignment] # a field's name
    now = serializers.CharField()
    wanted = serializers.CharField()
    sentence = serializers.CharField()


class ExplanationSerializer(serializers.Serializer[Any]):
    """Why a creator is in a segment, is not, or nobody can tell."""

    segment = ExplainedSegmentSerializer()
    creator = ExplainedCreatorSerializer()
    as_of = serializers.DateTimeField(help_text="The moment it is about.")
    state = serializers.ChoiceField(
        choices=[
            "member",
            "kept",
            "forced_in",
            "forced_out",
            "also_matched",
            "unknown",
            "out",
        ],
        help_text="`kept`: in, though the rule does not say so now. `forced_in`, `forced_out`: a "
        "person decided. `also_matched`: another segment of a single-valued dimension comes first.",
    )
    words = serializers.CharField(help_text="The state as a sentence.")
    result = serializers.BooleanField(allow_null=True, help_text="Of the rule; null is unknown.")
    rule = ExplainedRuleSerializer()
    tree = serializers.DictField(
        allow_null=True,
        help_text="The rule part by part: `kind`, `result`, `missing` and either `items` or a "
        "condition with `fact`, `value`, `threshold`, `source` and `captured_at`; `norm` where the "
        "threshold comes from peers, and for another segment that one's rule in `items`.",
    )
    missing = serializers.ListField(
        child=serializers.CharField(), help_text="What made the result unknown."
    )
    stay_rule = ExplainedStayRuleSerializer(
        allow_null=True, help_text="For somebody in: the looser rule by which they stay."
    )
    minimum_stay = MinimumStaySerializer(
        allow_null=True, help_text="For somebody in, while it lasts."
    )
    override = DecisionSerializer(allow_null=True, help_text="What a person decided.")
    since = serializers.DateTimeField(allow_null=True, help_text="When the stay began.")
    run = ExplainedRunSerializer(allow_null=True)
    also_matched = NamedSerializer(many=True)
    effective = NamedSerializer(
        allow_null=True, help_text="The first in precedence of those the creator is in."
    )
    smallest_change = ChangeNeededSerializer(
        many=True, allow_null=True, help_text="For somebody out: the fewest changes."
    )


COLUMNS = (
    "segment__key",
    "segment__name",
    "segment__dimension__key",
    "segment__dimension__has_precedence",
    "version__number",
    "entered_at",
    "left_at",
)


class CreatorSegmentViewSet(BrandViewSet[Membership]):
    """Segments of one creator."""

    scope = Scope.SEGMENTS_READ
    queryset = Membership.objects.none()
    serializer_class = CreatorSegmentSerializer
    queries = {"list": AsOfQuery, "explain": AsOfQuery}
    pagination_class = WholeList
    lookup_field = "key"
    lookup_value_regex = KEY

    def list(self, request: Request, uid: str) -> Response:
        """The segments that the creator is, or was at `as_of`, in; by dimension and precedence."""
        creator = Creator.objects.of_brand(self.brand).filter(uid=uid).values("id").first()
        if creator is None:
            raise Http404
        stays = Membership.objects.filter(segment__brand=self.brand, creator=creator["id"])
        past = self.query.get("as_of")
        stays = stays.as_of(past) if past else stays.open()
        rows = stays.order_by(
            "segment__dimension__position",
            "segment__dimension__key",
            "segment__position",
            "segment__key",
        )
        return self.whole(creator_segments(list(rows.values(*COLUMNS))))

    @extend_schema(
        responses={
            200: ExplanationSerializer,
            (409, MEDIA_TYPE): OpenApiResponse(
                ProblemSerializer,
                description="`errors[0].code` is `nothing_to_explain` (the brand did not know the "
                "creator at that moment) or `no_rule`.",
            ),
        }
    )
    @action(detail=True)
    def explain(self, request: Request, uid: str, key: str) -> Response:
        """Why the creator is, or was at `as_of`, in the segment or not: the rule part by part."""
        creator = Creator.objects.of_brand(self.brand).filter(uid=uid).first()
        segments = Segment.objects.filter(brand=self.brand).select_related("brand", "dimension")
        segment = named(segments, key).first()
        if creator is None or segment is None:
            raise Http404
        if segment.active_version_id is None:
            raise Refused(f"{segment} has no rule yet.", code="no_rule")
        try:
            explanation = explain_membership(
                segment=segment, creator=creator, as_of=self.query.get("as_of")
            )
        except NothingToExplain as refusal:
            raise Refused(refusal, code="nothing_to_explain") from refusal
        return Response(explanation)


def creator_segments(rows: list[Row]) -> list[Row]:
    """Rows of COLUMNS, in order of precedence, as the API shows them."""
    found = []
    led: set[str] = set()
    for row in rows:
        dimension = row["segment__dimension__key"]
        found.append(
            {
                "key": row["segment__key"],
                "name": row["segment__name"],
                "dimension": dimension,
                "version": row["version__number"],
                "entered_at": row["entered_at"],
                "left_at": row["left_at"],
                "is_effective": dimension not in led,
            }
        )
        if row["segment__dimension__has_precedence"]:
            led.add(dimension)
    return found
