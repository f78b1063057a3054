"""Files that hang on mails: what they really are, where they are kept, and which are risky."""

from __future__ import annotations

import hashlib
import zipfile
from datetime import datetime
from io import BytesIO
from pathlib import PurePath

import puremagic
from django.core.files.base import ContentFile

from crm.models import Attachment, Brand, Message
from crm.outreach.parsing import File
from crm.stored import Store

STORE = Store("mail")
SIZE_MAX = 25 * 1024 * 1024
FILES_MAX = 50
PLAIN = "application/octet-stream"
# What runs, or makes a browser or an office programme run something.
_RISKY_TYPES = (
    "x-dosexec", "x-msdownload", "x-executable", "x-elf", "x-mach", "x-sh", "javascript",
    "x-python", "java-archive", "x-ms-shortcut", "hta", "html", "svg",
)  # fmt: skip
_RISKY_SUFFIXES = {
    ".exe", ".dll", ".scr", ".com", ".bat", ".cmd", ".msi", ".ps1", ".vbs", ".vbe", ".js", ".jse",
    ".wsf", ".hta", ".lnk", ".jar", ".app", ".dmg", ".pkg", ".sh", ".py", ".reg", ".iso", ".img",
    ".docm", ".xlsm", ".pptm", ".xlam", ".dotm", ".html", ".htm", ".shtml", ".xhtml",
    ".svg", ".url",
}  # fmt: skip
_PROGRAMS = (
    b"MZ",
    b"\x7fELF",
    b"#!",
    b"\xca\xfe\xba\xbe",
    b"\xcf\xfa\xed\xfe",
    b"\xce\xfa\xed\xfe",
)


def keep(*, brand: Brand, message: Message, file: File) -> Attachment:
    """Store a file that hangs on `message`; a file that is too large leaves its name only."""
    digest = hashlib.sha256(file.content).hexdigest()
    is_kept = len(file.content) <= SIZE_MAX
    if is_kept:
        STORE.keep(brand.pk, digest, ContentFile(file.content))
    kind = type_of(file.content)
    return Attachment.objects.create(
        message=message,
        brand=brand,
        name=file.name[-255:] or "file",
        content_type=kind,
        size=len(file.content),
        sha256=digest,
        is_risky=is_risky(file, kind),
        is_kept=is_kept,
    )


def stored(message: Message) -> list[File]:
    """The files of a mail that are kept."""
    return [
        File(row.name, row.content_type, content_of(row))
        for row in message.attachments.filter(is_kept=True)
    ]


def content_of(attachment: Attachment) -> bytes:
    """The bytes of a file that is kept."""
    with STORE.open(attachment.brand_id, attachment.sha256) as file:
        content: bytes = file.read()
    return content


def remove_orphans(brand: Brand, *, at: datetime) -> int:
    """Delete the stored files that no mail of the brand has any more; returns how many."""

    def needed(digests: set[str]) -> set[str]:
        rows = Attachment.objects.filter(brand=brand, sha256__in=digests, is_kept=True)
        return set(rows.values_list("sha256", flat=True))

    return STORE.remove_orphans(brand.pk, needed=needed, at=at)


def type_of(content: bytes) -> str:
    """What a file is by its content."""
    try:
        found: str = puremagic.from_string(content[:65_536], mime=True)
    except (puremagic.PureError, ValueError):
        found = ""
    return found if "/" in found and len(found) <= 120 else PLAIN


def is_risky(file: File, kind: str) -> bool:
    """Whether it could run something where it is opened."""
    head = file.content[:4_096].lstrip().lower()
    return (
        file.content.startswith(_PROGRAMS)
        or any(name in f"{kind} {file.declared}".lower() for name in _RISKY_TYPES)
        or any(suffix.lower() in _RISKY_SUFFIXES for suffix in PurePath(file.name).suffixes[-2:])
        or head.startswith((b"<!doctype html", b"<html", b"<script", b"<svg"))
        or (file.content.startswith(b"PK") and _holds_macros(file.content))
        or (file.content.startswith(b"\xd0\xcf\x11\xe0") and b"V\0B\0A\0" in file.content)
    )


def _holds_macros(content: bytes) -> bool:
    """Whether an archive is an office file with macros, or cannot be looked into."""
    try:
        names = zipfile.ZipFile(BytesIO(content)).namelist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return True
    return any(
        name.endswith("vbaProject.bin") or PurePath(name).suffix.lower() in _RISKY_SUFFIXES
        for name in names[:5_000]
    )
