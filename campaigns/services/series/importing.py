"""A file of values: all of it or nothing, and its undoing."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from typing import Any

from django.core.files.base import File
from django.db import transaction

from campaigns.models import DailySeries, DailyValue, SeriesBatch
from campaigns.services.days import today_of
from campaigns.services.series.keeping import SeriesRefused, check, write
from crm import audit
from crm.importers.numbers import BadValue
from crm.importers.tables import Line, TableRefused, number_in, read_table
from crm.models import Brand, User

COLUMNS = {
    "day": ("day", "date"),
    "value": ("value", "count", "clicks", "sessions", "searches"),
    "series": ("series",),
}


@transaction.atomic
def import_values(
    *,
    brand: Brand,
    upload: File[Any],
    series: DailySeries | None,
    actor: User | None,
    at: datetime,
) -> SeriesBatch:
    """Take a file in. `series` is whose values they are where the rows do not say it.

    Raises TableRefused and SeriesRefused; nothing is taken then.
    """
    needed = ("day", "value") if series is not None else ("day", "value", "series")
    lines = read_table(upload, COLUMNS, required=needed)
    values = _read(brand, lines, series, today=today_of(brand, at))
    batch = SeriesBatch.objects.create(
        brand=brand,
        file_name=(upload.name or "values")[:255],
        created_by=actor,
        created_at=at,
    )
    kept = write(values, batch=batch, at=at)
    batch.values_new = kept.new
    batch.replaced = [[pk, day.isoformat(), value] for pk, day, value in kept.replaced]
    batch.save(update_fields=["values_new", "replaced"])
    audit.record(
        brand=brand,
        verb="campaigns.series.imported",
        target=batch,
        actor=actor,
        at=at,
        data={"keys": sorted(one.key for one in values), "new": kept.new}
        | {"replaced": len(kept.replaced)},
    )
    return batch


@transaction.atomic
def undo_import(*, batch_id: int, actor: User | None, at: datetime) -> SeriesBatch:
    """Take a file out: its values are gone, those it replaced are back.

    What somebody has written over since stays. Raises SeriesRefused.
    """
    rows = SeriesBatch.objects.select_for_update(no_key=True, of=("self",)).select_related("brand")
    found = rows.get(pk=batch_id)
    if found.undone_at is not None:
        raise SeriesRefused("This file was taken out already.", code="undone")
    mine = DailyValue.objects.filter(batch=found)
    days = set(mine.values_list("series", "day"))
    mine.delete()
    DailySeries.objects.filter(pk__in={pk for pk, _ in days}).update(written_at=at)
    DailyValue.objects.bulk_create(
        DailyValue(series_id=pk, day=date.fromisoformat(day), value=value)
        for pk, day, value in found.replaced
        if (pk, date.fromisoformat(day)) in days
    )
    found.undone_at = at
    found.save(update_fields=["undone_at"])
    audit.record(
        brand=found.brand,
        verb="campaigns.series.import_undone",
        target=found,
        actor=actor,
        at=at,
        data={"values": len(days)},
    )
    return found


def _read(
    brand: Brand, lines: list[Line], series: DailySeries | None, *, today: date
) -> dict[DailySeries, dict[date, float]]:
    """The values by series and day. Raises TableRefused with every fault."""
    by_name: dict[str, DailySeries] = {}
    for one in DailySeries.objects.filter(brand=brand).select_related("brand"):
        by_name |= {one.key: one, one.name.lower(): one}
    found: dict[DailySeries, dict[date, float]] = defaultdict(dict)
    faults = []
    for line in lines:
        try:
            whose = _series(line, by_name, series)
            day, value = _day(line.cells["day"]), number_in(line.cells["value"], what="A value")
            if value is None:
                continue  # an empty cell: not known, and no zero
            check(day, value, today=today)
        except (BadValue, SeriesRefused) as wrong:
            faults.append(f"Line {line.number}: {wrong}")
            continue
        if day in found[whose]:
            faults.append(f"Line {line.number}: {whose} has {day:%-d %B %Y} already.")
        found[whose][day] = value
    if not faults and not any(found.values()):
        faults.append("No row has a value.")
    if faults:
        raise TableRefused(faults)
    return found


def _series(line: Line, by_name: dict[str, DailySeries], series: DailySeries | None) -> DailySeries:
    name = str(line.cells.get("series") or "").strip()
    if not name and series is not None:
        return series
    found = by_name.get(name.lower())
    if found is None:
        raise BadValue("unknown", f"There is no series “{name[:60]}”: make it first.")
    return found


def _day(cell: object) -> date:
    """2026-11-22, or a day of a spreadsheet. Others could be two days. Raises BadValue."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    try:
        return date.fromisoformat(str(cell or "").strip()[:10])
    except ValueError:
        raise BadValue("not_a_day", f"“{str(cell)[:40]}” is no day: write 2026-11-22.") from None
