"""Rules about stages: what entering and leaving asks, and which moves are suggested."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import ID, BrandViewSet
from crm.api.pagination import Row, WholeList
from crm.api.problems import MEDIA_TYPE, Refused
from crm.api.refusals import refusals
from crm.api.schema import ProblemSerializer
from crm.choices import Scope, Stage
from crm.models import Brand
from segmentation.api.rules import RuleBody, RuleProblemSerializer, read_rule
from segmentation.choices import StageRuleKind
from segmentation.facts.catalogue import catalogue
from segmentation.models import StageRule, StageRuleVersion
from segmentation.selectors.stage_rules import Asked, asked_of, relationship_with, standing
from segmentation.services import stage_rules as service
from segmentation.services.stage_criteria import Checklist

REFUSED = {
    (409, MEDIA_TYPE): OpenApiResponse(
        ProblemSerializer,
        description="`errors[0].code` is `criteria_exist` or `outdated`.",
    ),
    (422, MEDIA_TYPE): OpenApiResponse(
        RuleProblemSerializer, description="The rule cannot be run: each fault with its place."
    ),
}


class StageRuleSerializer(serializers.Serializer[Any]):
    """A rule in use: `entry` and `exit` are checklists, `suggest` suggests a move."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=StageRuleKind.choices)
    stage = serializers.ChoiceField(choices=Stage.choices)
    to_stage = serializers.ChoiceField(
        choices=Stage.choices, allow_null=True, help_text="Only of a suggestion."
    )
    name = serializers.CharField(help_text="Why a move is suggested; empty for checklists.")
    quiet_days = serializers.IntegerField(
        help_text="For so long a suggestion that was dismissed stays quiet."
    )
    version = serializers.IntegerField()
    rule_json = serializers.DictField()
    rule_text = serializers.CharField()
    in_words = serializers.CharField()
    fault = serializers.CharField(help_text="Why it cannot be asked any more; empty where it can.")
    used_from = serializers.DateTimeField()
    author = serializers.EmailField(allow_null=True)
    reason = serializers.CharField()


class Wording(RuleBody):
    """Another wording."""

    reason = serializers.CharField(
        max_length=service.REASON_MAX, required=False, allow_blank=True, default=""
    )
    seen_version = serializers.IntegerField(
        required=False,
        min_value=0,
        max_value=2**31 - 1,
        help_text="The version that you started from: refused where there is another by now.",
    )


class NewStageRule(Wording):
    """A rule about a stage, in one of the two notations."""

    kind = serializers.ChoiceField(choices=StageRuleKind.choices)
    stage = serializers.ChoiceField(choices=Stage.choices)
    to_stage = serializers.ChoiceField(choices=Stage.choices, required=False)
    name = serializers.CharField(max_length=120, required=False)
    quiet_days = serializers.IntegerField(
        min_value=1, max_value=service.QUIET_MAX, required=False, default=service.QUIET_DAYS
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A suggestion leads somewhere and says why; a checklist does neither."""
        found = super().validate(attrs)
        is_suggestion = attrs["kind"] == StageRuleKind.SUGGEST
        faults = {
            name: "A suggestion needs this." if is_suggestion else "Only suggestions have this."
            for name in ("to_stage", "name")
            if (name in attrs) != is_suggestion
        }
        if faults:
            raise serializers.ValidationError(
                {
                    name: [serializers.ErrorDetail(words, "wrong_kind")]
                    for name, words in faults.items()
                }
            )
        return found


class StageCheckSerializer(serializers.Serializer[Any]):
    """A line of a checklist; `result` is null where it is not known."""

    words = serializers.CharField()
    result = serializers.BooleanField(allow_null=True)
    value = serializers.CharField(allow_null=True, help_text="What was read, in words.")


class ChecklistSerializer(serializers.Serializer[Any]):
    """Criteria held against a creator."""

    kind = serializers.ChoiceField(choices=StageRuleKind.choices)
    stage = serializers.ChoiceField(choices=Stage.choices)
    version = serializers.IntegerField()
    met = serializers.IntegerField()
    result = serializers.BooleanField(allow_null=True)
    checks = StageCheckSerializer(many=True)


class CreatorStageSerializer(serializers.Serializer[Any]):
    """Where a creator stands: what leaving the stage and entering the next one asks."""

    stage = serializers.ChoiceField(choices=Stage.choices)
    since = serializers.DateTimeField()
    checklists = ChecklistSerializer(many=True)


class StageRuleViewSet(BrandViewSet[StageRule]):
    """Rules about stages, those in use."""

    scope = Scope.SEGMENTS_READ
    write_scope = Scope.SEGMENTS_WRITE
    queryset = StageRule.objects.none()
    serializer_class = StageRuleSerializer
    lookup_value_regex = ID
    pagination_class = WholeList
    http_method_names = ["get", "head", "post", "patch", "delete"]

    def held(self) -> QuerySet[Brand]:
        """The brand: its row is what keeps two changes apart."""
        return Brand.objects.filter(pk=self.brand.pk)

    def list(self, request: Request) -> Response:
        """All rules in use, with what they ask in words."""
        return self.whole([rule_row(one) for one in asked_of(self.brand)])

    def _shown(self, pk: int) -> Row:
        found = [one for one in asked_of(self.brand) if one.version.stage_rule_id == pk]
        if not found:
            raise Http404
        return rule_row(found[0])

    @extend_schema(responses=StageRuleSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One rule in use."""
        return Response(self._shown(int(pk)))

    @extend_schema(
        request=NewStageRule,
        responses={201: StageRuleSerializer, **REFUSED},
        examples=[
            OpenApiExample(
                "Advocates by what they do unasked",
                value={
                    "kind": "suggest",
                    "stage": "core",
                    "to_stage": "advocate",
                    "name": "3 mentions in 90 days",
                    "rule_text": 'count(posts where caption contains "Acme", last 90 days) >= 3',
                },
                request_only=True,
            )
        ],
    )
    def create(self, request: Request) -> Response:
        """Ask something at a stage, or suggest a move from it."""
        body = NewStageRule(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        wanted = body.validated_data
        kind = StageRuleKind(wanted["kind"])
        if kind != StageRuleKind.SUGGEST and _in_use(self.brand, kind, wanted["stage"]):
            raise Refused(
                "There is a checklist for this already: word it anew (PATCH).",
                code="criteria_exist",
            )
        made = self._save(wanted, kind, None, body)
        return Response(self._shown(made.stage_rule_id), status=201)

    @extend_schema(request=Wording, responses={200: StageRuleSerializer, **REFUSED})
    def partial_update(self, request: Request, pk: str) -> Response:
        """Word a rule anew: a version of its own, in use at once."""
        held = StageRule.objects.filter(brand=self.brand, pk=pk, versions__used_until=None).first()
        if held is None:
            raise Http404
        body = Wording(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        kept = {
            "stage": held.stage,
            "to_stage": held.to_stage,
            "name": held.name,
            "quiet_days": held.quiet_days,
        }
        self._save(kept, StageRuleKind(held.kind), held, body)
        return Response(self._shown(held.pk))

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        """Ask it no more; what it suggested is withdrawn. Its versions stay."""
        row = self._shown(int(pk))
        service.retire(stage_rule_id=row["id"], at=timezone.now(), actor=self.actor)
        return Response(status=204)

    def _save(
        self, about: Row, kind: StageRuleKind, held: StageRule | None, body: Wording
    ) -> StageRuleVersion:
        wording = body.validated_data
        rule = read_rule(wording, catalogue(self.brand)).tree
        words: dict[str, Any] = {
            "brand": self.brand,
            "stage": Stage(about["stage"]),
            "rule": rule,
            "at": timezone.now(),
            "actor": self.actor,
            "reason": wording["reason"],
            "seen": wording.get("seen_version"),
        }
        with refusals(service.StageRuleRefused, body=body):
            if kind != StageRuleKind.SUGGEST:
                return service.set_criteria(kind=kind, **words)
            return service.save_suggestion(
                name=about["name"],
                to_stage=Stage(about["to_stage"]),
                quiet_days=about["quiet_days"],
                rule_id=None if held is None else held.pk,
                **words,
            )


class CreatorStageViewSet(BrandViewSet[StageRule]):
    """A creator held against the rules of stages."""

    scope = Scope.RELATIONSHIPS_READ
    queryset = StageRule.objects.none()
    serializer_class = CreatorStageSerializer
    pagination_class = WholeList

    @extend_schema(responses=CreatorStageSerializer)
    def retrieve(self, request: Request, uid: str) -> Response:
        """The checklists of a creator, each line with what was read."""
        found = relationship_with(self.brand, uid)
        if found is None:
            raise Http404
        told = standing(found, timezone.now())
        return Response(
            {
                "stage": found.stage,
                "since": found.stage_since,
                "checklists": [checklist_row(one) for one in told.lists],
            }
        )


def _in_use(brand: Brand, kind: StageRuleKind, stage: str) -> bool:
    held = StageRule.objects.filter(brand=brand, kind=kind, stage=stage)
    return held.filter(versions__used_until=None).exists()


def rule_row(one: Asked) -> Row:
    """A rule in use as the API shows it."""
    version, rule = one.version, one.version.stage_rule
    return {
        "id": rule.pk,
        "kind": rule.kind,
        "stage": rule.stage,
        "to_stage": rule.to_stage or None,
        "name": rule.name,
        "quiet_days": rule.quiet_days,
        "version": version.number,
        "rule_json": version.rule,
        "rule_text": version.rule_text,
        "in_words": one.words,
        "fault": one.fault,
        "used_from": version.used_from,
        "author": version.author.email if version.author else None,
        "reason": version.reason,
    }


def checklist_row(one: Checklist) -> Row:
    """A checklist as the API shows it."""
    return {
        "kind": one.criteria.kind.value,
        "stage": one.criteria.stage.value,
        "version": one.criteria.version.number,
        "met": one.met,
        "result": one.result,
        "checks": [
            {
                "words": check.words,
                "result": check.result,
                "value": None if check.tree is None else check.tree.get("value_words"),
            }
            for check in one.checks
        ],
    }
