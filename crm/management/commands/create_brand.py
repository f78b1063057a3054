"""`manage.py create_brand`: a brand to work in."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from crm.services import brands


class Command(BaseCommand):
    """Makes the brand; give people roles in it with create_user or in its settings."""

    help = (
        "Create a brand. SLUG is the first part of the address of its pages. "
        "Then make its first admin: create_user EMAIL --brand SLUG --role admin."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """SLUG --name --timezone --currency --fiscal-year-start."""
        parser.add_argument("slug", metavar="SLUG")
        parser.add_argument("--name", required=True)
        parser.add_argument("--timezone", default="UTC", metavar="ZONE")
        parser.add_argument("--currency", default="USD", metavar="CODE")
        parser.add_argument(
            "--fiscal-year-start",
            type=int,
            default=1,
            metavar="MONTH",
            help="1 to 12 (default: 1).",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Create, and print the brand."""
        try:
            brand = brands.create_brand(
                slug=options["slug"],
                name=options["name"],
                timezone=options["timezone"],
                currency=options["currency"],
                fiscal_year_start_month=options["fiscal_year_start"],
                at=timezone.now(),
            )
        except brands.BrandRefused as error:
            place = f"{error.field}: " if error.field else ""
            raise CommandError(f"{place}{error}") from error
        self.stdout.write(json.dumps({"brand": brand.slug, "name": brand.name}))
