"""What was approved, or is being read, is looked at again when briefs or claims have changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from campaigns.choices import DeliverableState, DraftState
from campaigns.models import BriefVersion, ChecklistEntry, Deliverable, Draft
from campaigns.models.campaigns import OPEN_CAMPAIGNS
from campaigns.selectors.briefs import approved_versions, version_for
from campaigns.selectors.deliverable_checklist import claim_key
from campaigns.services.claims import Scanner
from campaigns.services.deliverables.record import Actor, held
from campaigns.services.deliverables.reopening import current, reopen_held
from campaigns.services.refusals import CampaignRefused
from crm.models import Brand


def recheck(*, brand: Brand, at: datetime) -> int:
    """Open the reviews of a brand that do not hold any more; returns how many.

    Reasons: another version of the brief holds, or the text makes a claim that must not be made
    and that no gate of this opening was asked about. Looked at in a handful of queries; only what
    is opened again is written, each piece in a transaction of its own. Safe to run again.
    """
    drafts = list(
        Draft.objects.filter(
            state__in=[DraftState.APPROVED, DraftState.IN_REVIEW],
            deliverable__state__in=[
                DeliverableState.APPROVED,
                DeliverableState.IN_REVIEW,
                DeliverableState.NEEDS_WORK,
            ],
            deliverable__engagement__campaign__brand=brand,
            deliverable__engagement__campaign__status__in=OPEN_CAMPAIGNS,
        )
        .select_related("deliverable__engagement__campaign")
        .order_by("deliverable", "number")
    )
    newest = {draft.deliverable_id: draft for draft in drafts}
    held_versions = approved_versions({one.deliverable.engagement.campaign_id for one in drafts})
    asked = _asked_claims(newest)
    today = at.astimezone(ZoneInfo(brand.timezone)).date()
    scanners: dict[tuple[str, ...], Scanner] = {}
    opened = 0
    for draft in newest.values():
        engagement = draft.deliverable.engagement
        where = tuple(engagement.campaign.jurisdictions)
        if where not in scanners:
            scanners[where] = Scanner.of(brand, jurisdictions=where, on=today)
        why = _new_brief(draft, version_for(engagement, held_versions)) or _new_claim(
            draft, scanners[where], asked
        )
        if why:
            opened += _reopen(draft, brand, why, at)
    return opened


def _new_brief(draft: Draft, version: BriefVersion | None) -> str:
    if version is None or draft.basis.get("brief") == version.pk:
        return ""
    return f"Version {version.number} of the brief holds now."


def _new_claim(draft: Draft, scanner: Scanner, asked: Mapping[int, set[str]]) -> str:
    if draft.state != DraftState.APPROVED:
        # Who still has to decide is asked about it anyway.
        return ""
    for found in scanner.scan(draft.text):
        if found.is_problem and claim_key(found.claim) not in asked.get(draft.pk, set()):
            return found.says
    return ""


def _asked_claims(newest: Mapping[int, Draft]) -> dict[int, set[str]]:
    """The claims about which somebody answered in the current opening of each draft."""
    found: dict[int, set[str]] = defaultdict(set)
    rows = ChecklistEntry.objects.filter(
        turn__draft__in=list(newest.values()), key__startswith=claim_key(0)[:-1]
    ).values_list("turn__draft", "turn__draft__opening", "turn__opening", "key")
    for draft, opening, of, key in rows:
        if opening == of:
            found[draft].add(key)
    return found


@transaction.atomic
def _reopen(draft: Draft, brand: Brand, why: str, at: datetime) -> int:
    try:
        piece = held(draft.deliverable_id, brand)
    except (Deliverable.DoesNotExist, CampaignRefused):
        return 0
    latest = current(piece)
    if latest is None or latest.pk != draft.pk or latest.opening != draft.opening:
        return 0
    return int(reopen_held(piece, why=why, actor=Actor(), at=at))
