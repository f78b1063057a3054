"""How a brand stands with a creator: the moves that are allowed, the owner, the next step.

Moves: one step forwards (prospect, first-time partner, core partner, advocate) or one step back. To
lapsed or declined from anywhere, with a reason. From there back to prospect or to the stage before,
with a reason. Everything else is refused. What the brand asks of a stage (criteria.py) refuses no
move; against it, a move takes a reason.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple, TypedDict

from django.db import transaction

from crm import audit
from crm.choices import Stage
from crm.models import (
    AuditEntry,
    Brand,
    Creator,
    Relationship,
    StageChange,
    User,
    UserRole,
)
from crm.services import criteria, facts
from crm.services.outreach import stopping

PATH = (Stage.PROSPECT, Stage.FIRST_TIME, Stage.CORE, Stage.ADVOCATE)
# Off the path: a stay there and the way out of it need a reason.
SIDE = (Stage.LAPSED, Stage.DECLINED)
NEXT_STEP_MAX = 200
REASON_MAX = 300


class RelationshipRefused(Exception):
    """The change is not made; the message is fit for the user, `code` for a program."""

    code = "refused"


class StageMoveRefused(RelationshipRefused):
    """The move is not among the allowed ones."""

    code = "move_not_allowed"


class ReasonNeeded(StageMoveRefused):
    """The move is allowed, with a reason."""

    code = "reason_needed"


class Outdated(RelationshipRefused):
    """Somebody else changed the relationship since the page was loaded."""

    code = "outdated"


class OwnerRefused(RelationshipRefused):
    """The person has no role in the brand."""

    code = "owner_not_allowed"
    field = "owner"


class Changes(TypedDict, total=False):
    """What to change of a relationship; what is left out stays."""

    stage: Stage
    reason: str
    owner: User | None
    next_step: str
    next_step_on: date | None


class Act(NamedTuple):
    """What the audit ledger will say."""

    verb: str
    data: dict[str, object]


def allowed_moves(stage: Stage, last_on_path: Stage | None = None) -> dict[Stage, bool]:
    """Where a creator in `stage` may go, in the board's order, and whether that takes a reason.

    `last_on_path` is the stage before a creator lapsed or declined, where known.
    """
    if stage in SIDE:
        back = {Stage.PROSPECT, last_on_path or Stage.PROSPECT}
        return {to: True for to in Stage if to in back or (to in SIDE and to != stage)}
    at = PATH.index(stage)
    moves = {to: False for to in PATH if abs(PATH.index(to) - at) == 1}
    return moves | dict.fromkeys(SIDE, True)


@transaction.atomic
def relate(
    *,
    brand: Brand,
    creator: Creator,
    at: datetime,
    actor: User | None = None,
) -> Relationship:
    """The relationship of `brand` with `creator`: made as prospect where there is none yet."""
    relationship, is_new = Relationship.objects.get_or_create(
        brand=brand,
        creator=creator,
        defaults={
            "stage": Stage.PROSPECT,
            "stage_since": at,
            "since": at,
        },
    )
    if is_new:
        StageChange.objects.create(
            relationship=relationship, stage=relationship.stage, entered_at=at, actor=actor
        )
        facts.mark_changed(brand=brand, creator_ids=[creator.pk], cause="relationship")
        audit.record(
            brand=brand,
            verb="crm.relationship.created",
            target=relationship,
            actor=actor,
            at=at,
            data={"stage": [None, relationship.stage]},
            label=creator.name,
        )
    return relationship


@transaction.atomic
def change(
    *,
    relationship_id: int,
    changes: Changes,
    actor: User | None,
    at: datetime,
    expected_version: int | None,
) -> Relationship:
    """Make several changes as one, or none of them. Returns the relationship as it then is.

    `expected_version` is the version that the user saw; None skips the check. Raises
    StageMoveRefused, ReasonNeeded, OwnerRefused or Outdated, and changes nothing then.
    """
    relationship = (
        Relationship.objects.select_for_update(no_key=True, of=("self",))
        .select_related("brand", "creator", "owner")
        .get(pk=relationship_id)
    )
    if expected_version is not None and relationship.version != expected_version:
        raise Outdated(_who_changed(relationship))
    acts: list[Act] = []
    if "stage" in changes and changes["stage"] != relationship.stage:
        reason = changes.get("reason", "")
        acts.append(_move(relationship, Stage(changes["stage"]), reason, actor, at))
    if "owner" in changes and changes["owner"] != relationship.owner:
        acts.append(_give(relationship, changes["owner"]))
    next_step = changes.get("next_step", relationship.next_step).strip()[:NEXT_STEP_MAX]
    next_step_on = changes.get("next_step_on", relationship.next_step_on)
    if (next_step, next_step_on) != (relationship.next_step, relationship.next_step_on):
        acts.append(_plan(relationship, next_step, next_step_on))
    if not acts:
        return relationship
    relationship.version += 1
    relationship.save(
        update_fields=["stage", "stage_since", "owner", "next_step", "next_step_on", "version"]
    )
    facts.mark_changed(
        brand=relationship.brand, creator_ids=[relationship.creator_id], cause="relationship"
    )
    for act in acts:
        audit.record(
            brand=relationship.brand,
            verb=act.verb,
            target=relationship,
            actor=actor,
            at=at,
            data=act.data,
            label=relationship.creator.name,
        )
    if any(act.verb == "crm.stage.moved" for act in acts):
        stopping.on_stage_change(relationship, at=at)
    return relationship


def move_stage(
    *,
    relationship_id: int,
    to: Stage,
    actor: User | None,
    at: datetime,
    reason: str = "",
    expected_version: int | None,
) -> Relationship:
    """Move a creator to another stage; the stage it is in already changes nothing.

    Raises StageMoveRefused, ReasonNeeded or Outdated.
    """
    changes: Changes = {"stage": to, "reason": reason}
    return change(
        relationship_id=relationship_id,
        changes=changes,
        actor=actor,
        at=at,
        expected_version=expected_version,
    )


def set_owner(
    *,
    relationship_id: int,
    owner: User | None,
    actor: User | None,
    at: datetime,
    expected_version: int | None,
) -> Relationship:
    """Give a creator to somebody of the brand, or to nobody. Raises OwnerRefused, Outdated."""
    return change(
        relationship_id=relationship_id,
        changes={"owner": owner},
        actor=actor,
        at=at,
        expected_version=expected_version,
    )


def set_next_step(
    *,
    relationship_id: int,
    text: str,
    on: date | None,
    actor: User | None,
    at: datetime,
    expected_version: int | None,
) -> Relationship:
    """Say what comes next, and by which day; an empty text takes it away. Raises Outdated."""
    return change(
        relationship_id=relationship_id,
        changes={"next_step": text, "next_step_on": on if text.strip() else None},
        actor=actor,
        at=at,
        expected_version=expected_version,
    )


def _move(
    relationship: Relationship, to: Stage, reason: str, actor: User | None, at: datetime
) -> Act:
    here = Stage(relationship.stage)
    moves = allowed_moves(here, _last_on_path(relationship) if here in SIDE else None)
    if to not in moves:
        possible = ", ".join(f"“{stage.label}”" for stage in moves)
        raise StageMoveRefused(
            f"{relationship.creator} cannot go from “{here.label}” to “{to.label}” in one move. "
            f"Possible now: {possible}."
        )
    reason = reason.strip()[:REASON_MAX]
    lacking = criteria.unmet(relationship.brand, [relationship], to, at).get(relationship.pk, [])
    if (moves[to] or lacking) and not reason:
        asked = f" {criteria.in_words(lacking)}" if lacking else ""
        raise ReasonNeeded(f"Say why {relationship.creator} goes to “{to.label}”.{asked}")
    if at < relationship.stage_since:
        raise StageMoveRefused(
            f"{relationship.creator} came to “{here.label}” later than the moment of this move."
        )
    StageChange.objects.filter(relationship=relationship, left_at=None).update(left_at=at)
    StageChange.objects.create(
        relationship=relationship,
        from_stage=here,
        stage=to,
        entered_at=at,
        actor=actor,
        reason=reason,
    )
    relationship.stage, relationship.stage_since = to, at
    return Act(
        "crm.stage.moved",
        {"stage": [here, to]}
        | ({"reason": reason} if reason else {})
        | ({"unmet": lacking} if lacking else {}),
    )


def _give(relationship: Relationship, owner: User | None) -> Act:
    brand = relationship.brand
    if owner and not UserRole.objects.filter(brand=brand, user=owner).exists():
        raise OwnerRefused(f"{owner} has no role in {brand}. An admin can give one.")
    before, relationship.owner = relationship.owner, owner
    return Act("crm.owner.set", {"owner": [before and before.email, owner and owner.email]})


def _plan(relationship: Relationship, next_step: str, on: date | None) -> Act:
    before = {"next_step": relationship.next_step, "next_step_on": relationship.next_step_on}
    relationship.next_step, relationship.next_step_on = next_step, on
    after = {"next_step": next_step, "next_step_on": on}
    return Act("crm.next_step.set", {name: [before[name], after[name]] for name in before})


def _last_on_path(relationship: Relationship) -> Stage | None:
    """The newest stage that was neither lapsed nor declined."""
    before = (
        StageChange.objects.filter(relationship=relationship)
        .exclude(stage__in=SIDE)
        .order_by("-entered_at", "-pk")
        .values_list("stage", flat=True)
        .first()
    )
    return Stage(before) if before else None


def _who_changed(relationship: Relationship) -> str:
    """Who was quicker, and how things are now."""
    last = (
        AuditEntry.objects.filter(
            brand=relationship.brand, target_type="crm.relationship", target_id=relationship.pk
        )
        .select_related("actor")
        .order_by("-number")
        .first()
    )
    who = last.actor.display_name if last and last.actor else "Somebody"
    return (
        f"{who} changed {relationship.creator} since you loaded this page. "
        f"The stage is “{Stage(relationship.stage).label}” now; nothing of yours was saved."
    )
