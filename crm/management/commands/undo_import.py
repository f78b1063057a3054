"""manage.py undo_import ID"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from crm.models import ImportBatch
from crm.services.imports.batches import ImportRefused
from crm.services.imports.undoing import UndoRefused, undo_import


class Command(BaseCommand):
    """Undo an import."""

    help = (
        "Undo an import by its id: what it added is removed, what it changed becomes what it was. "
        "Refused once people "
        "or later imports have built on it. Prints the result as JSON on the last line."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The import to undo."""
        parser.add_argument(
            "id", type=int, metavar="ID", help="The import, as import_creators printed it."
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Undo it and say so."""
        try:
            batch = undo_import(batch_id=options["id"], actor=None, at=timezone.now())
        except ImportBatch.DoesNotExist:
            raise CommandError(f"There is no import {options['id']}.") from None
        except (UndoRefused, ImportRefused) as error:
            raise CommandError(str(error)) from None
        self.stdout.write(json.dumps({"import": batch.pk, "status": batch.status}))
