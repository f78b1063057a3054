"""A paper with each record that can keep one, and a dimension in which the first tag counts."""

from __future__ import annotations

from hashlib import sha256

from django.core.files.base import ContentFile

from campaigns.api import kept_papers
from campaigns.models import Contract, ContractAcceptance, Permit
from crm.models import Brand
from segmentation.services import packs
from tests.factories import NOW

PDF = b"%PDF-1.4\ntrailer<<>>\n%%EOF"
DIGEST = sha256(PDF).hexdigest()


def give_papers(brand: Brand) -> None:
    """A contract that was signed on paper, and a permit with its file."""
    version = Contract.objects.get(brand=brand).current
    about = {
        "file_name": "paper.pdf",
        "file_type": "application/pdf",
        "file_sha256": DIGEST,
        "file_size": len(PDF),
    }
    ContractAcceptance.objects.create(
        version=version, name="Noa", at=NOW, on=NOW.date(), digest=DIGEST, **about
    )
    Permit.objects.filter(brand=brand).update(**about)
    for store in (kept_papers.CONTRACTS, kept_papers.PERMITS):
        store.keep(brand.pk, DIGEST, ContentFile(PDF))


def give_personas(brand: Brand) -> None:
    """The personas as shipped."""
    packs.install_pack(brand=brand, name="personas", actor=None, at=NOW)
