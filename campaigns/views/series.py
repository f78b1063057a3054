"""Daily series of a brand: the list with its files and notes, and one with its chart."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campaigns.forms.series import DayNoteForm, DaysForm, SeriesForm, ValueForm, ValuesForm
from campaigns.models import DailySeries, DayNote, SeriesBatch
from campaigns.selectors.series import charts
from campaigns.services.days import today_of
from campaigns.services.series import importing, keeping, notes
from campaigns.services.series.keeping import SeriesRefused
from crm.importers.tables import TableRefused
from crm.permissions import BrandRequest, Can, brand_page
from crm.styled import put_error

FILES_SHOWN = 10
NOTES_SHOWN = 50


@require_safe
@brand_page(Can.VIEW)
def series_list(request: BrandRequest) -> HttpResponse:
    """All of them, with files, notes and what can be added."""
    return _list(request)


def _list(request: BrandRequest, status: int = 200, **forms: Any) -> HttpResponse:
    brand = request.brand
    batches = SeriesBatch.objects.filter(brand=brand).select_related("created_by")
    found = DayNote.objects.filter(brand=brand).select_related("platform", "created_by")
    context = {
        "found": list(charts.in_list(brand)),
        "batches": list(batches[:FILES_SHOWN]),
        "notes": list(found[:NOTES_SHOWN]),
        "series_form": SeriesForm(),
        "values_form": ValuesForm(brand=brand),
        "note_form": DayNoteForm(initial={"day": today_of(brand, timezone.now())}),
        **forms,
    }
    return render(request, "campaigns/series/list.html", context, status=status)


@require_POST
@brand_page(Can.KEEP_SERIES)
def new(request: BrandRequest) -> HttpResponse:
    """Make a series."""
    form = SeriesForm(request.POST)
    if form.is_valid():
        try:
            made = keeping.create_series(
                brand=request.brand, **form.cleaned_data, actor=request.user, at=timezone.now()
            )
        except SeriesRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            return redirect("campaigns:series", request.brand.slug, made.key)
    return _list(request, 422, series_form=form)


@require_POST
@brand_page(Can.KEEP_SERIES)
def take_file(request: BrandRequest) -> HttpResponse:
    """Take a file of values in, whole or not at all."""
    form = ValuesForm(request.POST, request.FILES, brand=request.brand)
    if form.is_valid():
        try:
            batch = importing.import_values(
                brand=request.brand,
                upload=form.cleaned_data["file"],
                series=form.cleaned_data["series"],
                actor=request.user,
                at=timezone.now(),
            )
        except TableRefused as refusal:
            for fault in refusal.faults:
                put_error(form, "file", fault)
        except SeriesRefused as refusal:
            put_error(form, "file", str(refusal))
        else:
            messages.success(
                request, f"{batch.values_new} new values, {len(batch.replaced)} replaced."
            )
            return redirect("campaigns:series_list", request.brand.slug)
    return _list(request, 422, values_form=form)


@require_POST
@brand_page(Can.KEEP_SERIES)
def undo_file(request: BrandRequest, pk: int) -> HttpResponse:
    """Take a file out again."""
    batch = get_object_or_404(SeriesBatch, brand=request.brand, pk=pk)
    try:
        importing.undo_import(batch_id=batch.pk, actor=request.user, at=timezone.now())
    except SeriesRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"The values of {batch.file_name} are taken out.")
    return redirect("campaigns:series_list", request.brand.slug)


@require_POST
@brand_page(Can.KEEP_SERIES)
def note_new(request: BrandRequest) -> HttpResponse:
    """Write down what happened on a day."""
    form = DayNoteForm(request.POST)
    if form.is_valid():
        try:
            notes.add_note(
                brand=request.brand, **form.cleaned_data, actor=request.user, at=timezone.now()
            )
        except SeriesRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, "Written down: charts show it on its day.")
            return redirect("campaigns:series_list", request.brand.slug)
    return _list(request, 422, note_form=form)


@require_POST
@brand_page(Can.KEEP_SERIES)
def note_remove(request: BrandRequest, pk: int) -> HttpResponse:
    """Take a note back."""
    note = get_object_or_404(DayNote.objects.select_related("brand"), brand=request.brand, pk=pk)
    notes.remove_note(note=note, actor=request.user, at=timezone.now())
    messages.success(request, "The note is taken back.")
    return redirect("campaigns:series_list", request.brand.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@brand_page(Can.VIEW, post=Can.KEEP_SERIES)
def series(request: BrandRequest, key: str) -> HttpResponse:
    """One of them by day; posting writes a value down."""
    rows = DailySeries.objects.visible_to(request.user).select_related("brand")
    found = get_object_or_404(rows, brand=request.brand, key=key)
    now = timezone.now()
    form = ValueForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        said = form.cleaned_data
        try:
            keeping.put_values(
                series=found, values={said["day"]: said["value"]}, actor=request.user, at=now
            )
        except SeriesRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, "Written down.")
            return redirect("campaigns:series", request.brand.slug, found.key)
    shown = DaysForm(request.GET)
    last = today_of(request.brand, now)
    first = last - shown.span
    values = charts.values_of([found], first, last)[found.pk]
    marks = charts.notes_of(request.brand, first, last)
    context = {
        "series": found,
        "form": form,
        "shown": shown,
        "chart": charts.chart([(found.name, values)], first, last, marks),
        "values": sorted(values.items(), reverse=True),
        "marks": marks,
        "first": first,
        "last": last,
    }
    status = 422 if form.errors else 200
    return render(request, "campaigns/series/series.html", context, status=status)
