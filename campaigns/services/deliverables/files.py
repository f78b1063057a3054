"""Files of drafts: what they really are, and where they are kept."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import IO, Any

from django.core.files.base import File
from django.core.files.uploadedfile import UploadedFile

from campaigns.models import Draft, DraftFile
from campaigns.services.refusals import CampaignRefused
from crm.models import Brand
from crm.outreach.attachments import type_of
from crm.stored import Store

STORE = Store("drafts")
FILES_MAX = 10
SIZE_MAX = 300 * 1024 * 1024
_HEAD = 65_536
# What pages can show, or hand out as a document that runs nothing; by content, not by name.
KINDS = {
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/gif": "GIF",
    "image/webp": "WebP",
    "image/heic": "HEIC",
    "video/mp4": "MP4",
    "video/quicktime": "MOV",
    "video/webm": "WebM",
    "audio/mpeg": "MP3",
    "audio/mp4": "M4A",
    "audio/wav": "WAV",
    "application/pdf": "PDF",
}
_ALIASES = {
    "image/heif": "image/heic",
    "video/x-m4v": "video/mp4",
    "audio/x-m4a": "audio/mp4",
    "audio/m4a": "audio/mp4",
    "audio/x-wav": "audio/wav",
    "audio/wave": "audio/wav",
    "audio/vnd.wave": "audio/wav",
    "audio/mp3": "audio/mpeg",
}


@dataclass(frozen=True)
class Kept:
    """A file that lies in the store."""

    name: str
    content_type: str
    size: int
    sha256: str


def keep(brand: Brand, uploads: Sequence[UploadedFile[Any]], *, store: Store = STORE) -> list[Kept]:
    """Look at what was uploaded, and store it. Raises CampaignRefused before anything is kept."""
    if len(uploads) > FILES_MAX:
        raise CampaignRefused(f"{FILES_MAX} files are the most.", field="uploads")
    seen: dict[str, tuple[Kept, UploadedFile[Any]]] = {}
    for upload in uploads:
        kept = _looked_at(upload)
        seen.setdefault(kept.sha256, (kept, upload))
    for kept, upload in seen.values():
        upload.seek(0)
        store.keep(brand.pk, kept.sha256, File(upload))
    return [kept for kept, _upload in seen.values()]


def attach(draft: Draft, brand: Brand, kept: Sequence[Kept]) -> None:
    """Write down the files of a draft that is not sealed yet."""
    DraftFile.objects.bulk_create(
        DraftFile(
            draft=draft,
            brand=brand,
            name=one.name,
            content_type=one.content_type,
            size=one.size,
            sha256=one.sha256,
        )
        for one in kept
    )


def opened(file: DraftFile) -> IO[bytes]:
    """The file's bytes. Raises FileNotFoundError where the store has lost it."""
    return STORE.open(file.brand_id, file.sha256)


def _looked_at(upload: UploadedFile[Any]) -> Kept:
    name = PurePath((upload.name or "").replace("\0", "").replace("\\", "/")).name[-255:] or "file"
    size = upload.size or 0
    if size == 0:
        raise CampaignRefused(f"“{name}” is empty.", field="uploads")
    if size > SIZE_MAX:
        raise CampaignRefused(
            f"“{name}” is larger than {SIZE_MAX // 1_048_576} MB. Put it where you keep such films "
            "and give the address.",
            field="uploads",
        )
    upload.seek(0)
    kind = type_of(upload.read(_HEAD))
    kind = _ALIASES.get(kind, kind)
    if kind not in KINDS:
        raise CampaignRefused(
            f"“{name}” is none of the kinds that drafts have: {', '.join(KINDS.values())}.",
            field="uploads",
        )
    upload.seek(0)
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    return Kept(name, kind, size, digest.hexdigest())
