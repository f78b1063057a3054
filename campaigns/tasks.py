"""The edges of Celery: ids and text in, one service call, safe to run twice."""

from __future__ import annotations

from typing import Any

from celery import shared_task
from django.utils import timezone

from campaigns.services.offers.deciding import expire_due


@shared_task(acks_late=True)  # type: ignore[untyped-decorator] # Celery ships no types
def expire_offers(**_later: Any) -> None:
    """Expire what was sent and is valid no longer."""
    expire_due(at=timezone.now())
