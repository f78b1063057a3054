"""`manage.py restore`: a backup back into an empty database, or over what is there."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from crm.services.backups import restoring
from crm.services.backups.archive import BackupRefused


class Command(BaseCommand):
    """Checks the whole file before anything is touched."""

    help = (
        "Put a backup back: the file is checked whole first, then the database is loaded in one "
        "transaction, migrations that came since are applied, rows are counted and every audit "
        "ledger is verified. Stop web, worker and beat first. Prints one JSON object."
    )
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        """FILE --replace --check."""
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument(
            "--replace",
            metavar="DATABASE",
            help="Over what is there, which is lost; the name of the database confirms it. The "
            "uploads from before stay in a folder beside.",
        )
        parser.add_argument(
            "--check", action="store_true", help="Only read the file and compare every hash."
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Check, and put back unless that is all that was asked for."""
        try:
            if options["check"]:
                found = restoring.check(file=options["file"])
                result: dict[str, Any] = {"made_at": found.made_at, "files": len(found.members) - 1}
            else:
                done = restoring.restore(
                    file=options["file"], at=timezone.now(), replace=options["replace"]
                )
                result = {
                    "made_at": done.manifest.made_at,
                    "rows": sum(done.manifest.counts.values()),
                    "files": len(done.manifest.members) - 1,
                    "brands": done.brands,
                    "ledger_entries": done.entries,
                    "uploads_before": None if done.before is None else str(done.before),
                }
        except BackupRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(json.dumps(result))
