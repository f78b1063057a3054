"""Permits as files: kept by their hash, checked as signed papers of contracts are."""

from __future__ import annotations

from campaigns.services.contracts.files import Paper, checked_paper
from crm.models import Brand
from crm.stored import Store

STORE = Store("permits")


def keep(*, brand: Brand, name: str, content: bytes) -> Paper:
    """Store the paper of a permit. Raises CampaignRefused."""
    return checked_paper(STORE, brand=brand, name=name, content=content)
