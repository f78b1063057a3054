"""What shows a cause or a donation, as files: kept by their hash, checked as papers are."""

from __future__ import annotations

from datetime import datetime

from campaigns.models import CauseEvidence, Donation
from campaigns.services.contracts.files import Paper, checked_paper
from crm.models import Brand
from crm.stored import Store

STORE = Store("causes")


def keep(*, brand: Brand, name: str, content: bytes) -> Paper:
    """Store what shows it. Raises CampaignRefused."""
    return checked_paper(STORE, brand=brand, name=name, content=content)


def remove_orphans(brand: Brand, *, at: datetime) -> int:
    """Delete files that nothing names any more; how many."""

    def needed(digests: set[str]) -> set[str]:
        evidence = CauseEvidence.objects.filter(tag__brand=brand, file_sha256__in=digests)
        receipts = Donation.objects.filter(brand=brand, file_sha256__in=digests)
        return {
            *evidence.values_list("file_sha256", flat=True),
            *receipts.values_list("file_sha256", flat=True),
        }

    return STORE.remove_orphans(brand.pk, needed=needed, at=at)
