"""A campaign's brief for the creators of a segment, filled from the segment's playbook."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from campaigns.models import BriefVersion, Campaign
from campaigns.services.briefs.beginnings import variant_of
from campaigns.services.briefs.document import LINE_MAX, LINES_MAX, TEXT_MAX, Document
from campaigns.services.briefs.writing import start_brief
from campaigns.services.refusals import CampaignRefused
from crm.models import Brand, User
from segmentation.choices import SegmentStatus
from segmentation.models import Playbook, Segment
from segmentation.services.playbooks import playbook_of

# What a playbook gives to which part of a brief.
TAKEN = {
    "dos": "Do",
    "donts": "Don't, together with the claims policy",
    "usage_rights": "What we do with the content, where nobody said it yet",
    "formats": "What works on each platform, where nobody said it yet",
    "briefing": "Background: the briefing style",
}


@transaction.atomic
def start_for_segment(
    *, campaign_id: int, brand: Brand, segment: str, actor: User | None, at: datetime
) -> BriefVersion:
    """Begin the brief for a segment: what all creators get, and what its playbook says.

    Raises CampaignRefused, Campaign.DoesNotExist.
    """
    campaign = Campaign.objects.select_related("brand").get(pk=campaign_id, brand=brand)
    found = Segment.objects.filter(brand=brand, key=segment).first()
    if found is None:
        raise CampaignRefused(
            f"There is no segment {segment!r}.", code="unknown_segment", field="segment"
        )
    if found.status != SegmentStatus.ACTIVE:
        raise CampaignRefused(
            f"“{found}” is {found.get_status_display().lower()}: a brief is for an active segment.",
            code="segment_not_active",
            field="segment",
        )
    document = filled(variant_of(campaign, at), playbook_of(found))
    return start_brief(
        campaign_id=campaign_id,
        brand=brand,
        document=document,
        segment=found.key,
        segment_name=found.name,
        actor=actor,
        at=at,
    )


def filled(document: Document, playbook: Playbook) -> Document:
    """The document with what the playbook says. What somebody wrote stays; lists get longer."""
    style = playbook.briefing.strip()
    background = document.background
    if style and style not in background:
        background = f"{background}\n\n{style}".strip()[:TEXT_MAX]
    formats = " ".join(playbook.formats.split())[:LINE_MAX]
    return replace(
        document,
        background=background,
        dos=_more(document.dos, playbook.dos),
        donts=_more(document.donts, playbook.donts, playbook.claims_policy),
        usage=document.usage or playbook.usage_rights.strip()[:TEXT_MAX],
        blocks=tuple(
            block if block.advice else replace(block, advice=formats) for block in document.blocks
        ),
    )


def _more(lines: tuple[str, ...], *texts: str) -> tuple[str, ...]:
    """Lines with those of texts, each once; marks of a list at the start of a line are left out."""
    said = [
        line.strip().lstrip("-*•").strip()[:LINE_MAX]
        for text in texts
        for line in text.splitlines()
    ]
    return tuple(dict.fromkeys([*lines, *filter(None, said)]))[:LINES_MAX]
