"""Papers that were signed outside of the product: kept by their hash, given out as downloads."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from django.core.files.base import ContentFile

from campaigns.models import ContractAcceptance
from campaigns.services.refusals import CampaignRefused
from crm.models import Brand
from crm.outreach.attachments import SIZE_MAX, is_risky, type_of
from crm.outreach.parsing import File
from crm.stored import Store

STORE = Store("contracts")
# What a paper comes as.
TYPES = ("application/pdf", "image/png", "image/jpeg", "image/webp", "image/tiff", "image/heic")


@dataclass(frozen=True)
class Paper:
    """A file as it was kept."""

    name: str
    content_type: str
    size: int
    sha256: str


def keep(*, brand: Brand, name: str, content: bytes) -> Paper:
    """Store a signed paper. Raises CampaignRefused."""
    return checked_paper(STORE, brand=brand, name=name, content=content)


def checked_paper(store: Store, *, brand: Brand, name: str, content: bytes) -> Paper:
    """Store a PDF or a picture of a paper. Raises CampaignRefused."""
    if not content:
        raise CampaignRefused("The file is empty.", field="file")
    if len(content) > SIZE_MAX:
        raise CampaignRefused(f"{SIZE_MAX // 1024 // 1024} MB are the most.", field="file")
    kind = type_of(content)
    if kind not in TYPES or is_risky(File(name, kind, content), kind):
        raise CampaignRefused("Take a PDF or a picture of the paper.", field="file")
    digest = hashlib.sha256(content).hexdigest()
    store.keep(brand.pk, digest, ContentFile(content))
    return Paper(name.replace("\0", "")[-255:] or "paper", kind, len(content), digest)


def is_whole(brand_id: int, acceptance: ContractAcceptance) -> bool:
    """Whether the paper of an acceptance is in the store, byte for byte."""
    if not STORE.has(brand_id, acceptance.file_sha256):
        return False
    with STORE.open(brand_id, acceptance.file_sha256) as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == acceptance.file_sha256
