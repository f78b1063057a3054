"""`manage.py rotate_ledger_key`: sign checkpoints with a new key from now on."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from crm.services.ledger import keys


class Command(BaseCommand):
    """Makes the key and names it; what former ones signed goes on counting."""

    help = (
        "Sign checkpoints of the audit ledger with a new key from now on. Prints its fingerprint: "
        "write it down where the checkpoints are kept. Former public keys stay in the database."
    )

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Make it."""
        key = keys.rotate(at=timezone.now())
        self.stdout.write(key.fingerprint)
