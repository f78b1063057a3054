"""Work in the background, as who asked for it sees it: progress, result, stop, undo, file."""

from __future__ import annotations

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from crm import exports
from crm.choices import RowOutcome
from crm.lists import changes
from crm.models import Job, JobRow
from crm.paging import Order, paginate
from crm.permissions import BrandRequest, Can, brand_page
from crm.services import jobs as service

PAGE_SIZE, ROWS_SHOWN, BAR_SIZE = 25, 100, 5
_NEWEST_FIRST = Order("jobs", "created_at", "id", descending=True)
# Rows that a person may want to look at one by one.
_TOLD = (RowOutcome.REFUSED, RowOutcome.KEPT)


def _job(request: BrandRequest, pk: int) -> Job:
    """One's own; 404 for those of others, as if they did not exist."""
    mine = Job.objects.visible_to(request.user).filter(brand=request.brand)
    found = mine.select_related("undone_by").filter(pk=pk).first()
    if found is None:
        msg = "There is no such task among yours."
        raise Http404(msg)
    return found


@require_safe
@brand_page(Can.VIEW)
def jobs(request: BrandRequest) -> HttpResponse:
    """Everything that one asked for, newest first."""
    mine = Job.objects.visible_to(request.user).filter(brand=request.brand)
    rows = mine.select_related("undone_by")
    page = paginate(rows, _NEWEST_FIRST, cursor=request.GET.get("cursor"), size=PAGE_SIZE)
    return render(request, "crm/jobs/list.html", {"page": page, "now": timezone.now()})


@require_safe
@brand_page(Can.VIEW)
def job(request: BrandRequest, pk: int) -> HttpResponse:
    """One of them; with htmx how far it is, asked again until it is at its end."""
    found = _job(request, pk)
    told = JobRow.objects.filter(job=found, outcome__in=_TOLD)
    rows = told.select_related("relationship__creator").order_by("outcome", "relationship")
    context = {
        "job": found,
        "now": timezone.now(),
        "can_undo": found.may_be_undone(timezone.now()),
        "rows": rows[:ROWS_SHOWN],
        "told": told.count(),
    }
    template = "crm/jobs/show.html"
    is_fragment = request.htmx and not request.htmx.boosted
    response = render(request, f"{template}#progress" if is_fragment else template, context)
    if is_fragment and not found.is_under_way:
        response["HX-Refresh"] = "true"
    return response


@require_safe
@brand_page(Can.VIEW)
def bar(request: BrandRequest) -> HttpResponse:
    """What the frame of each page shows: what runs, and the results not yet put away."""
    return _bar(request)


@require_safe
@brand_page(Can.VIEW)
def rows(request: BrandRequest, pk: int) -> HttpResponseBase:
    """Who was refused or kept, and why, as CSV."""
    found = _job(request, pk)
    told = JobRow.objects.filter(job=found, outcome__in=_TOLD).order_by("outcome", "relationship")
    lines = told.values_list("relationship__creator__uid", "relationship__creator__name", "reason")
    head = ("uid", "name", "reason")
    return exports.respond(f"refused-{found.pk}", head, lines.iterator(chunk_size=2_000))


@require_safe
@brand_page(Can.VIEW)
def file(request: BrandRequest, pk: int) -> HttpResponseBase:
    """The file that it made, until its time is over."""
    found = _job(request, pk)
    if not found.file or (found.expires_at and found.expires_at <= timezone.now()):
        msg = "The file of this task is not kept any more. Ask for it again."
        raise Http404(msg)
    service.put_away(job=found, at=timezone.now())
    return FileResponse(found.file.open("rb"), as_attachment=True, filename=found.file_name)


@require_POST
@brand_page(Can.VIEW)
def stop(request: BrandRequest, pk: int) -> HttpResponse:
    """End it where it is."""
    found = _job(request, pk)
    try:
        service.stop(job=found, at=timezone.now())
    except service.JobRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"{found.title}: it stops after the part at which it is.")
    return redirect("crm:job", brand=request.brand.slug, pk=pk)


@require_POST
@brand_page(Can.VIEW)
def undo(request: BrandRequest, pk: int) -> HttpResponse:
    """Put back what it changed, in the background too."""
    found = _job(request, pk)
    try:
        undoing = changes.undo(job=found, actor=request.user, role=request.role, at=timezone.now())
    except service.JobRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("crm:job", brand=request.brand.slug, pk=pk)
    service.put_away(job=found, at=timezone.now())
    messages.success(request, f"{undoing.title}: started.")
    return redirect("crm:job", brand=request.brand.slug, pk=undoing.pk)


@require_POST
@brand_page(Can.VIEW)
def seen(request: BrandRequest, pk: int) -> HttpResponse:
    """Put its result away."""
    service.put_away(job=_job(request, pk), at=timezone.now())
    if request.htmx:
        return _bar(request)
    return redirect("crm:jobs", brand=request.brand.slug)


def _bar(request: BrandRequest) -> HttpResponse:
    mine = Job.objects.visible_to(request.user).filter(brand=request.brand, seen_at=None)
    shown = [*mine.select_related("undone_by")[:BAR_SIZE]]
    context = {
        "jobs": shown,
        "now": timezone.now(),
        "is_running": any(job.is_under_way for job in shown),
    }
    return render(request, "crm/jobs/_bar.html", context)
