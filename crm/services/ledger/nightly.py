"""Each night: check every ledger, and sign those that hold."""

from __future__ import annotations

import logging
from datetime import datetime

from django.urls import reverse

from crm.choices import NotificationKind, Role
from crm.models import Brand, LedgerCheckpoint, User
from crm.services import notifications
from crm.services.ledger import checkpoints, verifying

logger = logging.getLogger(__name__)


def check_and_sign(*, brand: Brand, at: datetime) -> LedgerCheckpoint | None:
    """A checkpoint, where the ledger holds and moved since the last; else None.

    Of a ledger that does not hold, legal and admins are told, and nothing is signed.
    """
    try:
        found = verifying.verify(brand)
    except checkpoints.CheckpointRefused as refusal:
        _warn(brand, str(refusal), at)
        return None
    if found.broken:
        _warn(brand, verifying.in_words(found), at)
        return None
    newest = checkpoints.newest(brand)
    if not found.entries or (newest and newest.number == found.entries):
        return None
    return checkpoints.make(brand=brand, at=at)


def _warn(brand: Brand, words: str, at: datetime) -> None:
    logger.error("Ledger of %s: %s", brand.slug, words)
    notifications.notify_all(
        users=User.objects.filter(
            roles__brand=brand, roles__role__in=[Role.LEGAL, Role.ADMIN], is_active=True
        ),
        brand=brand,
        kind=NotificationKind.INCIDENT,
        text=words,
        url=reverse("crm:ledger_proof", args=[brand.slug]),
        at=at,
        # Told once, not each night anew.
        key=f"ledger:{words}"[:100],
    )
