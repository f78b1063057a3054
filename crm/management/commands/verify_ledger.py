"""`manage.py verify_ledger`: is the audit ledger as it was written?"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from crm import audit
from crm.models import Brand


class Command(BaseCommand):
    """Follows the chain of hashes of each brand and names the first entry where it breaks."""

    help = (
        "Check that no entry of the audit ledger was changed, removed or inserted. "
        "Prints one JSON object: for each brand the number of entries and the last hash. "
        "Exits with 1 and names the first broken entry if the chain does not hold."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """--brand and --export."""
        parser.add_argument("--brand", metavar="SLUG", help="Only this brand (default: all).")
        parser.add_argument(
            "--export", metavar="FILE", help="Also write every entry to FILE, a JSON object a line."
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Verify, and export on the way."""
        brands = Brand.objects.order_by("slug")
        if options["brand"]:
            brands = brands.filter(slug=options["brand"])
            if not brands:
                raise CommandError(f"There is no brand with the slug {options['brand']}.")
        result: dict[str, dict[str, Any]] = {}
        problems = []
        with ExitStack() as stack:
            out = None
            if options["export"]:
                try:
                    out = stack.enter_context(Path(options["export"]).open("w", encoding="utf-8"))
                except OSError as error:
                    raise CommandError(f"Cannot write {options['export']}: {error}.") from error
            for brand in brands:
                checker = audit.Checker()
                for entry in audit.entries_of(brand):
                    checker.take(entry)
                    if out:
                        line = json.dumps(audit.exported(entry), ensure_ascii=False)
                        out.write(line + "\n")
                result[brand.slug] = {
                    "entries": checker.entries,
                    "last_hash": checker.last_hash,
                    "texts_erased": checker.erased,
                }
                if broken := checker.end():
                    problems.append(f"{brand.slug}: entry {broken.number}: {broken.problem}.")
        if problems:
            raise CommandError("The ledger is broken. " + " ".join(problems))
        self.stdout.write(json.dumps(result))
