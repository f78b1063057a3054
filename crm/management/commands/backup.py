"""`manage.py backup`: database and uploads in one file, while everything goes on."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from crm.services.backups import making
from crm.services.backups.archive import BackupRefused


class Command(BaseCommand):
    """Writes the file whole or not at all."""

    help = (
        "Write the database and the uploads into one file, with their hashes. Safe while Rapport "
        "runs. Not in it: SECRET_KEY, without which stored passwords of mailboxes cannot be read, "
        "and the folder ledger-keys. Prints one JSON object. See also: restore."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """TO --keep."""
        parser.add_argument("to", metavar="FILE_OR_FOLDER", type=Path)
        parser.add_argument(
            "--keep",
            type=int,
            metavar="N",
            help="In a folder: delete all but the newest N backups once this one is written.",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Make it, and say where it is."""
        try:
            made = making.make(to=options["to"], at=timezone.now(), keep=options["keep"])
        except BackupRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        result = {
            "file": str(made.file),
            "bytes": made.bytes,
            "files": made.files,
            "rows": made.rows,
            "removed": made.removed,
        }
        self.stdout.write(json.dumps(result))
