"""What import_creators and import_posts share: options, the run, the counts as JSON."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from crm.importers.mapping import Kind, MappingInvalid
from crm.importers.rows import Unreadable
from crm.models import Brand, ImportBatch
from crm.services import duplicates
from crm.services.imports import batches, running


class ImportCommand(BaseCommand):
    """Import one file for a brand."""

    kind: Kind

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The options of both commands."""
        parser.add_argument(
            "file",
            type=Path,
            metavar="FILE",
            help="CSV, TSV, JSON lines or XLSX; also .gz and .xz.",
        )
        parser.add_argument(
            "--brand", required=True, metavar="SLUG", help="The brand that the creators are for."
        )
        parser.add_argument(
            "--source",
            default="",
            help="What the file comes from, e.g. modash: its column mapping is kept by this name.",
        )
        parser.add_argument(
            "--mapping",
            type=Path,
            metavar="F",
            help="JSON that says what the columns mean: "
            '{"platform": "tiktok", "columns": {"User": "handle"}}.',
        )
        parser.add_argument(
            "--platform",
            default="",
            help="The platform of all handles, where the file does not say it.",
        )
        parser.add_argument(
            "--captured-at",
            type=date.fromisoformat,
            metavar="DATE",
            help="The day that the numbers are from (2022-09-01). Without it: what the file's "
            "name says, else today.",
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="Only say what would happen; nothing is written."
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Run the import and print its counts."""
        path: Path = options["file"]
        brand = Brand.objects.filter(slug=options["brand"]).first()
        if brand is None:
            raise CommandError(f"There is no brand “{options['brand']}”.")
        if not path.is_file():
            raise CommandError(f"There is no file {path}.")
        at = timezone.now()
        wishes = batches.Wishes(
            kind=self.kind,
            source=options["source"],
            platform=options["platform"],
            captured_on=options["captured_at"],
            mapping=_mapping(options["mapping"]),
        )
        try:
            batch = batches.start(
                brand=brand, actor=None, path=path, file_name=path.name, wishes=wishes, at=at
            )
        except (Unreadable, MappingInvalid) as error:
            raise CommandError(str(error)) from None
        try:
            self._say_mapping(batch)
            if options["dry_run"]:
                counts = running.check_import(batch_id=batch.pk, at=at, path=path)
            else:
                counts = running.apply_import(batch_id=batch.pk, actor=None, at=at, path=path)
            batch.refresh_from_db()
            self._say_rejects(batch)
        except (Unreadable, MappingInvalid) as error:
            batch.delete()
            raise CommandError(str(error)) from None
        finally:
            if options["dry_run"]:
                ImportBatch.objects.filter(pk=batch.pk).delete()
        pairs = 0 if options["dry_run"] else duplicates.find_after(batch_id=batch.pk, at=at)
        if pairs:
            self.stdout.write(
                f"  {pairs:,} pairs may be one creator twice: decide on the page Duplicates"
            )
        ignored = {column: found["count"] for column, found in batch.counts["ignored"].items()}
        result = {
            "import": None if options["dry_run"] else batch.pk,
            **counts.to_json(),
            "ignored": ignored,
            "duplicate_pairs": pairs,
        }
        self.stdout.write(json.dumps(result, ensure_ascii=False))

    def _say_mapping(self, batch: ImportBatch) -> None:
        self.stdout.write(
            f"{batch.file_name}, numbers from {batch.captured_at:%Y-%m-%d}, source {batch.source}"
        )
        platform = batch.mapping["platform"]
        for column in batch.mapping["columns"]:
            if column["target"]:
                where = column.get("platform") or platform
                self.stdout.write(
                    f"  {column['column']} -> {column['target']}{f' ({where})' if where else ''}"
                )
        for warning in batch.mapping["warnings"]:
            self.stdout.write(f"  Note: {warning}")

    def _say_rejects(self, batch: ImportBatch) -> None:
        for reject in batch.rejects.all()[:10]:
            where = f"line {reject.line}" + (f", {reject.column}" if reject.column else "")
            self.stdout.write(f"  Rejected {where}: {reject.reason}")
        more = sum(batch.rejected.values()) - 10
        if more > 0:
            self.stdout.write(f"  … and {more:,} more rows")


def _mapping(path: Path | None) -> Mapping[str, Any] | None:
    if path is None:
        return None
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CommandError(f"The mapping {path} cannot be read: {error}") from None
    if not isinstance(found, dict):
        raise CommandError(f"The mapping {path} is not a JSON object.")
    return found
