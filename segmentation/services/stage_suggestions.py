"""Suggest moves from stage to stage to people, who decide: nobody is ever moved by a rule.

A suggestion waits while its rule is true and the creator stands where it begins; else it is
withdrawn. One that was dismissed stays quiet for some days, or until its rule was not true in
between. Whom a person has moved back from there is not suggested for it again so soon.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from crm import audit
from crm.choices import Stage
from crm.models import Brand, Relationship, User
from crm.services import relationships
from crm.services.relationships import RelationshipRefused
from segmentation.choices import StageRuleKind, SuggestionStatus
from segmentation.facts.catalogue import catalogue
from segmentation.metrics.periods import calendar_of
from segmentation.models import StageRuleVersion, StageSuggestion
from segmentation.models.stage_suggestions import LIVE
from segmentation.rules.errors import RuleInvalid
from segmentation.rules.reads import Reads
from segmentation.rules.sql import Sql, joined
from segmentation.rules.stored import as_text, read
from segmentation.rules.validate import validate
from segmentation.services.evaluation.rules import Reading, RuleCompiler
from segmentation.services.matching import rows_read
from segmentation.services.stage_rules import in_use

NOTE_MAX = 200

_FOUND = """CREATE TEMPORARY TABLE stage_found ON COMMIT DROP AS
SELECT DISTINCT ON (r.id, s.to_stage) r.id AS relationship_id, r.stage AS from_stage, s.version_id,
  s.to_stage, s.evidence, s.quiet_days
FROM {rows} JOIN crm_relationship r ON r.brand_id = %s AND r.creator_id = f.creator_id
CROSS JOIN LATERAL (VALUES {values}) AS s (version_id, stage, to_stage, quiet_days, evidence)
WHERE s.stage = r.stage AND s.evidence IS NOT NULL
ORDER BY r.id, s.to_stage, s.version_id"""
_NOBODY = """CREATE TEMPORARY TABLE stage_found (relationship_id bigint, from_stage text,
  version_id bigint, to_stage text, evidence jsonb, quiet_days integer) ON COMMIT DROP"""
# A dismissed one whose time is over makes room for a new one, too.
_WITHDRAW = """UPDATE segmentation_stagesuggestion x
SET status = 'withdrawn', closed_at = coalesce(x.closed_at, %(at)s), quiet_until = NULL
FROM crm_relationship r
WHERE x.brand_id = %(brand)s AND x.status = ANY(%(live)s) AND r.id = x.relationship_id
  AND (%(creators)s::bigint[] IS NULL OR r.creator_id = ANY(%(creators)s))
  AND (x.quiet_until <= %(at)s OR NOT EXISTS (SELECT FROM stage_found f
    WHERE f.relationship_id = x.relationship_id AND f.from_stage = x.from_stage
      AND f.to_stage = x.to_stage))"""
# What people do goes first: whom somebody has brought back from there stays for a while.
_SUGGEST = """INSERT INTO segmentation_stagesuggestion
  (brand_id, relationship_id, version_id, from_stage, to_stage, evidence, suggested_at)
SELECT %(brand)s, f.relationship_id, f.version_id, f.from_stage, f.to_stage, f.evidence, %(at)s
FROM stage_found f
WHERE NOT EXISTS (SELECT FROM crm_stagechange c
  WHERE c.relationship_id = f.relationship_id AND c.left_at IS NULL AND c.from_stage = f.to_stage
    AND c.entered_at > %(at)s - f.quiet_days * interval '1 day')
ON CONFLICT DO NOTHING"""


class SuggestionRefused(Exception):
    """Nothing was changed; the message is fit for the user."""

    def __init__(self, message: str, *, code: str) -> None:
        super().__init__(message)
        self.code = code


@transaction.atomic(savepoint=False)
def refresh(*, brand: Brand, at: datetime, creator_ids: Sequence[int] | None = None) -> int:
    """Hold the rules against the creators (None: all of them); returns how many are new."""
    versions = in_use(brand, [StageRuleKind.SUGGEST])
    live = StageSuggestion.objects.filter(brand=brand, status__in=LIVE)
    if not versions and not live.exists():
        return 0
    found = _found(brand, versions, at, creator_ids)
    names: dict[str, Any] = {
        "brand": brand.pk,
        "at": at,
        "live": list(LIVE),
        "creators": None if creator_ids is None else list(creator_ids),
    }
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.stage_found")
        cursor.execute(found.text, found.params)
        cursor.execute(_WITHDRAW, names)
        cursor.execute(_SUGGEST, names)
        return int(cursor.rowcount)


def _found(
    brand: Brand,
    versions: Sequence[StageRuleVersion],
    at: datetime,
    creator_ids: Sequence[int] | None,
) -> Sql:
    """The statement that finds for whom the rules are true; one that is broken finds nobody."""
    if not versions:
        return Sql(_NOBODY)
    facts = catalogue(brand)
    compiler = RuleCompiler(facts, at, calendar_of(brand), Reads(facts))
    values = [value for one in versions if (value := _value(one, compiler)) is not None]
    if not values:
        return Sql(_NOBODY)
    rows = rows_read(brand, compiler.reads, facts, at, creator_ids)
    listed = joined(", ", values)
    return Sql(
        _FOUND.format(rows=rows.text, values=listed.text),
        (*rows.params, brand.pk, *listed.params),
    )


def _value(version: StageRuleVersion, compiler: RuleCompiler) -> Sql | None:
    """A line for each creator: what the rule read where it is true, else null."""
    try:
        rule = read(as_text(version.rule))
        validate(rule, compiler.facts).require()
    except RuleInvalid:
        return None
    asked = version.stage_rule
    holds = compiler.compile(rule)
    told = joined(", ", [_told(one, compiler) for one in compiler.readings(rule)])
    return Sql(
        "(%s::bigint, %s, %s, %s::integer, CASE WHEN r.stage = %s AND (" + holds.text + ") "
        "THEN jsonb_build_array(" + told.text + ") END)",
        (
            version.pk,
            asked.stage,
            asked.to_stage,
            asked.quiet_days,
            asked.stage,
            *holds.params,
            *told.params,
        ),
    )


def _told(reading: Reading, compiler: RuleCompiler) -> Sql:
    """What was read, with its name; of a segment whether they are in it."""
    sql = reading.sql
    if reading.segment:
        sql = Sql(compiler.reads.member(reading.segment))
    return Sql(f"jsonb_build_array(%s::text, to_jsonb({sql.text}))", (reading.name, *sql.params))


@transaction.atomic
def accept(
    *,
    suggestion_id: int,
    at: datetime,
    actor: User,
    note: str = "",
    expected_version: int | None = None,
) -> StageSuggestion:
    """Make the suggested move, for the suggestion's reason. Raises SuggestionRefused."""
    found = _locked(suggestion_id)
    rule = found.version.stage_rule
    note = _note(note)
    try:
        relationships.move_stage(
            relationship_id=found.relationship_id,
            to=Stage(found.to_stage),
            actor=actor,
            at=at,
            reason=f"Suggested: {rule.name}" + (f". {note}" if note else ""),
            expected_version=expected_version,
        )
    except RelationshipRefused as refusal:
        raise SuggestionRefused(str(refusal), code=refusal.code) from refusal
    return _close(found, SuggestionStatus.ACCEPTED, at=at, actor=actor, note=note)


@transaction.atomic
def dismiss(*, suggestion_id: int, at: datetime, actor: User, note: str = "") -> StageSuggestion:
    """Leave the creator where they are; quiet for the rule's days. Raises SuggestionRefused."""
    found = _locked(suggestion_id)
    found.quiet_until = at + timedelta(days=found.version.stage_rule.quiet_days)
    return _close(found, SuggestionStatus.DISMISSED, at=at, actor=actor, note=_note(note))


@transaction.atomic
def take_back(*, suggestion_id: int, at: datetime, actor: User) -> StageSuggestion:
    """Undo an answer: an accepted move goes back, and the question waits again.

    Raises SuggestionRefused where somebody was quicker.
    """
    found = StageSuggestion.objects.select_for_update(no_key=True, of=("self",)).get(
        pk=suggestion_id
    )
    gone = SuggestionRefused("This was settled otherwise by now.", code="closed")
    if found.status not in {SuggestionStatus.ACCEPTED, SuggestionStatus.DISMISSED}:
        raise gone
    live = StageSuggestion.objects.filter(
        relationship=found.relationship_id, to_stage=found.to_stage, status__in=LIVE
    )
    if live.exclude(pk=found.pk).exists():
        raise gone
    if found.status == SuggestionStatus.ACCEPTED:
        _move_back(found, at, actor)
    found.status = SuggestionStatus.OPEN
    found.closed_at = found.closed_by = found.quiet_until = None
    found.note = ""
    found.save(update_fields=["status", "closed_at", "closed_by", "quiet_until", "note"])
    _record(found, "segmentation.suggestion.reopened", at, actor)
    return found


def _move_back(found: StageSuggestion, at: datetime, actor: User) -> None:
    here = Relationship.objects.get(pk=found.relationship_id)
    if here.stage != found.to_stage or here.stage_since != found.closed_at:
        raise SuggestionRefused(
            f"The creator is in “{Stage(here.stage).label}” by now: move them on the board.",
            code="closed",
        )
    try:
        relationships.move_stage(
            relationship_id=here.pk,
            to=Stage(found.from_stage),
            actor=actor,
            at=at,
            reason="The accepted suggestion was undone",
            expected_version=None,
        )
    except RelationshipRefused as refusal:
        raise SuggestionRefused(str(refusal), code=refusal.code) from refusal


def _locked(suggestion_id: int) -> StageSuggestion:
    """A suggestion that waits for an answer, for this transaction alone."""
    # The relationship first, as moves and the worker have it: nobody waits for each other.
    held = StageSuggestion.objects.get(pk=suggestion_id)
    here = Relationship.objects.select_for_update(no_key=True).get(pk=held.relationship_id)
    found = (
        StageSuggestion.objects.select_for_update(no_key=True, of=("self",))
        .select_related("brand", "relationship__creator", "version__stage_rule", "closed_by")
        .get(pk=suggestion_id)
    )
    if found.status != SuggestionStatus.OPEN:
        who = found.closed_by.display_name if found.closed_by else "Nobody"
        words = {
            SuggestionStatus.ACCEPTED: f"{who} accepted this already.",
            SuggestionStatus.DISMISSED: f"{who} dismissed this already.",
        }
        raise SuggestionRefused(
            words.get(SuggestionStatus(found.status), "This no longer holds: the facts changed."),
            code="closed",
        )
    if here.unprofiled_at is not None:
        raise SuggestionRefused(
            f"{found.relationship.creator} objects to being sorted: nothing is suggested.",
            code="objected",
        )
    if here.stage != found.from_stage:
        raise SuggestionRefused(
            f"{found.relationship.creator} is in “{Stage(here.stage).label}” by now.",
            code="moved",
        )
    return found


def _note(text: str) -> str:
    text = " ".join(text.split())
    if len(text) > NOTE_MAX:
        raise SuggestionRefused(f"A note has at most {NOTE_MAX} characters.", code="too_long")
    return text


def _close(
    found: StageSuggestion, status: SuggestionStatus, *, at: datetime, actor: User, note: str
) -> StageSuggestion:
    found.status, found.closed_at, found.closed_by, found.note = status, at, actor, note
    found.save(update_fields=["status", "closed_at", "closed_by", "note", "quiet_until"])
    _record(found, f"segmentation.suggestion.{status.value}", at, actor)
    return found


def _record(found: StageSuggestion, verb: str, at: datetime, actor: User) -> None:
    rule = found.version.stage_rule
    audit.record(
        brand=found.brand,
        verb=verb,
        target=found,
        actor=actor,
        at=at,
        data={"rule": rule.pk, "stage": [found.from_stage, found.to_stage]},
        label=found.relationship.creator.name,
    )
