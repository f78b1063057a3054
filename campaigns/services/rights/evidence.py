"""Where it can be seen that a right was given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from campaigns.choices import RightSource
from campaigns.models import Offer
from campaigns.services.refusals import CampaignRefused

NOTE_MAX = 1_000


@dataclass(frozen=True)
class Document:
    """A file that shows what was agreed, kept by campaigns.services.assets.files."""

    sha256: str
    name: str
    content_type: str


@dataclass(frozen=True)
class Evidence:
    """Where it can be seen that a right was given."""

    # "Contract 12, version 2".
    reference: str = ""
    offer: Offer | None = None
    # Of one written down by hand: who gave it, where that can be seen, and the paper.
    given_by: str = ""
    note: str = ""
    document: Document | None = None


def seen(evidence: Evidence, source: RightSource) -> dict[str, Any]:
    """As the columns of a right hold it. Raises CampaignRefused."""
    given = {
        "reference": " ".join(evidence.reference.split()),
        "given_by": " ".join(evidence.given_by.replace("\0", "").split()),
        "note": evidence.note.replace("\0", "").strip(),
    }
    for name, most in (("reference", 200), ("given_by", 120), ("note", NOTE_MAX)):
        if len(given[name]) > most:
            raise CampaignRefused(f"{most:,} characters are the most.", field=name)
    if source == RightSource.HAND and not given["note"]:
        raise CampaignRefused(
            "Say where it can be seen: a mail of a day, a form, who was asked.", field="note"
        )
    document = evidence.document
    return {
        **given,
        "offer": evidence.offer,
        "document_sha256": document.sha256 if document else "",
        "document_name": document.name if document else "",
        "document_type": document.content_type if document else "",
    }
