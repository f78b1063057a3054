"""`manage.py verify_ledger`: is the audit ledger as it was written?"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from crm import audit
from crm.models import AuditEntry, Brand
from crm.services.ledger import checkpoints, verifying


class Command(BaseCommand):
    """Follows the chain of hashes of each brand and names the first entry where it breaks."""

    help = (
        "Check that no entry of the audit ledger was changed, removed or inserted, and that it "
        "goes through every signed checkpoint. Prints one JSON object: for each brand the number "
        "of entries, the last hash, the texts that were erased and the checkpoints. Exits with 1, "
        "names the first broken entry and says what was done to it if the ledger does not hold."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """--brand, --checkpoint and --export."""
        parser.add_argument("--brand", metavar="SLUG", help="Only this brand (default: all).")
        parser.add_argument(
            "--checkpoint",
            metavar="FILE",
            action="append",
            default=[],
            help="Also a checkpoint that was kept elsewhere; its brand is the one checked.",
        )
        parser.add_argument(
            "--export", metavar="FILE", help="Also write every entry to FILE, a JSON object a line."
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Verify, and export on the way."""
        given = [_checkpoint(Path(name)) for name in options["checkpoint"]]
        brands = Brand.objects.order_by("slug")
        if options["brand"]:
            brands = brands.filter(slug=options["brand"])
            if not brands:
                raise CommandError(f"There is no brand with the slug {options['brand']}.")
        elif given:
            brands = brands.filter(pk__in=[one.brand_id for one in given])
        if lost := {one.brand_id for one in given} - {brand.pk for brand in brands}:
            raise CommandError(f"A checkpoint is of a brand that is not checked: {min(lost)}.")
        result: dict[str, dict[str, Any]] = {}
        problems = []
        with ExitStack() as stack:
            out = None
            if options["export"]:
                try:
                    out = stack.enter_context(Path(options["export"]).open("w", encoding="utf-8"))
                except OSError as error:
                    raise CommandError(f"Cannot write {options['export']}: {error}.") from error

            def seen(entry: AuditEntry) -> None:
                if out:
                    said = audit.exported(entry, origins[entry.brand_id])
                    out.write(json.dumps(said, ensure_ascii=False) + "\n")

            origins = {brand.pk: audit.Origins.of_brand(brand.pk) for brand in brands}
            for brand in brands:
                also = [one for one in given if one.brand_id == brand.pk]
                try:
                    found = verifying.verify(brand, also=also, seen=seen)
                except checkpoints.CheckpointRefused as refusal:
                    raise CommandError(f"{brand.slug}: {refusal}") from refusal
                result[brand.slug] = {
                    "entries": found.entries,
                    "last_hash": found.last_hash,
                    "texts_erased": found.texts_erased,
                    "checkpoints": found.checkpoints,
                }
                if broken := found.broken:
                    kind = broken.kind.replace("_", " ")
                    problems.append(
                        f"{brand.slug}: entry {broken.number} ({kind}): {broken.problem}."
                    )
        if problems:
            raise CommandError("The ledger is broken. " + " ".join(problems))
        self.stdout.write(json.dumps(result))


def _checkpoint(file: Path) -> checkpoints.Checkpoint:
    try:
        return checkpoints.read(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"Cannot read {file}: {error}.") from error
    except checkpoints.CheckpointRefused as refusal:
        raise CommandError(f"{file}: {refusal}") from refusal
