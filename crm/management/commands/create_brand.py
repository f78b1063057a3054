"""`manage.py create_brand`: a brand, the first thing a new installation needs."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from crm.services import brands


class Command(BaseCommand):
    """Makes the brand; its first admin is then made with `create_user --role admin`."""

    help = "Create a brand. Then give it an admin: create_user EMAIL --brand SLUG --role admin."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """SLUG --name and how the brand counts time and money."""
        parser.add_argument("slug", metavar="SLUG", help="The first part of its addresses.")
        parser.add_argument("--name", required=True)
        parser.add_argument("--timezone", default="UTC", help="Such as Europe/Copenhagen.")
        parser.add_argument("--currency", default="USD", help="Three letters, such as EUR.")
        parser.add_argument(
            "--fiscal-year-start-month",
            type=int,
            default=1,
            metavar="MONTH",
            help="1 (January, the default) to 12.",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Create, and print the slug."""
        try:
            brand = brands.create_brand(
                slug=options["slug"],
                name=options["name"],
                timezone=options["timezone"],
                currency=options["currency"],
                fiscal_year_start_month=options["fiscal_year_start_month"],
                at=timezone.now(),
            )
        except brands.BrandRefused as error:
            raise CommandError(str(error)) from error
        self.stdout.write(json.dumps({"brand": brand.slug, "name": brand.name}))
