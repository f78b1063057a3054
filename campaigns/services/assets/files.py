"""Files of the library: in one store with the drafts they come from, each kept once by its hash."""

from __future__ import annotations

import hashlib
from pathlib import PurePath
from typing import IO, Any

from django.core.files.base import File
from django.core.files.uploadedfile import UploadedFile

from campaigns.choices import AssetKind
from campaigns.services.deliverables import files as drafts
from campaigns.services.refusals import CampaignRefused
from crm.models import Brand

TEXT = "text/plain"
TEXT_MAX = 1024 * 1024


def keep(brand: Brand, upload: UploadedFile[Any], *, field: str = "file") -> drafts.Kept:
    """Look at one uploaded file and store it. Raises CampaignRefused."""
    try:
        return _keep_text(brand, upload) if _is_text(upload) else drafts.keep(brand, [upload])[0]
    except CampaignRefused as refusal:
        raise CampaignRefused(str(refusal), code=refusal.code, field=field) from refusal


def kind_of(content_type: str) -> AssetKind:
    """What a file is by its type."""
    return {
        "image": AssetKind.IMAGE,
        "video": AssetKind.VIDEO,
        "audio": AssetKind.AUDIO,
        "text": AssetKind.TEXT,
    }.get(content_type.partition("/")[0], AssetKind.DOCUMENT)


def opened(brand_id: int, sha256: str) -> IO[bytes]:
    """The bytes of a file. Raises FileNotFoundError where the store has lost it."""
    return drafts.STORE.open(brand_id, sha256)


def _is_text(upload: UploadedFile[Any]) -> bool:
    return (upload.name or "").lower().endswith(".txt")


def _keep_text(brand: Brand, upload: UploadedFile[Any]) -> drafts.Kept:
    """Plain text has no mark of its own: it is what can be read as such."""
    name = PurePath((upload.name or "").replace("\0", "").replace("\\", "/")).name[-255:]
    size = upload.size or 0
    if not 0 < size <= TEXT_MAX:
        raise CampaignRefused(f"“{name}” is empty, or more than a text of 1 MB.")
    upload.seek(0)
    content = upload.read()
    try:
        is_readable = "\0" not in content.decode("utf-8-sig")
    except UnicodeDecodeError:
        is_readable = False
    if not is_readable:
        raise CampaignRefused(f"“{name}” is no plain text: save it as UTF-8.")
    digest = hashlib.sha256(content).hexdigest()
    upload.seek(0)
    drafts.STORE.keep(brand.pk, digest, File(upload))
    return drafts.Kept(name, TEXT, size, digest)
