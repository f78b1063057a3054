"""Imports in the browser: upload, columns, dry run, apply, progress, result, undo."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.core.files.base import ContentFile
from django.db import transaction
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from crm import exports
from crm.choices import ImportStatus
from crm.forms import ImportColumnForm, ImportFileForm, UploadForm, put_error
from crm.importers.dates import DateForm
from crm.importers.examples import sample_value
from crm.importers.mapping import ColumnMapping, Kind, MappingInvalid
from crm.importers.numbers import DecimalStyle, PercentUnit
from crm.importers.rows import Unreadable
from crm.importers.vocabulary import NUMBERS, PERCENTAGES, Level, Parse, Targets
from crm.models import ImportBatch
from crm.paging import Order, paginate
from crm.permissions import BrandRequest, Can, brand_page
from crm.services.imports import asking, batches, files, hindrances, settling, undoing
from crm.services.imports.batches import ImportRefused, Wishes

PAGE_SIZE = 25
SAMPLES_SHOWN = 3
REJECTS_SHOWN = 20
_NEWEST_FIRST = Order("imports", "created_at", "id", descending=True)
_WORKING = (ImportStatus.CHECKING, ImportStatus.APPLYING, ImportStatus.UNDOING)
_COUNT_WORDS = (
    ("creators_new", "New creators"),
    ("creators_updated", "Updated creators"),
    ("unchanged", "Unchanged creators"),
    ("profiles_new", "New profiles"),
    ("posts_new", "New posts"),
)


@dataclass(frozen=True)
class ColumnRow:
    """A row of the mapping page: a column, cells of it, its form and how the first cell is read."""

    number: int
    name: str
    samples: list[str]
    form: ImportColumnForm
    reads: list[str]
    parts: frozenset[str]
    why: str


@dataclass(frozen=True)
class ImportRow:
    """A row of the list; counts are None before the first check."""

    batch: ImportBatch
    rows: int | None
    creators_new: int | None
    rejected: int | None


@brand_page(Can.VIEW, post=Can.IMPORT_DATA)
def imports(request: BrandRequest) -> HttpResponse:
    """All imports, and the form for a new one."""
    is_sent = request.method == "POST"
    form = UploadForm(request.POST, request.FILES) if is_sent else UploadForm()
    if is_sent and form.is_valid():
        try:
            batch = _upload(request, form.cleaned_data)
        except (Unreadable, MappingInvalid) as refusal:
            put_error(form, "file", str(refusal))
        else:
            return redirect("crm:import_columns", brand=request.brand.slug, pk=batch.pk)
    rows = ImportBatch.objects.filter(brand=request.brand).select_related("created_by")
    page = paginate(rows, _NEWEST_FIRST, cursor=request.GET.get("cursor"), size=PAGE_SIZE)
    context = {"form": form, "page": page, "rows": [_import_row(batch) for batch in page.items]}
    status = 422 if form.errors else 200
    return render(request, "crm/imports/list.html", context, status=status)


@brand_page(Can.IMPORT_DATA)
def columns(request: BrandRequest, pk: int) -> HttpResponse:
    """What each column means; settling it starts the dry run."""
    batch = _batch(request, pk)
    if batch.status not in batches.OPEN:
        return redirect("crm:import", brand=request.brand.slug, pk=pk)
    try:
        mapping, samples = settling.as_stored(batch)
    except Unreadable as refusal:
        messages.error(request, str(refusal))
        return redirect("crm:import", brand=request.brand.slug, pk=pk)
    problems: list[str] = []
    initial = _file_initial(mapping)
    is_sent = request.method == "POST"
    file_form = ImportFileForm(request.POST) if is_sent else ImportFileForm(initial=initial)
    targets = batches.targets_of(request.brand)
    if is_sent and file_form.is_valid():
        mapping = _posted(request, mapping, file_form, targets)
        captured_at = settling.captured_at(batch, mapping)
        try:
            with transaction.atomic():
                batches.settle(batch_id=pk, mapping=mapping, captured_at=captured_at)
                asking.ask_check(batch_id=pk, brand=request.brand)
        except MappingInvalid as refusal:
            problems = refusal.problems
        except ImportRefused as refusal:
            messages.error(request, str(refusal))
            return redirect("crm:import", brand=request.brand.slug, pk=pk)
        else:
            return redirect("crm:import", brand=request.brand.slug, pk=pk)
    context = {
        "batch": batch,
        "mapping": mapping,
        "file_form": file_form,
        "rows": [
            _column_row(number, mapping, samples, targets) for number in range(len(mapping.columns))
        ],
        "problems": problems,
    }
    status = 422 if problems or file_form.errors else 200
    return render(request, "crm/imports/columns.html", context, status=status)


@require_POST
@brand_page(Can.IMPORT_DATA)
def column(request: BrandRequest, pk: int, number: int) -> HttpResponse:
    """One row of the mapping page as it is after a choice, with how its cells are read then."""
    batch = _batch(request, pk)
    if batch.status not in batches.OPEN:
        raise Http404
    try:
        mapping, samples = settling.as_stored(batch)
    except Unreadable as refusal:
        raise Http404(str(refusal)) from refusal
    targets = batches.targets_of(request.brand)
    if number >= len(mapping.columns):
        raise Http404
    before = mapping.columns[number].target
    mapping = _posted(request, mapping, ImportFileForm(request.POST), targets)
    if mapping.columns[number].target != request.POST.get("was", before):
        mapping = settling.told_again(mapping, number, samples, targets)
    row = _column_row(number, mapping, samples, targets)
    return render(request, "crm/imports/columns.html#row", {"row": row, "batch": batch})


@require_safe
@brand_page(Can.VIEW)
def show(request: BrandRequest, pk: int) -> HttpResponse:
    """One import: progress while it is worked on, then what it would do or did."""
    batch = _batch(request, pk)
    template = "crm/imports/show.html"
    is_working = batch.status in _WORKING
    if request.htmx and not request.htmx.boosted and is_working:
        template += "#progress"
    response = render(request, template, _show_context(batch))
    if request.htmx and not request.htmx.boosted and not is_working:
        # Done: the whole page changes.
        response["HX-Refresh"] = "true"
    return response


@require_POST
@brand_page(Can.IMPORT_DATA)
def apply(request: BrandRequest, pk: int) -> HttpResponse:
    """Apply a checked import in the background."""
    batch = _batch(request, pk)
    try:
        asking.ask_apply(batch_id=batch.pk, brand=request.brand, actor=request.user)
    except ImportRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("crm:import", brand=request.brand.slug, pk=pk)


@brand_page(Can.IMPORT_DATA)
def undo(request: BrandRequest, pk: int) -> HttpResponse:
    """Ask, naming what undo does or why it cannot; then undo in the background."""
    batch = _batch(request, pk)
    reasons: list[str] = []
    if request.method == "POST":
        try:
            asking.ask_undo(batch_id=pk, brand=request.brand, actor=request.user)
        except undoing.UndoRefused as refusal:
            reasons = refusal.reasons
        else:
            return redirect("crm:import", brand=request.brand.slug, pk=pk)
    else:
        reasons = hindrances.reasons_against(batch)
    context = {"batch": batch, "reasons": reasons, "removed": _removed(batch)}
    return render(request, "crm/imports/undo.html", context, status=409 if reasons else 200)


@require_safe
@brand_page(Can.VIEW)
def rejects(request: BrandRequest, pk: int) -> HttpResponseBase:
    """The rejected rows as CSV."""
    batch = _batch(request, pk)

    cells = batch.rejects.order_by("line", "pk").values_list("line", "column", "value", "reason")
    head = ("line", "column", "value", "reason")
    return exports.respond(f"rejected-{batch.pk}", head, cells.iterator(chunk_size=2_000))


def _upload(request: BrandRequest, data: dict[str, Any]) -> ImportBatch:
    file = data["file"] or ContentFile(data["pasted"].encode(), name="pasted.csv")
    if file.size > files.UPLOAD_MAX_BYTES:
        raise Unreadable(
            "The file is larger than 500 MB. Import it on the server: manage.py import_creators."
        )
    wishes = Wishes(kind=Kind(data["kind"]) if data["kind"] else None, source=data["source"])
    return batches.upload(
        brand=request.brand,
        actor=request.user,
        file=file,
        file_name=Path(file.name or "list").name,
        wishes=wishes,
        at=timezone.now(),
    )


def _import_row(batch: ImportBatch) -> ImportRow:
    counts = batch.counts
    rejected = sum(batch.rejected.values()) if counts else None
    return ImportRow(batch, counts.get("rows"), counts.get("creators_new"), rejected)


def _batch(request: BrandRequest, pk: int) -> ImportBatch:
    found: ImportBatch = get_object_or_404(
        ImportBatch.objects.filter(brand=request.brand).select_related("created_by"), pk=pk
    )
    return found


def _file_initial(mapping: ColumnMapping) -> dict[str, Any]:
    return {
        "kind": mapping.kind.value,
        "platform": mapping.platform,
        "captured_on": mapping.captured_on,
    }


def _posted(
    request: BrandRequest, mapping: ColumnMapping, form: ImportFileForm, targets: Targets
) -> ColumnMapping:
    """The mapping as the page was sent; a column whose part is not in it stays as it was."""
    form.full_clean()
    platform = form.cleaned_data.get("platform")
    on = form.cleaned_data.get("captured_on")
    columns = []
    for number, old in enumerate(mapping.columns):
        prefix = f"c{number}"
        if f"{prefix}-target" not in request.POST:
            columns.append(old)
            continue
        sent = ImportColumnForm(request.POST, prefix=prefix, targets=targets)
        if not sent.is_valid():
            columns.append(old)
            continue
        data = sent.cleaned_data
        columns.append(
            replace(
                old,
                target=data["target"],
                platform=data["platform"].pk if data["platform"] else "",
                decimal=DecimalStyle(data["decimal"] or old.decimal),
                unit=PercentUnit(data["unit"] or old.unit),
                form=DateForm(data["form"] or old.form),
                why=old.why if data["target"] == old.target else "chosen by hand",
            )
        )
    return replace(
        mapping,
        kind=Kind(form.cleaned_data.get("kind", mapping.kind)),
        platform=platform.pk if platform else "",
        captured_on=on,
        year=on.year if on else mapping.year,
        columns=tuple(columns),
    )


def _column_row(
    number: int, mapping: ColumnMapping, samples: dict[str, list[Any]], targets: Targets
) -> ColumnRow:
    mapped = mapping.columns[number]
    known = [cell for cell in samples[mapped.column] if cell is not None and cell != ""]
    first = list({str(cell): cell for cell in known}.values())[:SAMPLES_SHOWN]
    initial = {
        "target": mapped.target,
        "platform": mapped.platform,
        "decimal": mapped.decimal.value,
        "unit": mapped.unit.value,
        "form": mapped.form.value,
    }
    target = targets.get(mapped.target)
    parts = {"target"}
    if target is not None:
        parts |= {"decimal"} if target.parse in NUMBERS else set()
        parts |= {"unit"} if target.parse in PERCENTAGES else set()
        parts |= {"form"} if target.parse is Parse.MOMENT else set()
        # One platform for the whole file is the usual case; else each column may have its own.
        varies = bool(mapped.platform) or not mapping.platform
        if varies and target.level is Level.ACCOUNT and target.key != "captured_at":
            parts.add("platform")
    year = mapping.year or datetime.now(tz=timezone.get_current_timezone()).year
    reads = [
        sample_value(mapped, cell, year=year, platform=mapping.platform, targets=targets)
        for cell in first
        if not mapped.target or target
    ]
    form = ImportColumnForm(prefix=f"c{number}", initial=initial, targets=targets)
    return ColumnRow(
        number,
        mapped.column,
        [str(cell)[:60] for cell in first],
        form,
        reads,
        frozenset(parts),
        mapped.why,
    )


def _show_context(batch: ImportBatch) -> dict[str, Any]:
    return {
        "batch": batch,
        "is_working": batch.status in _WORKING,
        "is_open": batch.status in batches.OPEN,
        "counts": _counts(batch),
        "rejected": sorted(batch.rejected.items()),
        "rejected_total": sum(batch.rejected.values()),
        "rejects": list(batch.rejects.order_by("line", "pk")[:REJECTS_SHOWN]),
        "ignored": sorted(batch.counts.get("ignored", {}).items()),
        "share": _share(batch),
    }


def _counts(batch: ImportBatch) -> list[tuple[str, int]]:
    return [(words, batch.counts[name]) for name, words in _COUNT_WORDS if name in batch.counts]


def _removed(batch: ImportBatch) -> str:
    """What undo takes away, in words: "creators: 2, profiles: 3, posts: 40"."""
    words = {
        "creators_new": "creators",
        "profiles_new": "profiles",
        "posts_new": "posts",
        "snapshots_new": "profile numbers",
    }
    return ", ".join(
        f"{what}: {batch.counts[name]:,}" for name, what in words.items() if batch.counts.get(name)
    )


def _share(batch: ImportBatch) -> int | None:
    """How much of the file is read, in percent; None where its length is not known yet."""
    if not batch.rows_total:
        return None
    return min(100, round(100 * batch.rows_done / batch.rows_total))
