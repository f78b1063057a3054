"""What the pages of stages show: the rules in use, what waits, and how a rule was worded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, F, Q

from crm.choices import Stage
from crm.models import Brand, Relationship, User
from crm.services.stalls import Limits, stage_limits
from segmentation.choices import StageRuleKind, SuggestionStatus
from segmentation.facts.catalogue import catalogue
from segmentation.metrics.periods import calendar_of
from segmentation.models import StageRule, StageRuleVersion, StageSuggestion
from segmentation.rules.errors import RuleInvalid
from segmentation.rules.prose import in_words
from segmentation.rules.stored import as_text, read
from segmentation.rules.validate import validate
from segmentation.selectors.evidence import Evidence, evidence_in_words
from segmentation.services.stage_criteria import Checklist, explained
from segmentation.services.stage_rules import in_use


@dataclass(frozen=True)
class Asked:
    """A rule in use, in words; with a fault it is not asked."""

    version: StageRuleVersion
    words: str
    fault: str
    # Of a suggestion: how many wait for an answer.
    waiting: int = 0


@dataclass(frozen=True)
class StageRules:
    """A stage with what entering and leaving it asks, and the moves suggested from there."""

    stage: Stage
    limits: Limits | None
    entry: Asked | None
    exit: Asked | None
    suggestions: Sequence[Asked]


def rules_by_stage(brand: Brand) -> list[StageRules]:
    """Every stage, in the board's order. A constant number of statements."""
    asked = asked_of(brand)
    limits = stage_limits(brand)

    def criteria(kind: StageRuleKind, stage: Stage) -> Asked | None:
        rules = ((one, one.version.stage_rule) for one in asked)
        return next((one for one, rule in rules if (rule.kind, rule.stage) == (kind, stage)), None)

    return [
        StageRules(
            stage=stage,
            limits=limits.get(stage),
            entry=criteria(StageRuleKind.ENTRY, stage),
            exit=criteria(StageRuleKind.EXIT, stage),
            suggestions=[
                one
                for one in asked
                if one.version.stage_rule.kind == StageRuleKind.SUGGEST
                and one.version.stage_rule.stage == stage
            ],
        )
        for stage in Stage
    ]


def asked_of(brand: Brand) -> list[Asked]:
    """Every rule in use, in words. A constant number of statements."""
    facts = catalogue(brand)
    versions = in_use(brand, list(StageRuleKind))
    waiting = dict(
        StageSuggestion.objects.filter(brand=brand)
        .values_list("version__stage_rule")
        .annotate(number=Count("pk", filter=Q(status=SuggestionStatus.OPEN)))
        .order_by()
    )
    asked = []
    for version in versions:
        words, fault = version.rule_text, ""
        try:
            rule = read(as_text(version.rule))
            validate(rule, facts).require()
            words = in_words(rule, facts)
        except RuleInvalid as invalid:
            fault = str(invalid)
        asked.append(Asked(version, words, fault, waiting.get(version.stage_rule_id, 0)))
    return asked


@dataclass(frozen=True)
class Suggested:
    """A suggestion that waits for an answer, with what its rule read."""

    suggestion: StageSuggestion
    to: Stage
    name: str
    evidence: Sequence[Evidence]


@dataclass(frozen=True)
class Standing:
    """Where a creator stands with the rules of stages."""

    relationship: Relationship
    suggested: Sequence[Suggested]
    lists: Sequence[Checklist]


def standing(relationship: Relationship, at: datetime, to: Stage | None = None) -> Standing:
    """What is suggested and asked of a creator; for a move to `to`, what that asks."""
    brand = relationship.brand
    waiting = StageSuggestion.objects.open().filter(
        relationship=relationship, from_stage=F("relationship__stage")
    )
    rows = list(waiting.select_related("version__stage_rule").order_by("suggested_at", "pk"))
    facts, calendar = catalogue(brand), calendar_of(brand)
    return Standing(
        relationship,
        [
            Suggested(
                one,
                Stage(one.to_stage),
                one.version.stage_rule.name,
                evidence_in_words(dict(one.evidence), facts, calendar),
            )
            for one in rows
        ],
        explained(relationship, at, to),
    )


def relationship_with(brand: Brand, uid: UUID | str) -> Relationship | None:
    """How the brand stands with a creator it knows; None otherwise."""
    rows = Relationship.objects.filter(brand=brand, creator__uid=uid)
    return rows.select_related("brand", "creator").first()


def suggestion_of(user: User, brand: Brand, pk: int) -> StageSuggestion | None:
    """A suggestion of the brand that the user may see."""
    rows = StageSuggestion.objects.visible_to(user).filter(brand=brand, pk=pk).of_the_willing()
    return rows.select_related("relationship__creator", "version__stage_rule").first()


def history(rule: StageRule) -> list[StageRuleVersion]:
    """How it was worded, newest first."""
    return list(rule.versions.select_related("author").order_by("-number"))
