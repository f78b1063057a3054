"""Captures: pictures that show a publication, kept by their digest."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from campaigns.models import Sighting
from campaigns.services.refusals import CampaignRefused
from crm.models import Brand
from crm.outreach.attachments import type_of

SIZE_MAX = 10 * 1024 * 1024
TYPES = frozenset({"image/png", "image/jpeg", "image/webp"})
_YOUNG = timedelta(days=1)


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
    place = path(brand.pk, capture.digest)
    if not default_storage.exists(place):
        default_storage.save(place, ContentFile(capture.content))


def content_of(sighting: Sighting, brand: Brand) -> bytes:
    """The picture of a sighting."""
    with default_storage.open(path(brand.pk, sighting.digest)) as file:
        content: bytes = file.read()
    return content


def remove_orphans(brand: Brand, *, at: datetime) -> int:
    """Delete the pictures that no sighting has any more; returns how many. Young ones are left."""
    root, removed = f"captures/{brand.pk}", 0
    if not default_storage.exists(root):
        return 0
    digests = set(default_storage.listdir(root)[1])
    rows = Sighting.objects.filter(publication__brand=brand, digest__in=digests)
    for digest in sorted(digests - set(rows.values_list("digest", flat=True))):
        place = path(brand.pk, digest)
        if default_storage.get_modified_time(place) < at - _YOUNG:
            default_storage.delete(place)
            removed += 1
    return removed


def path(brand_id: int, digest: str) -> str:
    """Where a picture is kept."""
    return f"captures/{brand_id}/{digest}"


def _refused(words: str) -> CampaignRefused:
    return CampaignRefused(words, code="bad_capture", field="capture")
