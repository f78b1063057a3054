"""Rules before they are saved: check one, translate it, see whom it would take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import BrandViewSet
from crm.api.body import Body
from crm.api.pagination import Row
from crm.api.problems import MEDIA_TYPE, BadBody, Refused
from crm.api.query import MomentField
from crm.api.schema import FaultSerializer, ProblemSerializer
from crm.choices import Scope
from crm.limits import TookTooLong, limited
from crm.models import Brand, Creator
from segmentation.facts.catalogue import catalogue
from segmentation.models import Segment
from segmentation.rules import json_form, text, tree
from segmentation.rules.errors import Position, RuleError, RuleInvalid
from segmentation.rules.facts import Catalogue
from segmentation.rules.prose import in_words
from segmentation.rules.validate import Report, validate
from segmentation.selectors.evidence import fact_label
from segmentation.services.preview import Met, preview_rule
from segmentation.services.wordings import NEAR_PERCENT

# As long as the builder waits for the same.
LONGEST_SECONDS = 10
TOO_LONG = (
    f"Counting whom this rule takes lasts longer than {LONGEST_SECONDS} seconds here. A full run"
    " takes the time it needs."
)
EXAMPLE_TEXT = "followers between 10_000 and 99_999\nand engagement_rate >= 2.5%"
EXAMPLES = [
    OpenApiExample("As text", value={"rule_text": EXAMPLE_TEXT}, request_only=True),
    OpenApiExample(
        "As JSON",
        value={"rule_json": {"all": [{"fact": "followers", "op": ">=", "value": 10000}]}},
        request_only=True,
    ),
]


class RuleBody(Body):
    """A rule in one of its two notations."""

    rule_text = serializers.CharField(
        required=False, trim_whitespace=False, max_length=text.MAX_LENGTH
    )
    rule_json = serializers.JSONField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Exactly one notation."""
        if ("rule_text" in attrs) == ("rule_json" in attrs):
            words = "Give the rule either as rule_text or as rule_json."
            raise serializers.ValidationError(ErrorDetail(words, "one_notation"))
        return attrs


class PreviewBody(RuleBody):
    """A rule to try, as if it were the rule of a segment where one is named."""

    segment = serializers.SlugField(
        required=False, max_length=60, help_text="Compare with this segment's members."
    )
    as_of = MomentField(required=False, help_text="Relative dates count from here. Default: now.")
    stay_rule_text = serializers.CharField(
        required=False,
        trim_whitespace=False,
        max_length=text.MAX_LENGTH,
        help_text="A looser rule by which those who are in stay.",
    )
    near_percent = serializers.IntegerField(
        required=False,
        min_value=0,
        max_value=100,
        default=NEAR_PERCENT,
        help_text="Near misses are creators within so many percent of one threshold.",
    )

    def validate_segment(self, key: str) -> Segment:
        """The brand's segment of this key."""
        brand: Brand = self.context["brand"]
        segment = Segment.objects.filter(brand=brand, key=key).first()
        if segment is None:
            words = f"{brand} has no segment {key!r}."
            raise serializers.ValidationError(ErrorDetail(words, "unknown_segment"))
        return segment


class PositionSerializer(serializers.Serializer[Any]):
    """A place in the rule's text: line and column count from 1, offset from 0."""

    line = serializers.IntegerField()
    column = serializers.IntegerField()
    offset = serializers.IntegerField()


class RuleFaultSerializer(FaultSerializer):
    """Something wrong, or doubtful, with a rule."""

    in_rule = serializers.CharField(
        allow_blank=True, help_text="JSON pointer into the rule's JSON form."
    )
    position = PositionSerializer(allow_null=True)


class RuleProblemSerializer(ProblemSerializer):
    """Why a rule cannot be run."""

    errors = RuleFaultSerializer(many=True)


class RuleSerializer(serializers.Serializer[Any]):
    """A rule that can be run, in both notations and in words."""

    rule_json = serializers.DictField()
    rule_text = serializers.CharField()
    in_words = serializers.CharField()
    warnings = RuleFaultSerializer(many=True)


class SampledCreatorSerializer(serializers.Serializer[Any]):
    """Somebody whom the rule takes."""

    uid = serializers.UUIDField()
    name = serializers.CharField()
    followers = serializers.IntegerField(allow_null=True)


class NearMissSerializer(SampledCreatorSerializer):
    """Somebody outside who would be in, were one threshold a little lower."""

    subject = serializers.CharField(help_text="What the threshold is about: a fact's key, mostly.")


class MissingSerializer(serializers.Serializer[Any]):
    """Something that is not known of creators for whom the rule is therefore unknown."""

    subject = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment] # a field's name
    creators = serializers.IntegerField()


class MetSerializer(serializers.Serializer[Any]):
    """Another segment, and how many of those whom the rule takes are in it."""

    segment = serializers.CharField(help_text="Its key.")
    creators = serializers.IntegerField()
    members = serializers.IntegerField(help_text="All of its members after the last run.")


class PreviewSerializer(serializers.Serializer[Any]):
    """Whom a rule would take, of the creators whom the brand knows."""

    population = serializers.IntegerField()
    count = serializers.IntegerField(help_text="Creators for whom the rule is true.")
    is_estimate = serializers.BooleanField(
        help_text="Of a large brand a sample is looked at; all counts are scaled up from it."
    )
    margin = serializers.IntegerField(
        help_text="Half the 95 % confidence interval of `count`; 0 where it is exact."
    )
    inside = serializers.IntegerField(
        help_text="Who would be in the segment: without those whom a segment that comes first in "
        "its single-valued dimension has."
    )
    taken = MetSerializer(many=True, help_text="Those segments, most creators first.")
    shared = MetSerializer(many=True, help_text="All segments with the same people, most first.")
    unknown = serializers.IntegerField(help_text="For whom something missing leaves it open.")
    missing = MissingSerializer(many=True, help_text="What the unknowns lack.")
    joined = serializers.IntegerField(
        allow_null=True, help_text="Who would join the segment; null without one."
    )
    left = serializers.IntegerField(allow_null=True)
    sample = SampledCreatorSerializer(many=True, help_text="Most followers first.")
    near_count = serializers.IntegerField(help_text="Creators who miss one threshold narrowly.")
    near = NearMissSerializer(many=True, help_text="Some of them, most followers first.")
    facts_as_of = serializers.DateTimeField(
        allow_null=True, help_text="When a fact last changed; null before the first run."
    )
    warnings = RuleFaultSerializer(many=True)


@dataclass(frozen=True)
class GivenRule:
    """A rule from a body that can be run, with advice on it."""

    tree: tree.Node
    warnings: list[Row]


def read_rule(
    body: Mapping[str, Any], facts: Catalogue, *, segment: str | None = None, prefix: str = ""
) -> GivenRule:
    """The rule of a RuleBody; BadBody (422) names everything wrong with it, and where.

    `segment` is the key of the segment it is for: then a circle of references is found.
    """
    member = f"{prefix}rule_text" if f"{prefix}rule_text" in body else f"{prefix}rule_json"
    positions: Mapping[str, Position] = {}
    try:
        if member.endswith("_text"):
            read = text.read(body[member])
            rule, positions = read.tree, read.positions
        else:
            rule = json_form.load(body[member])
    except RuleInvalid as invalid:
        raise _refusal(invalid.errors, member) from invalid
    report: Report = validate(rule, facts, positions, segment=segment)
    if report.errors:
        raise _refusal(report.errors, member)
    return GivenRule(rule, [_fault(warning, member) for warning in report.warnings])


def _refusal(errors: tuple[RuleError, ...], member: str) -> BadBody:
    return BadBody(
        [_fault(error, member) for error in errors],
        detail="The rule cannot be run.",
        status=HTTPStatus.UNPROCESSABLE_ENTITY,
    )


def _fault(error: RuleError, member: str) -> Row:
    """An error of the rule language with its place in the body: text has no pointers."""
    found = error.to_dict()
    return {
        "pointer": f"/{member}{error.pointer if member.endswith('_json') else ''}",
        "code": error.code,
        "message": error.message,
        "in_rule": error.pointer,
        "position": found.get("position"),
    }


REFUSED = {
    (422, MEDIA_TYPE): OpenApiResponse(
        RuleProblemSerializer, description="The rule cannot be run; each error has its place."
    )
}


class RuleViewSet(BrandViewSet[Segment]):
    """Rules that are not saved."""

    scope = Scope.SEGMENTS_READ
    write_scope = Scope.SEGMENTS_READ  # nothing is written
    queryset = Segment.objects.none()
    serializer_class = RuleBody

    @extend_schema(
        request=RuleBody,
        responses={200: RuleSerializer, **REFUSED},
        examples=EXAMPLES,
    )
    def check(self, request: Request) -> Response:
        """Check a rule and write it in both notations and in words. Saves nothing."""
        body = RuleBody(data=request.data)
        body.is_valid(raise_exception=True)
        facts = catalogue(self.brand)
        rule = read_rule(body.validated_data, facts)
        return Response(
            {
                "rule_json": json_form.dump(rule.tree),
                "rule_text": text.print_rule(rule.tree, facts),
                "in_words": in_words(rule.tree, facts),
                "warnings": rule.warnings,
            }
        )

    @extend_schema(
        request=PreviewBody,
        responses={
            200: PreviewSerializer,
            **REFUSED,
            (409, MEDIA_TYPE): OpenApiResponse(
                ProblemSerializer, f"`took_too_long`: stopped after {LONGEST_SECONDS} seconds."
            ),
        },
        examples=EXAMPLES,
    )
    def preview(self, request: Request) -> Response:
        """Count whom a rule would take, by the facts as they stand. Saves nothing."""
        body = PreviewBody(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        facts = catalogue(self.brand)
        given = body.validated_data
        segment: Segment | None = given.get("segment")
        key = None if segment is None else segment.key
        rule = read_rule(given, facts, segment=key)
        stays = None
        if "stay_rule_text" in given:
            stays = read_rule(given, facts, segment=key, prefix="stay_").tree
        try:
            with limited(LONGEST_SECONDS):
                found = preview_rule(
                    brand=self.brand,
                    rule=rule.tree,
                    as_of=given.get("as_of") or timezone.now(),
                    facts=facts,
                    segment=segment,
                    stay_rule=stays,
                    near_percent=given["near_percent"],
                )
        except TookTooLong as slow:
            raise Refused(TOO_LONG, code="took_too_long") from slow
        near = {miss.creator_id: miss.subject for miss in found.near}
        people = Creator.objects.filter(pk__in=[*found.sample, *near]).values_list(
            "pk", "uid", "name", "metrics__followers"
        )
        shown = {
            pk: {"uid": uid, "name": name, "followers": followers}
            for pk, uid, name, followers in people
        }
        return Response(
            {
                "population": found.population,
                "count": found.members,
                "is_estimate": found.is_estimate,
                "margin": found.margin,
                "inside": found.inside,
                "taken": [*map(_met, found.taken)],
                "shared": [*map(_met, found.shared)],
                "unknown": found.unknown,
                "missing": [
                    {"subject": name, "label": fact_label(name, facts), "creators": creators}
                    for name, creators in found.missing.items()
                ],
                "joined": found.joined,
                "left": found.left,
                "sample": [shown[pk] for pk in found.sample if pk in shown],
                "near_count": found.near_count,
                "near": [
                    {**shown[pk], "subject": subject} for pk, subject in near.items() if pk in shown
                ],
                "facts_as_of": found.facts_as_of,
                "warnings": rule.warnings,
            }
        )


def _met(met: Met) -> Row:
    return {
        "segment": met.segment.key,
        "creators": met.creators,
        "members": met.segment.members_count,
    }
