"""A version of a brief as a PDF: the same version gives the same bytes."""

from __future__ import annotations

from dataclasses import asdict
from zoneinfo import ZoneInfo

from django.utils.text import slugify

from campaigns.models import BriefVersion
from campaigns.services.briefs.document import Document
from campaigns.services.briefs.words import platform_names, sections
from crm.pdf import pdf_of


def pdf(version: BriefVersion) -> bytes:
    """The file of a version; its campaign and brand are loaded."""
    campaign = version.brief.campaign
    at = version.approved_at or version.created_at
    day = at.astimezone(ZoneInfo(campaign.brand.timezone)).date()
    said = sections(Document.of(version.document), platform_names())
    data = {
        "title": campaign.name,
        "brand": campaign.brand.name,
        "who": version.brief.segment_name or "All creators",
        "version": version.number,
        "state": "Approved" if version.approved_at else "Draft, not approved",
        "day": f"{day:%-d %B %Y}",
        "digest": version.digest,
        "sections": [asdict(section) for section in said],
    }
    return pdf_of("brief", data, at=at)


def file_name(version: BriefVersion) -> str:
    """What the file is called where it is saved."""
    who = f"-{version.brief.segment}" if version.brief.segment else ""
    return f"brief-{slugify(version.brief.campaign.name)}{who}-{version.number}.pdf"
