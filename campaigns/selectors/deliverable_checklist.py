"""What is looked at before a gate says yes: lines of the brief, guidelines, claims in the text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from campaigns.choices import CheckKind, Gate
from campaigns.models import Deliverable, Draft, GateTurn
from campaigns.selectors.briefs import version_for
from campaigns.selectors.policies import guidelines_for
from campaigns.services.briefs.document import Document
from campaigns.services.claims import scan
from campaigns.services.deliverables.limits import caption_limit


@dataclass(frozen=True)
class Line:
    """One question; `note` is what was found about it already."""

    key: str
    kind: CheckKind
    question: str
    note: str = ""
    is_problem: bool = False


def checklist_of(
    deliverable: Deliverable, draft: Draft, gate: Gate, at: datetime, *, is_outside: bool = False
) -> tuple[Line, ...]:
    """The lines of a gate. Each kind is asked once on the way of a draft.

    The manager looks at the brief, the brand at its guidelines, legal at the claims; what belongs
    to a gate that this draft does not go through is asked at its last one.
    """
    gates = [
        Gate(name)
        for name in GateTurn.objects.filter(draft=draft, opening=draft.opening)
        .order_by("position")
        .values_list("gate", flat=True)
    ]
    campaign = deliverable.engagement.campaign
    today = at.astimezone(ZoneInfo(campaign.brand.timezone)).date()
    asked = (
        [gate, *(other for other in Gate if other not in gates)] if gate == gates[-1] else [gate]
    )
    lines: list[Line] = []
    if gate == gates[0]:
        lines += _of_piece(deliverable, draft)
    if Gate.MANAGER in asked:
        lines += _of_brief(deliverable, draft)
    if Gate.BRAND in asked:
        lines += _of_guidelines(deliverable)
    if Gate.LEGAL in asked:
        lines += _of_claims(deliverable, draft, today, is_outside=is_outside)
    return tuple(lines)


def _of_piece(deliverable: Deliverable, draft: Draft) -> Iterator[Line]:
    limit = caption_limit(deliverable.platform_id)
    if limit is not None and len(draft.text) > limit:
        yield Line(
            "piece:length",
            CheckKind.PIECE,
            f"A caption on {deliverable.platform} has {limit:,} characters at most; this text has "
            f"{len(draft.text):,}. Is it a script, or will it be cut?",
            is_problem=True,
        )


def _of_brief(deliverable: Deliverable, draft: Draft) -> Iterator[Line]:
    version = version_for(deliverable.engagement)
    if version is None:
        return
    brief, text = Document.of(version.document), draft.text.casefold()
    said = [
        *((f"Says: {one.text}", one.text if one.is_verbatim else "") for one in brief.messages),
        *((f"Says word for word: {one}", one) for one in brief.statements),
        *((f"Does: {one}", "") for one in brief.dos),
        *((f"Does not: {one}", "") for one in brief.donts),
        *((f"Has the hashtag {one}", one) for one in brief.hashtags),
        *((f"Mentions {one}", one) for one in brief.mentions),
    ]
    for number, (question, words) in enumerate(said):
        is_there = words.casefold() in text
        note = ("Is in the text." if is_there else "Is not in the text.") if words else ""
        yield Line(
            f"brief:{version.pk}:{number}",
            CheckKind.BRIEF,
            question,
            note,
            is_problem=bool(words) and not is_there,
        )


def _of_guidelines(deliverable: Deliverable) -> Iterator[Line]:
    for guideline in guidelines_for(deliverable):
        yield Line(
            f"guideline:{guideline.pk}",
            CheckKind.GUIDELINE,
            f"{guideline.get_kind_display()}: {guideline.text}",
        )


def _of_claims(
    deliverable: Deliverable, draft: Draft, today: date, *, is_outside: bool
) -> Iterator[Line]:
    campaign, seen = deliverable.engagement.campaign, set()
    for found in scan(campaign.brand, draft.text, jurisdictions=campaign.jurisdictions, on=today):
        if found.claim in seen or (not found.is_problem and found.status == "allowed"):
            continue
        seen.add(found.claim)
        yield Line(
            claim_key(found.claim),
            CheckKind.CLAIM,
            found.says_outside if is_outside else found.says,
            is_problem=found.is_problem,
        )


def claim_key(claim: int) -> str:
    """By which a claim is asked about in checklists."""
    return f"claim:{claim}"
