"""Briefs as tests need them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from campaigns.choices import BriefGate
from campaigns.models import BriefVersion, Campaign
from campaigns.services.briefs import deciding, writing
from campaigns.services.briefs.beginnings import first_document
from campaigns.services.briefs.document import Block, Document, Message
from crm.models import User
from tests.factories import NOW


def document_of(campaign: Campaign, **values: Any) -> Document:
    """One that can be approved as it is."""
    said = {
        "goal": "More people know the night cream.",
        "messages": (Message("It is for the night."), Message("Made in Aarhus.", is_verbatim=True)),
        "blocks": (Block("instagram", "short_video", 2, 30),),
    } | values
    return replace(first_document(campaign, NOW), **said)


def draft(campaign: Campaign, author: User, segment: str = "", **values: Any) -> BriefVersion:
    """A first draft."""
    return writing.start_brief(
        campaign_id=campaign.pk,
        brand=campaign.brand,
        document=document_of(campaign, **values),
        segment=segment,
        segment_name=segment.title(),
        actor=author,
        at=NOW,
    )


def approve(version: BriefVersion, by: User) -> BriefVersion:
    """Submitted, and said yes to at every gate."""
    brief_id, brand = version.brief_id, version.brief.campaign.brand
    said: dict[str, Any] = {"brief_id": brief_id, "brand": brand, "at": NOW}
    made = deciding.submit(**said, actor=version.author, expected_version=None)
    for gate in deciding.open_gates(made):
        made = deciding.decide(
            **said, gate=gate, is_yes=True, note="", actor=by, expected_version=None
        )
    return made


def approved(
    campaign: Campaign, author: User, by: User, segment: str = "", **values: Any
) -> BriefVersion:
    """A first version that holds."""
    return approve(draft(campaign, author, segment, **values), by)


def next_version(version: BriefVersion, author: User, by: User, **values: Any) -> BriefVersion:
    """A further one that holds."""
    document = replace(Document.of(version.document), **values)
    made = writing.write_draft(
        brief_id=version.brief_id,
        brand=version.brief.campaign.brand,
        document=document,
        reason="What we learned.",
        actor=author,
        at=NOW,
        expected_version=None,
    )
    return approve(made, by)


BRAND = BriefGate.BRAND
