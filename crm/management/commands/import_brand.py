"""`manage.py import_brand FILE`: a brand out of the file of its export."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_slug
from django.utils import timezone

from crm.services.round_trip import importing
from crm.services.round_trip.reading import ImportRefused


class Command(BaseCommand):
    """Takes in everything that an export holds, or nothing at all."""

    help = (
        "Take in a brand from the file of its export (Settings, “Everything of a brand”). All of "
        "it is written in one transaction or nothing is. The installation must be of the same "
        "version and know none of the brand's creators. People are found by their address; new "
        "ones cannot log in until an admin lets them in. Run it as the owner of the database's "
        "tables. Prints one JSON object: brand, rows, files, entries of the ledger, by how much "
        "numbers of rows were raised, new people, and which secrets have to be entered again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file, and under which slug."""
        parser.add_argument("file", metavar="FILE", help="The ZIP file.")
        parser.add_argument(
            "--as", dest="slug", metavar="SLUG", default="", help="Another slug than it had."
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Import, and say what came of it."""
        slug = options["slug"]
        try:
            if slug:
                validate_slug(slug)
            found = importing.load(Path(options["file"]), slug=slug, at=timezone.now())
        except ValidationError as error:
            raise CommandError(f"The brand cannot be called “{slug}”: {error}") from error
        except ImportRefused as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            json.dumps(
                {
                    "brand": found.brand.slug,
                    "rows": found.rows,
                    "tables": found.tables,
                    "files": found.media,
                    "ledger_entries": found.entries,
                    "numbers_raised_by": found.shift,
                    "new_people": found.people,
                    "handles_taken": found.handles,
                    "to_be_entered_again": found.absent,
                }
            )
        )
