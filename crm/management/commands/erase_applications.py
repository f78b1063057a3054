"""`manage.py erase_applications`: what the scheduler does each night, or what it would do."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from crm.models import Brand
from crm.services.applications.erasing import erase_due


class Command(BaseCommand):
    """Erases applications whose time is over."""

    help = (
        "Erase applications that were declined, or spam, longer ago than the brand keeps them, and "
        "those whose address nobody confirmed in 14 days. Prints one JSON object: how many of each "
        "brand."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """--brand and --dry-run."""
        parser.add_argument("--brand", metavar="SLUG", help="Only this brand (default: all).")
        parser.add_argument("--dry-run", action="store_true", help="Count only; erase nothing.")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Erase, and say how many."""
        brand = None
        if options["brand"]:
            brand = Brand.objects.filter(slug=options["brand"]).first()
            if brand is None:
                raise CommandError(f"There is no brand with the slug {options['brand']}.")
        erased = erase_due(at=timezone.now(), brand=brand, is_dry=options["dry_run"])
        self.stdout.write(json.dumps(dict(erased)))
