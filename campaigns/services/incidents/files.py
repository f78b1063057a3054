"""Files that show what happened: what they really are, and where they are kept."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from typing import IO, Any

from django.core.files.base import File
from django.core.files.uploadedfile import UploadedFile

from campaigns.services.deliverables.files import KINDS
from campaigns.services.refusals import CampaignRefused
from crm.models import Brand, IncidentFile
from crm.outreach.attachments import type_of
from crm.stored import Store

STORE = Store("incidents")
SIZE_MAX = 50 * 1024 * 1024
_HEAD = 65_536


@dataclass(frozen=True)
class Kept:
    """A file that lies in the store."""

    name: str
    content_type: str
    size: int
    digest: str


def keep(brand: Brand, upload: UploadedFile[Any]) -> Kept:
    """Look at what was uploaded, and store it. Raises CampaignRefused before anything is kept."""
    name = PurePath((upload.name or "").replace("\0", "").replace("\\", "/")).name[-200:] or "file"
    size = upload.size or 0
    if size == 0:
        raise CampaignRefused(f"“{name}” is empty.", field="file")
    if size > SIZE_MAX:
        raise CampaignRefused(
            f"“{name}” is larger than {SIZE_MAX // 1_048_576} MB: a shorter recording will do.",
            field="file",
        )
    upload.seek(0)
    kind = type_of(upload.read(_HEAD))
    if kind not in KINDS:
        raise CampaignRefused(
            f"“{name}” is none of the kinds that are kept: {', '.join(KINDS.values())}.",
            field="file",
        )
    upload.seek(0)
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    STORE.keep(brand.pk, digest.hexdigest(), File(upload))
    return Kept(name, kind, size, digest.hexdigest())


def opened(brand: Brand, file: IncidentFile) -> IO[bytes]:
    """The file's bytes. Raises FileNotFoundError where the store has lost it."""
    return STORE.open(brand.pk, file.digest)


def remove_orphans(brand: Brand, *, at: datetime) -> int:
    """Delete the files that no incident has any more; returns how many."""

    def needed(digests: set[str]) -> set[str]:
        rows = IncidentFile.objects.filter(incident__brand=brand, digest__in=digests)
        return set(rows.values_list("digest", flat=True))

    return STORE.remove_orphans(brand.pk, needed=needed, at=at)
