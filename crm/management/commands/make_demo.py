"""`manage.py make_demo`: made-up creators for a brand to look around in."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from crm.models import Brand
from crm.services import (
    demo,
    made_up,
    made_up_applications,
    made_up_pitches,
    made_up_reviews,
    made_up_vettings,
    made_up_words,
    notifications,
)

# So many notifications of each person wait in the demo brand.
UNREAD = 5


class Command(BaseCommand):
    """Fills an empty brand; the same seed and day give the same data."""

    help = (
        "Fill an empty brand with made-up creators: accounts, eight quarters of posts and follower "
        "counts, stage history; the demo brand also gets some applications, comments, offers and "
        "gifts. The same --seed and --until give the same data. Prints the counts as JSON. A "
        "brand that has creators already is refused."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """--creators --seed --brand --until."""
        parser.add_argument("--creators", type=int, default=2_000, metavar="N")
        parser.add_argument("--seed", type=int, default=1, metavar="S")
        parser.add_argument("--brand", default=demo.SLUG, metavar="SLUG")
        parser.add_argument(
            "--until", metavar="DATE", help="The day at which the history ends (default: today)."
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Fill, and print the counts."""
        brand = Brand.objects.filter(slug=options["brand"]).first()
        if brand is None:
            raise CommandError(f"There is no brand with the slug {options['brand']}.")
        if not 1 <= options["creators"] <= 1_000_000:
            raise CommandError("--creators must be from 1 to 1,000,000.")
        at = timezone.now()
        if options["until"]:
            try:
                at = datetime.strptime(options["until"], "%Y-%m-%d").replace(tzinfo=UTC)
            except ValueError as error:
                raise CommandError("--until must be a day such as 2026-11-22.") from error
        try:
            made = made_up.fill(
                brand=brand, creators=options["creators"], seed=options["seed"], at=at
            )
        except made_up.BrandNotEmpty as error:
            raise CommandError(str(error)) from error
        counts = {"brand": brand.slug} | asdict(made)
        if brand.slug == demo.SLUG:
            # A public page: only where nobody takes it for a real one.
            counts["applications"] = made_up_applications.fill(
                brand=brand, seed=options["seed"], at=at
            )
            counts["comments"] = made_up_words.fill_comments(
                brand=brand, seed=options["seed"], at=at
            )
            counts["vettings"] = made_up_reviews.fill(brand=brand, seed=options["seed"], at=at)
            counts["open_vettings"] = made_up_vettings.fill(brand=brand, at=at)
            counts["pitches"] = made_up_pitches.fill(brand=brand, at=at)
            for part in demo.PARTS:
                # What a part asks for it works out itself: a worker hears of it when that is done.
                with transaction.atomic():
                    counts[part.key] = part.fill(brand=brand, seed=options["seed"], at=at)
            # What happened over two years was seen; the newest waits.
            notifications.mark_read_but_newest(brand=brand, keep=UNREAD, at=timezone.now())
        self.stdout.write(json.dumps(counts))
