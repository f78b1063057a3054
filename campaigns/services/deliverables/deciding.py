"""Gates decide: approved, approved with corrections, or needs work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from campaigns.choices import (
    CheckAnswer,
    DeliverableAct,
    DeliverableState,
    DraftState,
    Gate,
    GateOutcome,
    GuestKind,
)
from campaigns.models import (
    ChecklistEntry,
    Correction,
    Deliverable,
    Draft,
    GateTurn,
    GuestLink,
    Opinion,
)
from campaigns.selectors.deliverable_checklist import Line, checklist_of
from campaigns.services.deliverables import gates, reopening
from campaigns.services.deliverables.record import Actor, enter, held, log, words_of
from campaigns.services.deliverables.states import require
from campaigns.services.disclosures.clearing import refuse_unless_cleared
from campaigns.services.holds import refuse_held
from campaigns.services.refusals import CampaignOutdated, CampaignRefused
from crm.models import Brand, User

REASON_MAX = 2_000
CORRECTION_MAX = 500
CORRECTIONS = 20
_ACTS = {
    GateOutcome.APPROVED: DeliverableAct.APPROVE,
    GateOutcome.CORRECTIONS: DeliverableAct.CORRECT,
    GateOutcome.NEEDS_WORK: DeliverableAct.REFUSE,
}


@dataclass(frozen=True)
class Said:
    """What somebody says at a gate. Answers are by key of the checklist, with a note or without."""

    outcome: GateOutcome
    reason: str = ""
    corrections: Sequence[str] = ()
    answers: Mapping[str, tuple[CheckAnswer, str]] = field(default_factory=dict)


@transaction.atomic
def decide(*, turn_id: int, brand: Brand, said: Said, actor: User, at: datetime) -> Deliverable:
    """Decide at the gate whose turn it is; the next one goes on, or the piece is through.

    Of two who decide at once one wins, the other is told. Raises GateTurn.DoesNotExist,
    CampaignRefused.
    """
    found = GateTurn.objects.values_list("draft__deliverable", flat=True).get(
        pk=turn_id, draft__deliverable__engagement__campaign__brand=brand
    )
    piece = held(found, brand)
    turn = GateTurn.objects.select_related("draft", "decided_by").get(pk=turn_id)
    draft = turn.draft
    _still_open(turn)
    require(piece.state, _ACTS[said.outcome])
    if turn.began_at is None:
        raise CampaignRefused("It is another gate's turn first.", code="not_in_this_state")
    engagement, campaign = piece.engagement, piece.engagement.campaign
    # Sent back it can be all the same: that stops it, too.
    if said.outcome != GateOutcome.NEEDS_WORK:
        refuse_held(brand, relationship=engagement.relationship, campaign=campaign, at=at)
    plan, week = gates.plan_of(campaign), gates.week_of(brand)
    today = at.astimezone(week.zone).date()
    refusal, instead_of = gates.stead(actor, brand, turn.gate, plan.keeper_of(turn.gate), today)
    if refusal:
        raise CampaignRefused(refusal, code="not_yours")
    if turn.gate == Gate.LEGAL:
        refuse_unless_cleared(turn, said.outcome, said.reason, actor)
    _write(turn, piece, said, actor, at)
    # Clocks of two servers differ a little.
    turn.decided_at = max(at, turn.began_at)
    turn.decided_by, turn.on_behalf_of = actor, instead_of
    turn.outcome, turn.reason = said.outcome, said.reason.replace("\0", "").strip()
    turn.save()
    following = (
        GateTurn.objects.filter(draft=draft, opening=draft.opening, began_at=None, is_dropped=False)
        .order_by("position")
        .first()
    )
    if said.outcome == GateOutcome.NEEDS_WORK:
        gates.drop_turns(draft)
        _end(draft, DraftState.NEEDS_WORK, at)
        enter(piece, DeliverableState.NEEDS_WORK, at)
    elif following is not None:
        enter(piece, DeliverableState.IN_REVIEW, at)
        gates.begin(piece, following, plan, week, at)
    else:
        _end(draft, DraftState.APPROVED, at)
        enter(piece, reopening.settled(piece), at)
    if following is None or said.outcome == GateOutcome.NEEDS_WORK:
        how = GateOutcome(said.outcome).label.lower()
        told = [user for user in gates.leaders(piece) if user != actor]
        gates.tell(piece, told, f"“{piece}”, version {draft.number}: {how}.", at)
    log(
        piece,
        _ACTS[said.outcome],
        Actor(actor),
        at,
        number=draft.number,
        gate=turn.gate,
        note=turn.reason,
        corrections=len(said.corrections),
    )
    return piece


@transaction.atomic
def confirm(
    *,
    deliverable_id: int,
    brand: Brand,
    corrections: Sequence[int],
    actor: Actor,
    at: datetime,
) -> Deliverable:
    """Say that corrections are done; with the last one an approved piece is through.

    Raises Deliverable.DoesNotExist, CampaignRefused.
    """
    piece = held(deliverable_id, brand)
    require(piece.state, DeliverableAct.CONFIRM)
    draft = reopening.current(piece)
    changed = 0
    if draft is not None:
        changed = Correction.objects.filter(
            turn__draft=draft, turn__opening=draft.opening, pk__in=corrections, done_at=None
        ).update(done_at=at, done_by=actor.user, link=actor.link)
    if draft is None or not changed:
        raise CampaignRefused("Choose the corrections that are done.", field="corrections")
    if draft.state == DraftState.APPROVED:
        enter(piece, reopening.settled(piece), at)
    words = f"{changed} correction{'s' if changed != 1 else ''}"
    if actor.link is not None:
        gates.tell(
            piece,
            gates.leaders(piece),
            f"{actor.name} says that {words} of “{piece}” {'are' if changed != 1 else 'is'} done.",
            at,
        )
    log(piece, DeliverableAct.CONFIRM, actor, at, number=draft.number, note=f"{words}.")
    return piece


@transaction.atomic
def give_opinion(
    *, draft: Draft, link: GuestLink, outcome: GateOutcome, reason: str, at: datetime
) -> Opinion:
    """What an outside reviewer thinks, under the name on their link. Moves no gate.

    Raises CampaignRefused.
    """
    if link.kind != GuestKind.REVIEWER or link.deliverable_id != draft.deliverable_id:
        raise CampaignRefused("This link is for the review of another piece.")
    if draft.state != DraftState.IN_REVIEW:
        raise CampaignRefused("This version is not in review any more.", code="not_in_this_state")
    if outcome == GateOutcome.CORRECTIONS:
        raise CampaignRefused("Approve, or say that it needs work.", field="outcome")
    reason = words_of(
        reason,
        "reason",
        REASON_MAX,
        needed="Say what it needs." if outcome == GateOutcome.NEEDS_WORK else "",
    )
    made = Opinion.objects.create(
        draft=draft, link=link, name=link.name, outcome=outcome, reason=reason, at=at
    )
    piece = held(draft.deliverable_id, link.brand)
    gates.tell(
        piece,
        gates.leaders(piece),
        f"{link.name} thinks of “{piece}”, version {draft.number}: "
        f"{GateOutcome(outcome).label.lower()}.",
        at,
    )
    return made


def _still_open(turn: GateTurn) -> None:
    if turn.decided_at is not None:
        who = turn.decided_by.display_name if turn.decided_by else "Somebody"
        raise CampaignOutdated(
            f"{who} decided already: {GateOutcome(turn.outcome).label.lower()}. Nothing of yours "
            "was written down."
        )
    if turn.is_dropped or turn.draft.state != DraftState.IN_REVIEW:
        raise CampaignOutdated(
            "This review has ended meanwhile: the draft was sent back, taken back or changed."
        )


def _write(turn: GateTurn, piece: Deliverable, said: Said, actor: User, at: datetime) -> None:
    """Check what is said and write corrections and answers. Raises CampaignRefused."""
    is_refusal = said.outcome == GateOutcome.NEEDS_WORK
    reason = words_of(
        said.reason, "reason", REASON_MAX, needed="Say what it needs." if is_refusal else ""
    )
    corrections = [
        words_of(one, "corrections", CORRECTION_MAX) for one in said.corrections if one.strip()
    ]
    if said.outcome == GateOutcome.CORRECTIONS and not corrections:
        raise CampaignRefused("List what is to be put right, one a line.", field="corrections")
    if said.outcome != GateOutcome.CORRECTIONS and corrections:
        raise CampaignRefused(
            "Corrections go with “approved with corrections”.", field="corrections"
        )
    if len(corrections) > CORRECTIONS:
        raise CampaignRefused(
            f"{CORRECTIONS} corrections are the most; send it back instead.", field="corrections"
        )
    lines = {line.key: line for line in checklist_of(piece, turn.draft, Gate(turn.gate), at)}
    unknown = sorted(set(said.answers) - set(lines))
    if unknown:
        raise CampaignOutdated("The checklist has changed since you looked: look at it again.")
    _answered(lines, said, reason)
    Correction.objects.bulk_create(Correction(turn=turn, text=text) for text in corrections)
    ChecklistEntry.objects.bulk_create(
        ChecklistEntry(
            turn=turn,
            key=key,
            kind=lines[key].kind,
            question=lines[key].question[:500],
            answer=answer,
            note=words_of(note, "answers", 500),
        )
        for key, (answer, note) in said.answers.items()
    )


def _answered(lines: Mapping[str, Line], said: Said, reason: str) -> None:
    """Whoever approves has looked at every line, and says why where one is not in order."""
    if said.outcome == GateOutcome.NEEDS_WORK:
        return
    left = [line for key, line in lines.items() if key not in said.answers]
    if left:
        raise CampaignRefused(
            f"Answer every line of the checklist; {len(left)} "
            f"{'are' if len(left) != 1 else 'is'} open: “{left[0].question}”",
            code="checklist_open",
            field="answers",
        )
    wrong = [key for key, (answer, _note) in said.answers.items() if answer == CheckAnswer.NO]
    if wrong and not reason and said.outcome == GateOutcome.APPROVED:
        raise CampaignRefused(
            "A line is not in order: say why it is approved all the same.",
            code="reason_needed",
            field="reason",
        )


def _end(draft: Draft, state: DraftState, at: datetime) -> None:
    draft.state, draft.state_since = state, at
    Draft.objects.filter(pk=draft.pk).update(state=state, state_since=at)
