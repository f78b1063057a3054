"""Captures: pictures that show a publication, kept by their digest."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.core.files.base import ContentFile

from campaigns.models import EvidenceFile, Sighting
from campaigns.services.refusals import CampaignRefused
from crm.models import Brand
from crm.outreach.attachments import type_of
from crm.stored import Store

STORE = Store("captures")
SIZE_MAX = 10 * 1024 * 1024
TYPES = frozenset({"image/png", "image/jpeg", "image/webp"})


@dataclass(frozen=True)
class Capture:
    """A picture that was handed in, looked at and good."""

    content: bytes
    content_type: str
    digest: str


def read_capture(content: bytes) -> Capture:
    """What was handed in, if it is a picture that a browser shows. Raises CampaignRefused."""
    if not content:
        raise _refused("This file is empty. Choose the picture again.")
    if len(content) > SIZE_MAX:
        raise _refused(f"A capture has up to {SIZE_MAX // 1024 // 1024} MB. Make it smaller.")
    kind = type_of(content)
    if kind not in TYPES:
        raise _refused("A capture is a picture: PNG, JPEG or WebP.")
    return Capture(content, kind, hashlib.sha256(content).hexdigest())


def keep(brand: Brand, capture: Capture) -> None:
    """Store it; the same picture is stored once."""
    STORE.keep(brand.pk, capture.digest, ContentFile(capture.content))


def content_of(sighting: Sighting, brand: Brand) -> bytes:
    """The picture of a sighting."""
    with STORE.open(brand.pk, sighting.digest) as file:
        content: bytes = file.read()
    return content


def remove_orphans(brand: Brand, *, at: datetime) -> int:
    """Delete the pictures that no sighting and no evidence has any more; returns how many."""

    def needed(digests: set[str]) -> set[str]:
        rows = Sighting.objects.filter(publication__brand=brand, digest__in=digests)
        proofs = EvidenceFile.objects.filter(brand=brand, sha256__in=digests)
        return {
            *rows.values_list("digest", flat=True),
            *proofs.values_list("sha256", flat=True),
        }

    return STORE.remove_orphans(brand.pk, needed=needed, at=at)


def _refused(words: str) -> CampaignRefused:
    return CampaignRefused(words, code="bad_capture", field="capture")
