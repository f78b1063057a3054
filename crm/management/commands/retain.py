"""`manage.py retain`: what the scheduler proposes each night, or what it would propose."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from crm.models import Brand
from crm.services.privacy import retention


class Command(BaseCommand):
    """Proposes to delete what is kept long enough."""

    help = (
        "Propose to delete what a brand keeps longer than its rules say. Nothing is deleted until "
        "somebody approves it on the page, but for rules that the brand lets go by themselves. "
        "Prints one JSON object: how many of each purpose."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """--brand and --dry-run."""
        parser.add_argument("--brand", metavar="SLUG", required=True)
        parser.add_argument("--dry-run", action="store_true", help="Count only; write nothing.")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Count or propose, and say how many."""
        brand = Brand.objects.filter(slug=options["brand"]).first()
        if brand is None:
            raise CommandError(f"There is no brand with the slug {options['brand']}.")
        at = timezone.now()
        if options["dry_run"]:
            found = {str(one.purpose): one.found for one in retention.due(brand, at=at)}
        else:
            made = retention.nightly(brand=brand, at=at)
            found = {one.purpose: one.found for one in made}
        self.stdout.write(json.dumps(found))
