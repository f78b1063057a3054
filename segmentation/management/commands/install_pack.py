"""`manage.py install_pack`: give a brand ready-made dimensions and segments."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from segmentation.management.commands._arguments import brand_named
from segmentation.rules import text
from segmentation.services import packs
from segmentation.services.pack_files import DEFAULT, PackUnknown, names


class Command(BaseCommand):
    """Adds what the brand has not got; changes nothing it has."""

    help = (
        f"Install a rule pack: {DEFAULT} (the set for a new brand), {', '.join(names())}. Shows "
        "what it adds, never overwrites; doing it again adds only what is new, e.g. niches. The "
        "last line of the output is JSON."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """NAME, --brand and --dry-run."""
        parser.add_argument("name", metavar="NAME")
        parser.add_argument("--brand", metavar="SLUG", required=True)
        parser.add_argument("--dry-run", action="store_true", help="Only show what it would add.")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Install, and print what was added."""
        brand = brand_named(options["brand"])
        try:
            if options["dry_run"]:
                plans = packs.plan_pack(brand=brand, name=options["name"])
            else:
                plans = packs.install_pack(
                    brand=brand, name=options["name"], actor=None, at=timezone.now()
                )
        except PackUnknown as unknown:
            raise CommandError(str(unknown)) from unknown
        for plan in plans:
            sign = "+" if plan.adds_dimension else "="
            self.stdout.write(f"{sign} {plan.pack.dimension['name']} ({plan.pack.origin})")
            for draft in plan.adds:
                rule = " ".join(text.print_rule(draft.rule).split())
                self.stdout.write(f"  + {draft.key:<28}{rule}")
            if plan.keeps:
                self.stdout.write(f"  = {len(plan.keeps)} kept as they are")
        self.stdout.write(
            json.dumps(
                {
                    "added": {plan.pack.key: [one.key for one in plan.adds] for plan in plans},
                    "kept": {plan.pack.key: list(plan.keeps) for plan in plans},
                }
            )
        )
