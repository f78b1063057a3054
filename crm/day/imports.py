"""Imports that wait: for somebody to apply them, or to look at the rows that were refused."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db.models import F, QuerySet
from django.urls import reverse

from crm.choices import ImportStatus
from crm.day.aside import PutAside
from crm.day.parts import DAY_AT, Asker, Row, Section
from crm.models import ImportBatch
from crm.permissions import Can

# What nobody corrected by then, nobody will.
RECENT = timedelta(days=30)


class _Imports(PutAside):
    """Of somebody, or of all."""

    icon = "file-import"
    can = Can.IMPORT_DATA

    def _imports(self, asker: Asker) -> QuerySet[ImportBatch]:
        rows = ImportBatch.objects.filter(brand=asker.brand, created_at__gt=asker.at - RECENT)
        if not asker.is_team:
            rows = rows.filter(created_by=asker.user)
        return rows.select_related("created_by")

    def _row(self, asker: Asker, batch: ImportBatch, why: str) -> Row:
        return Row(
            pk=batch.pk,
            title=batch.file_name,
            url=reverse("crm:import", args=[asker.brand.slug, batch.pk]),
            why=why,
            since=getattr(batch, DAY_AT),
            who=batch.created_by.display_name if batch.created_by else "nobody",
            done="Put aside",
        )


class RejectedRows(_Imports):
    """Applied, but not all of it was taken."""

    key = "import_rejects"
    section = Section.UNBLOCK
    name = "Rejected rows"

    def rows(self, asker: Asker) -> QuerySet[Any]:
        """Rows were refused and can be corrected."""
        rows = self._imports(asker).filter(status=ImportStatus.APPLIED, applied_at__isnull=False)
        return rows.exclude(rejected={}).annotate(**{DAY_AT: F("applied_at")})

    def show(self, asker: Asker, rows: Sequence[ImportBatch]) -> list[Row]:
        """How many rows, and where to get them."""
        return [self._row(asker, batch, _refused(batch)) for batch in rows]


class WaitingImports(_Imports):
    """Checked, and nobody said yes yet."""

    key = "import_checked"
    section = Section.DECIDE
    name = "Import"

    def rows(self, asker: Asker) -> QuerySet[Any]:
        """The dry run is there to be looked at."""
        rows = self._imports(asker).filter(status=ImportStatus.CHECKED)
        return rows.annotate(**{DAY_AT: F("created_at")})

    def show(self, asker: Asker, rows: Sequence[ImportBatch]) -> list[Row]:
        """Which file."""
        why = "checked, waits to be applied"
        return [self._row(asker, batch, why) for batch in rows]


def _refused(batch: ImportBatch) -> str:
    number = sum(count for count in batch.rejected.values() if isinstance(count, int))
    return f"{number:,} row{'' if number == 1 else 's'} refused; correct them and import them again"
