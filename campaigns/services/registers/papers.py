"""Permits as files: kept by their hash, checked as signed papers of contracts are."""

from __future__ import annotations

from datetime import datetime

from campaigns.models import Permit
from campaigns.services.contracts.files import Paper, checked_paper
from crm.models import Brand
from crm.stored import Store

STORE = Store("permits")


def keep(*, brand: Brand, name: str, content: bytes) -> Paper:
    """Store the paper of a permit. Raises CampaignRefused."""
    return checked_paper(STORE, brand=brand, name=name, content=content)


def remove_orphans(brand: Brand, *, at: datetime) -> int:
    """Delete the files that no paper has any more, put away or not; returns how many."""

    def needed(digests: set[str]) -> set[str]:
        rows = Permit.objects.filter(brand=brand, file_sha256__in=digests)
        return set(rows.values_list("file_sha256", flat=True))

    return STORE.remove_orphans(brand.pk, needed=needed, at=at)
