"""Write the rules about stages: criteria to enter and to leave, and moves to suggest.

A version is never changed: another wording ends it and begins the next one.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from celery import current_app
from django.db import transaction
from django.db.models import Max

from crm import audit
from crm.choices import Stage
from crm.data_files import read_yaml
from crm.models import Brand, User
from crm.services.relationships import PATH, SIDE, allowed_moves
from segmentation.choices import StageRuleKind
from segmentation.facts.catalogue import catalogue
from segmentation.models import StageRule, StageRuleVersion
from segmentation.rules import json_form, text, tree
from segmentation.rules.validate import validate

READY = Path(__file__).with_name("ready_stage_rules.yaml")
REASON_MAX = 300
# Days for which a dismissed suggestion stays quiet.
QUIET_DAYS = 90
QUIET_MAX = 3_650
# By name: tasks are above services.
SUGGEST_TASK = "segmentation.tasks.suggest_stages"


class StageRuleRefused(Exception):
    """The rule is not saved; the message is fit for the user.

    `field` names the input that is at fault, empty where it is none of them.
    """

    def __init__(self, message: str, *, code: str, field: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.field = field


def in_use(brand: Brand, kinds: Sequence[StageRuleKind]) -> list[StageRuleVersion]:
    """The wordings in use, each with its rule."""
    return list(
        StageRuleVersion.objects.filter(
            stage_rule__brand=brand, stage_rule__kind__in=kinds, used_until=None
        )
        .select_related("stage_rule", "author")
        .order_by("stage_rule")
    )


@transaction.atomic
def set_criteria(
    *,
    brand: Brand,
    kind: StageRuleKind,
    stage: Stage,
    rule: tree.Node,
    at: datetime,
    actor: User | None,
    reason: str = "",
    seen: int | None = None,
) -> StageRuleVersion:
    """Say what entering or leaving a stage asks.

    `seen` is the number of the version that the person started from, 0 for none. Raises
    StageRuleRefused, RuleInvalid.
    """
    if kind not in {StageRuleKind.ENTRY, StageRuleKind.EXIT}:
        raise StageRuleRefused("Criteria are to enter or to leave.", code="wrong_kind")
    _lock(brand)
    held, _is_new = StageRule.objects.get_or_create(
        brand=brand, kind=kind, stage=stage, to_stage="", defaults={"created_at": at}
    )
    return _word(held, rule, at=at, actor=actor, reason=reason, seen=seen)


@transaction.atomic
def save_suggestion(
    *,
    brand: Brand,
    name: str,
    stage: Stage,
    to_stage: Stage,
    rule: tree.Node,
    at: datetime,
    actor: User | None,
    rule_id: int | None = None,
    quiet_days: int = QUIET_DAYS,
    reason: str = "",
    seen: int | None = None,
    origin: str = "",
) -> StageRuleVersion:
    """Suggest a move from `stage` to those for whom a rule is true; `rule_id` is one to change.

    Raises StageRuleRefused, RuleInvalid.
    """
    _lock(brand)
    name = " ".join(name.split())
    _check_name(brand, name, rule_id)
    _check_move(stage, to_stage, quiet_days)
    if rule_id is None:
        held = StageRule(brand=brand, kind=StageRuleKind.SUGGEST, created_at=at, origin=origin)
    else:
        held = StageRule.objects.get(pk=rule_id, brand=brand, kind=StageRuleKind.SUGGEST)
    held.name, held.stage, held.to_stage, held.quiet_days = name, stage, to_stage, quiet_days
    held.save()
    version = _word(held, rule, at=at, actor=actor, reason=reason, seen=seen)
    _look_again(brand)
    return version


@transaction.atomic
def retire(*, stage_rule_id: int, at: datetime, actor: User | None) -> StageRule:
    """Ask it no more: criteria are gone from checklists, what was suggested is withdrawn."""
    held = StageRule.objects.select_related("brand").get(pk=stage_rule_id)
    _lock(held.brand)
    if held.versions.filter(used_until=None).update(used_until=at):
        audit.record(
            brand=held.brand,
            verb="segmentation.stage_rule.retired",
            target=held,
            actor=actor,
            at=at,
            data={"kind": held.kind, "stage": held.stage},
        )
        _look_again(held.brand)
    return held


@transaction.atomic
def take_ready(*, brand: Brand, at: datetime, actor: User | None) -> int:
    """Take the ready rules that the brand has nothing of its own for; how many they were."""
    _lock(brand)
    ready = read_yaml(READY)
    held = StageRule.objects.filter(brand=brand)
    asked = set(held.exclude(kind=StageRuleKind.SUGGEST).values_list("kind", "stage"))
    names = set(held.values_list("name", flat=True))
    origins = set(held.values_list("origin", flat=True))
    taken = 0
    for one in ready["criteria"]:
        if (one["kind"], one["stage"]) not in asked:
            set_criteria(
                brand=brand,
                kind=StageRuleKind(one["kind"]),
                stage=Stage(one["stage"]),
                rule=_ready_rule(brand, one),
                at=at,
                actor=actor,
                reason="From the ready rules",
            )
            taken += 1
    for one in ready["suggestions"]:
        if one["key"] not in origins and one["name"] not in names:
            save_suggestion(
                brand=brand,
                name=one["name"],
                stage=Stage(one["stage"]),
                to_stage=Stage(one["to_stage"]),
                rule=_ready_rule(brand, one),
                at=at,
                actor=actor,
                reason="From the ready rules",
                origin=one["key"],
            )
            taken += 1
    return taken


def _ready_rule(brand: Brand, one: dict[str, Any]) -> tree.Node:
    quoted = json.dumps(brand.name, ensure_ascii=False)
    return text.parse(one["rule"].replace("{brand}", quoted))


def _lock(brand: Brand) -> None:
    """One change of a brand's rules at a time: version numbers follow each other."""
    Brand.objects.select_for_update(no_key=True).get(pk=brand.pk)


def _check_name(brand: Brand, name: str, rule_id: int | None) -> None:
    if not name:
        raise StageRuleRefused(
            "Say in a few words why: it is shown on the board.", code="no_name", field="name"
        )
    others = StageRule.objects.filter(brand=brand, kind=StageRuleKind.SUGGEST, name=name)
    if others.exclude(pk=rule_id or 0).exists():
        raise StageRuleRefused(
            f"There is a suggestion “{name}” already.", code="name_taken", field="name"
        )


def _check_move(stage: Stage, to_stage: Stage, quiet_days: int) -> None:
    possible = possible_moves(stage)
    if to_stage not in possible:
        listed = ", ".join(f"“{one.label}”" for one in possible)
        raise StageRuleRefused(
            f"From “{stage.label}” one move leads to {listed} only.",
            code="move_not_allowed",
            field="to_stage",
        )
    if not 1 <= quiet_days <= QUIET_MAX:
        raise StageRuleRefused(
            f"From 1 to {QUIET_MAX:,} days.", code="wrong_days", field="quiet_days"
        )


def possible_moves(stage: Stage) -> list[Stage]:
    """Where a suggestion may lead: back from the side, only the way that is open to everybody."""
    return list(allowed_moves(stage))


def leads_forward(stage: Stage, to: Stage) -> bool:
    """Whether a move goes on along the path: then what leaving asks is looked at, too."""
    return stage not in SIDE and to not in SIDE and PATH.index(to) > PATH.index(stage)


def _word(
    held: StageRule,
    rule: tree.Node,
    *,
    at: datetime,
    actor: User | None,
    reason: str,
    seen: int | None,
) -> StageRuleVersion:
    """Put a wording in use. One that says the same as the one in use is that one."""
    facts = catalogue(held.brand)
    validate(rule, facts).require()
    reason = " ".join(reason.split())
    if len(reason) > REASON_MAX:
        raise StageRuleRefused(
            f"A reason has at most {REASON_MAX} characters.", code="too_long", field="reason"
        )
    before = held.versions.filter(used_until=None).first()
    if seen is not None and seen != (before.number if before else 0):
        raise StageRuleRefused(
            "Somebody else has worded this since you opened it. Open the page anew and change what "
            "is still to be changed.",
            code="outdated",
        )
    form = json_form.dump(rule)
    if before is not None and before.rule == form:
        return before
    if before is not None:
        before.used_until = at
        before.save(update_fields=["used_until"])
    last: dict[str, Any] = held.versions.aggregate(number=Max("number"))
    version = StageRuleVersion.objects.create(
        stage_rule=held,
        number=(last["number"] or 0) + 1,
        rule=form,
        rule_text=text.print_rule(rule, facts),
        author=actor,
        reason=reason,
        used_from=at,
    )
    audit.record(
        brand=held.brand,
        verb="segmentation.stage_rule.worded",
        target=held,
        actor=actor,
        at=at,
        data={
            "kind": held.kind,
            "stage": held.stage,
            "to_stage": held.to_stage,
            "version": [before.number if before else None, version.number],
            "rule": [before.rule_text if before else None, version.rule_text],
            "reason": reason,
        },
    )
    return version


def _look_again(brand: Brand) -> None:
    """Have everybody looked at with the rules as they are now; the night would do it, too."""
    pk = brand.pk
    transaction.on_commit(lambda: _ask(pk), robust=True)


def _ask(brand_id: int) -> None:
    current_app.signature(SUGGEST_TASK, kwargs={"brand_id": brand_id}).apply_async(retry=False)
