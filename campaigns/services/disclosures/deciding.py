"""A person decides about a disclosure: what the rules found is in front of them, not above them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from campaigns.choices import DisclosureVerdict, Gate, GateOutcome, ReviewStage, ReviewState
from campaigns.disclosure.vocabulary import STRICTEST_FIRST, Verdict
from campaigns.models import Deliverable, DisclosureDecision, DisclosureReview, GateTurn
from campaigns.services.deliverables import deciding as gate_decisions
from campaigns.services.deliverables import gates
from campaigns.services.deliverables.deciding import Said
from campaigns.services.deliverables.record import Actor, words_of
from campaigns.services.disclosures import finding as findings
from campaigns.services.disclosures.asking import (
    VERDICTS,
    reason_needed,
    refuse_unless_open,
    refuse_while_open,
    why_not,
)
from campaigns.services.disclosures.record import CLEAR, held, log
from campaigns.services.refusals import CampaignOutdated, CampaignRefused, ReasonNeeded
from campaigns.services.remediation.ending import after_decision
from crm.choices import Role
from crm.models import Brand, User

REASON_MAX = 2_000


@dataclass(frozen=True)
class Decided:
    """What a reviewer says; of a draft also what it means at legal's gate.

    Without `gate` only the verdict is written down, and the gate still waits.
    """

    verdict: DisclosureVerdict | str
    reason: str = ""
    gate: Said | None = None
    # Several of the same kind at once: the same for all of them.
    together: UUID | None = None


class FindingChanged(CampaignOutdated):
    """What the rules say is not any more what the reviewer saw."""


def decide(
    *,
    review_id: int,
    brand: Brand,
    said: Decided,
    actor: User,
    at: datetime,
    expected_version: int | None = None,
) -> DisclosureReview:
    """Decide about a disclosure, and with `said.gate` about the draft at legal's gate.

    Of two who decide at once one wins, the other is told. High risk takes two people; where they
    differ, the stricter verdict counts and admins are told. Raises DisclosureReview.DoesNotExist,
    CampaignRefused: then nothing is written down, but where the rules say something new by now
    (`FindingChanged`), that stands in the review.
    """
    try:
        return _decide((review_id, expected_version), brand, said, actor, at)
    except FindingChanged:
        with transaction.atomic():
            review, piece = held(review_id, brand)
            if review.is_open:
                findings.refresh(review, piece, at)
        raise


@transaction.atomic
def _decide(
    which: tuple[int, int | None], brand: Brand, said: Decided, actor: User, at: datetime
) -> DisclosureReview:
    review_id, expected_version = which
    review, piece = held(review_id, brand)
    # First who was quicker, with their name; then that something else has changed.
    refuse_unless_open(review)
    if expected_version is not None and review.version != expected_version:
        raise CampaignOutdated(
            f"The review of “{piece}” was changed since you looked. Look at it again; nothing of "
            "yours was written down."
        )
    refusal, instead_of = why_not(review, piece, actor, at)
    if refusal:
        raise CampaignRefused(refusal, code="not_yours")
    if said.verdict not in VERDICTS:
        raise CampaignRefused("Choose a verdict.", field="verdict")
    verdict = DisclosureVerdict(said.verdict)
    before = review.finding
    now = findings.refresh(review, piece, at)
    if before is not None and not findings.says_the_same(before, now):
        raise FindingChanged(
            "The rules say something else than what you saw: a connection, an answer, the content "
            "or a rule has changed. Look at it again; nothing of yours was written down."
        )
    reason = words_of(said.reason, "reason", REASON_MAX)
    refuse_while_open(now, verdict)
    needed = reason_needed(now, verdict)
    if needed and not reason:
        raise ReasonNeeded(needed)
    first = review.decisions.filter(is_second=False).select_related("by").first()
    made = DisclosureDecision.objects.create(
        review=review,
        finding=now,
        verdict=verdict,
        reason=reason,
        is_second=first is not None,
        by=actor,
        on_behalf_of=instead_of,
        at=max(at, review.opened_at),
        together=said.together,
    )
    review.version += 1
    if first is None and review.needs_second:
        review.state = ReviewState.SECOND
        review.save(update_fields=["state", "version"])
        _ask_second(review, piece, actor, at)
    else:
        review.verdict = _of_both(first, verdict)
        review.state, review.decided_at = ReviewState.DECIDED, made.at
        review.save(update_fields=["state", "verdict", "decided_at", "version"])
        if first is not None and first.verdict != verdict:
            _tell_of_disagreement(review, piece, at)
        if said.gate is not None and review.stage == ReviewStage.DRAFT:
            _decide_at_gate(review, said.gate, actor, at)
        after_decision(review, piece, actor, at)
        _tell_who_leads(review, piece, actor, at)
    log(
        review,
        "decided",
        Actor(actor),
        at,
        decision=made.pk,
        verdict=verdict.value,
        engine=now.verdict,
        finding=now.digest,
        state=str(review.state),
        is_second=made.is_second,
        reason_given=bool(reason),
        **({"on_behalf_of": instead_of.pk} if instead_of else {}),
        **({"together": str(said.together)} if said.together else {}),
    )
    return review


def _of_both(first: DisclosureDecision | None, verdict: DisclosureVerdict) -> DisclosureVerdict:
    """The stricter of two verdicts: nobody is cleared against a reviewer's word."""
    if first is None:
        return verdict
    both = (Verdict(first.verdict), Verdict(verdict.value))
    return DisclosureVerdict(min(both, key=STRICTEST_FIRST.index).value)


def _decide_at_gate(review: DisclosureReview, said: Said, actor: User, at: datetime) -> None:
    turn = GateTurn.objects.filter(
        draft=review.draft_id, opening=review.opening, gate=Gate.LEGAL, decided_at=None
    ).first()
    if turn is None:
        raise CampaignOutdated("Legal's gate of this draft does not wait any more.")
    if said.outcome == GateOutcome.APPROVED and review.verdict not in CLEAR and not said.reason:
        raise ReasonNeeded(
            "The disclosure is not cleared: say why the draft is approved all the same."
        )
    gate_decisions.decide(
        turn_id=turn.pk,
        brand=review.brand,
        said=said,
        actor=actor,
        at=at,
    )


def _ask_second(review: DisclosureReview, piece: Deliverable, actor: User, at: datetime) -> None:
    asked = gates.may_decide_at(review.brand, Gate.LEGAL).exclude(
        pk__in=[pk for pk in (actor.pk, review.requested_by_id) if pk]
    )
    gates.tell(
        piece,
        asked,
        f"The disclosure of “{piece}” needs a second reviewer: {actor.display_name} has decided.",
        at,
        key=f"review-second:{review.pk}",
    )


def _tell_of_disagreement(review: DisclosureReview, piece: Deliverable, at: datetime) -> None:
    admins = User.objects.filter(roles__brand=review.brand, roles__role=Role.ADMIN, is_active=True)
    verdict = DisclosureVerdict(review.verdict).label.lower()
    gates.tell(
        piece,
        admins,
        f"Two reviewers differ about the disclosure of “{piece}”. The stricter verdict counts: "
        f"{verdict}. It can be opened again.",
        at,
        key=f"review-differ:{review.pk}",
    )


def _tell_who_leads(
    review: DisclosureReview, piece: Deliverable, actor: User, at: datetime
) -> None:
    """Of a published piece; about a draft the gate tells."""
    if review.stage == ReviewStage.LIVE and review.verdict not in CLEAR:
        verdict = DisclosureVerdict(review.verdict).label.lower()
        gates.tell(
            piece,
            [user for user in gates.leaders(piece) if user != actor],
            f"The disclosure of “{piece}”, which is published, was found {verdict}.",
            at,
            key=f"review-live:{review.pk}",
        )
