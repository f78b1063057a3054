"""What legal has in front of them to decide about one review."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet

from campaigns.choices import DisclosureVerdict, ReviewState
from campaigns.models import (
    Contract,
    Deliverable,
    DisclosureReview,
    Evidence,
    GateTurn,
    Remediation,
)
from campaigns.selectors.contracts import of_engagement
from campaigns.selectors.risk import Standing, standing_of
from campaigns.services.disclosures.asking import VERDICTS, reason_needed, refuse_while_open
from campaigns.services.money import money
from campaigns.services.refusals import CampaignRefused
from crm.models import Incident, Relationship

_FORMER = 5
# Keys of clauses (services/contracts/clauses.yaml) that bear on what legal looks at.
CLAUSES = frozenset({"disclosure", "claims", "ai", "virtual", "minor"})


@dataclass(frozen=True)
class Choice:
    """A verdict that can be chosen, with its key on the keyboard and what it takes."""

    key: int
    verdict: DisclosureVerdict
    # Why it takes a reason; empty: it takes none.
    reason: str
    # Why it cannot be chosen now; empty: it can.
    blocked: str

    @property
    def is_plain(self) -> bool:
        """Whether one key is enough."""
        return not self.reason and not self.blocked


def choices_of(review: DisclosureReview) -> list[Choice]:
    """The verdicts in the order of their keys."""
    found = []
    for number, verdict in enumerate(VERDICTS, 1):
        reason, blocked = "", ""
        if review.finding is not None:
            reason = reason_needed(review.finding, verdict)
            try:
                refuse_while_open(review.finding, verdict)
            except CampaignRefused as refusal:
                blocked = str(refusal)
        found.append(Choice(number, verdict, reason, blocked))
    return found


@dataclass(frozen=True)
class Tie:
    """What ties the creator to the brand, as the rules were told."""

    words: str
    on: str


def ties_of(case: Mapping[str, Any]) -> list[Tie] | None:
    """In words; None: nobody looked."""
    if case.get("connections") is None:
        return None
    return [_tie(one) for one in case["connections"]]


def _tie(one: Mapping[str, Any]) -> Tie:
    words = one["kind"].replace("_", " ")
    if one.get("value") is not None:
        words = f"{words}, {money(Decimal(str(one['value'])), one.get('currency') or '')}"
    if one.get("advertiser"):
        words = f"{words}, from {one['advertiser']}"
    return Tie(words, one.get("on") or "")


@dataclass(frozen=True)
class Record:
    """What is known of a creator's disclosures so far."""

    # How often each verdict was found in published posts, the most frequent first.
    verdicts: Sequence[tuple[str, int]]
    newest: Sequence[DisclosureReview]
    incidents: int
    open_incidents: int
    remediations: int
    standing: Standing

    @property
    def reviewed(self) -> int:
        """How many published posts were decided about."""
        return sum(number for _, number in self.verdicts)


def record_of(relationship: Relationship, review: DisclosureReview, at: datetime) -> Record:
    """The creator's record with this brand, this review aside."""
    decided = DisclosureReview.objects.filter(
        deliverable__engagement__relationship=relationship, state=ReviewState.DECIDED
    ).exclude(pk=review.pk)
    counted = (
        decided.filter(stage="live")
        .order_by()
        .values_list("verdict")
        .annotate(number=Count("pk"))
        .order_by("-number", "verdict")
    )
    incidents = Incident.objects.filter(relationship=relationship).counted()
    return Record(
        verdicts=[(DisclosureVerdict(verdict).label, number) for verdict, number in counted],
        newest=list(decided.select_related("deliverable").order_by("-decided_at", "-pk")[:_FORMER]),
        incidents=incidents.count(),
        open_incidents=incidents.open().count(),
        remediations=Remediation.objects.filter(
            deliverable__engagement__relationship=relationship
        ).count(),
        standing=standing_of(relationship, at),
    )


def former_of(review: DisclosureReview) -> QuerySet[DisclosureReview]:
    """Earlier looks at the same piece, with what was decided and by whom; newest first."""
    return (
        DisclosureReview.objects.filter(deliverable=review.deliverable_id)
        .exclude(pk=review.pk)
        .select_related("draft")
        .prefetch_related("decisions__by", "decisions__on_behalf_of")
        .order_by("-opened_at", "-pk")[:_FORMER]
    )


def snapshots_of(review: DisclosureReview) -> list[Evidence]:
    """What was captured of it with its files, newest first."""
    rows = Evidence.objects.filter(
        deliverable=review.deliverable_id, stage=review.stage, draft=review.draft_id
    )
    return list(
        rows.select_related("by", "link").prefetch_related("files").order_by("-captured_at", "-pk")
    )


def contracts_of(piece: Deliverable) -> list[Contract]:
    """The contracts of the creator's place in the campaign."""
    return of_engagement(piece.engagement)


@dataclass(frozen=True)
class Agreed:
    """A contract with the clauses that bear on what is reviewed, as they were sent."""

    contract: Contract
    # Heading and paragraphs.
    clauses: Sequence[tuple[str, Sequence[str]]]


def agreed_of(piece: Deliverable) -> list[Agreed]:
    """The contracts of the creator's place with what they say of advertising and the like."""
    found = []
    for contract in contracts_of(piece):
        version = contract.current
        sections = (version.document or {}).get("sections", ()) if version else ()
        clauses = [
            (section["heading"], section["text"])
            for section in sections
            if section["clause"] in CLAUSES
        ]
        found.append(Agreed(contract, clauses))
    return found


def turn_of(review: DisclosureReview) -> GateTurn | None:
    """Legal's gate of the draft that this review is about, while it waits."""
    return (
        GateTurn.objects.waiting()
        .filter(draft=review.draft_id, opening=review.opening, gate="legal")
        .select_related("draft")
        .first()
        if review.draft_id
        else None
    )
