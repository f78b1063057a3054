"""manage.py import_samples FILE --brand SLUG --taken-on DATE, or --undo ID"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from crm.choices import Source
from crm.importers.tables import TableRefused
from crm.models import Brand, SampleBatch
from crm.services.audience_samples.importing import SamplesRefused, import_samples, undo_import


class Command(BaseCommand):
    """Take samples of followers in, or back."""

    help = (
        "Take a file of samples of followers in: platform, handle, member, a row for each "
        "follower, and size where the account's newest count does not say it. All of it or "
        "nothing. Prints the counts as JSON on the last line."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file, or the batch that is taken back."""
        parser.add_argument("file", type=Path, nargs="?", metavar="FILE", help="CSV, XLSX, JSONL.")
        parser.add_argument("--brand", required=True, metavar="SLUG", help="Whose creators.")
        parser.add_argument(
            "--taken-on",
            type=date.fromisoformat,
            metavar="DATE",
            help="The day that the samples were drawn (2026-11-01); without it: today.",
        )
        parser.add_argument(
            "--undo", type=int, metavar="ID", help="Take the batch of this id back instead."
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Do it and say so."""
        brand = Brand.objects.filter(slug=options["brand"]).first()
        if brand is None:
            raise CommandError(f"There is no brand {options['brand']}.")
        if (options["file"] is None) == (options["undo"] is None):
            raise CommandError("Name a file, or the batch that is taken back with --undo.")
        now = timezone.now()
        try:
            if options["undo"] is not None:
                batch = undo_import(batch_id=options["undo"], brand=brand, actor=None, at=now)
            else:
                with options["file"].open("rb") as opened:
                    batch = import_samples(
                        brand=brand,
                        upload=File(opened, name=options["file"].name),
                        taken_on=options["taken_on"],
                        source=Source.VENDOR,
                        actor=None,
                        at=now,
                    )
        except OSError as error:
            raise CommandError(f"{options['file']} cannot be read: {error.strerror}.") from None
        except SampleBatch.DoesNotExist:
            raise CommandError(f"There is no batch {options['undo']} of this brand.") from None
        except TableRefused as refusal:
            raise CommandError("\n".join(refusal.faults)) from None
        except SamplesRefused as refusal:
            raise CommandError(str(refusal)) from None
        told = {"batch": batch.pk, "samples": batch.samples, "people": batch.people}
        self.stdout.write(json.dumps({**told, "is_undone": batch.undone_at is not None}))
