"""Runs: the list with "Run now", the first history, one run with its progress and change set."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from crm.paging import BadCursor
from crm.permissions import BrandRequest, Can, brand_page
from segmentation.choices import ChangeKind
from segmentation.facts.catalogue import catalogue
from segmentation.filters import RunFilter
from segmentation.forms.runs import (
    CancelForm,
    ChangesForm,
    DecideForm,
    HistoryForm,
    RollBackForm,
    StartRunForm,
)
from segmentation.models import Change, Dimension, Run, Segment
from segmentation.selectors import movements
from segmentation.selectors import runs as selectors
from segmentation.selectors.undecided import undecided_page
from segmentation.services import quarters
from segmentation.services import runs as services
from segmentation.services.runs import RunRefused
from segmentation.tasks import execute_run, execute_runs
from segmentation.views.files import csv_response

LIST = "segmentation/runs/list.html"
DETAIL = "segmentation/runs/detail.html"
CHANGES = "segmentation/runs/changes.html"
NO_WORKER = "No worker can be reached at the moment. The run is queued and starts later."


@require_http_methods(["GET", "HEAD", "POST"])
@brand_page(Can.VIEW, post=Can.RUN_SEGMENTS)
def runs(request: BrandRequest) -> HttpResponse:
    """All runs, newest first; posting starts one."""
    form = StartRunForm(request.POST if request.method == "POST" else None, brand=request.brand)
    if request.method == "POST" and form.is_valid():
        try:
            run = _start(request, form)
        except RunRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("segmentation:run", request.brand.slug, run.pk)
    return _list(request, form)


@require_POST
@brand_page(Can.APPLY_RUNS)
def history(request: BrandRequest) -> HttpResponse:
    """Give a brand without a past one: a run for the start of each of the last quarters."""
    form = HistoryForm(request.POST)
    if form.is_valid():
        moment = timezone.now()
        starts = quarters.quarter_starts(request.brand, form.cleaned_data["quarters"], until=moment)
        try:
            queued = services.start_history(
                brand=request.brand, moments=starts, at=moment, actor=request.user
            )
        except RunRefused as refusal:
            messages.error(request, str(refusal))
        else:
            _hand_over(
                request,
                lambda: execute_runs.apply_async(
                    kwargs={"run_ids": [run.pk for run in queued]}, retry=False
                ),
            )
            messages.success(
                request, f"{len(queued)} runs are queued; they are executed one after the other."
            )
        return redirect("segmentation:runs", request.brand.slug)
    messages.error(request, "Choose how many quarters back the history begins.")
    return redirect("segmentation:runs", request.brand.slug)


@require_safe
@brand_page(Can.VIEW)
def run(request: BrandRequest, pk: int) -> HttpResponse:
    """One run. While a worker has it the page asks for its status, and reloads at the end."""
    found = find_run(request, pk)
    if request.htmx and not request.htmx.boosted:
        if found.status in selectors.UNFINISHED:
            progress = selectors.progress(found, at=timezone.now())
            context = {"run": found, "progress": progress, "order": None}
            return render(request, f"{DETAIL}#status", context)
        order = selectors.newest_order(found)
        if order is not None and order.is_open:
            context = {"run": found, "progress": None, "order": order}
            return render(request, f"{DETAIL}#status", context)
        return HttpResponse(headers={"HX-Refresh": "true"})
    return run_page(request, found)


@require_safe
@brand_page(Can.VIEW)
def changes(request: BrandRequest, pk: int, key: str, kind: str) -> HttpResponse:
    """Who joined or left a segment in a run, with the values that made it so."""
    found = find_run(request, pk)
    segment = get_object_or_404(
        Segment.objects.select_related("dimension"), brand=request.brand, key=key
    )
    if kind not in ChangeKind.values:
        msg = "People join a segment or leave it."
        raise Http404(msg)
    rows = Change.objects.filter(run=found, segment=segment, kind=kind)
    moved = "joined" if kind == ChangeKind.JOINED else "left"
    return _movers(request, found, rows, title=f"Who {moved} {segment.name}")


@require_safe
@brand_page(Can.VIEW)
def undecided(request: BrandRequest, pk: int, key: str) -> HttpResponse:
    """For whom a segment's rule is undecided, and for want of what."""
    found = find_run(request, pk)
    segment = get_object_or_404(
        Segment.objects.select_related("dimension"), brand=request.brand, key=key
    )
    try:
        page = undecided_page(
            found,
            segment,
            facts=catalogue(request.brand),
            cursor=request.GET.get("cursor"),
        )
    except BadCursor as refusal:
        messages.error(request, str(refusal))
        return redirect("segmentation:undecided", request.brand.slug, found.pk, key)
    context = {"run": found, "segment": segment, "page": page}
    template = "segmentation/runs/undecided.html"
    if request.htmx and not request.htmx.boosted:
        template += "#rows"
    return render(request, template, context)


@require_safe
@brand_page(Can.VIEW)
def movers(request: BrandRequest, pk: int) -> HttpResponse:
    """Who goes from one segment of a dimension to another: ?dimension=&from=&to=, empty: none."""
    found = find_run(request, pk)
    dimension = get_object_or_404(
        Dimension, brand=request.brand, key=request.GET.get("dimension", "")[:60]
    )
    before, after = (
        get_object_or_404(Segment, dimension=dimension, key=key[:60]) if key else None
        for key in (request.GET.get("from"), request.GET.get("to"))
    )
    if before is None and after is None:
        msg = "From no segment to no segment nobody moves."
        raise Http404(msg)
    rows = movements.movers(found, dimension, before, after)
    title = (
        f"{dimension.name}: from {before.name if before else 'none'} to "
        f"{after.name if after else 'none'}"
    )
    return _movers(request, found, rows, title=title)


@require_safe
@brand_page(Can.VIEW)
def changes_csv(request: BrandRequest, pk: int) -> StreamingHttpResponse:
    """The whole change set as CSV, streamed."""
    found = find_run(request, pk)
    rows = movements.csv_rows(Change.objects.filter(run=found), found, catalogue(request.brand))
    return csv_response(f"{request.brand.slug}-run-{found.pk}.csv", rows)


def find_run(request: BrandRequest, pk: int) -> Run:
    """The brand's run of this number, or 404."""
    found = selectors.find_run(request.brand, pk)
    if found is None:
        msg = f"{request.brand} has no run {pk}."
        raise Http404(msg)
    return found


def run_page(
    request: BrandRequest,
    found: Run,
    *,
    decide: DecideForm | None = None,
    cancel: CancelForm | None = None,
    roll_back: RollBackForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page of a run, with a form that was refused where there is one."""
    page = selectors.run_page(found, catalogue(request.brand))
    context = {
        "page": page,
        "run": found,
        "order": page.under_way,
        "progress": (selectors.progress(found, at=timezone.now()) if page.is_unfinished else None),
        "form": decide or DecideForm(),
        "cancel_form": cancel or CancelForm(auto_id="cancel_%s"),
        "roll_back_form": roll_back or RollBackForm(auto_id="roll_back_%s"),
    }
    return render(request, DETAIL, context, status=status)


def _list(request: BrandRequest, form: StartRunForm) -> HttpResponse:
    found = RunFilter(request.GET, Run.objects.filter(brand=request.brand), request=request)
    rows = found.qs if found.is_valid() else Run.objects.none()
    try:
        page = selectors.runs_page(rows, cursor=request.GET.get("cursor"))
    except BadCursor as refusal:
        messages.error(request, str(refusal))
        return redirect("segmentation:runs", request.brand.slug)
    context = {"filter": found, "page": page, "form": form}
    if request.htmx and not request.htmx.boosted and request.method == "GET":
        return render(request, f"{LIST}#rows", context)
    has_past = Run.objects.filter(brand=request.brand, applied_at__isnull=False).exists()
    context |= {"history_form": None if has_past else HistoryForm(auto_id="history_%s")}
    return render(request, LIST, context, status=422 if form.errors else 200)


def _movers(
    request: BrandRequest, found: Run, rows: QuerySet[Change], *, title: str
) -> HttpResponse:
    narrowing = ChangesForm(request.GET)
    try:
        page = movements.movers_page(
            narrowing.narrow(rows),
            found,
            facts=catalogue(request.brand),
            cursor=request.GET.get("cursor"),
        )
    except BadCursor as refusal:
        messages.error(request, str(refusal))
        return redirect("segmentation:run", request.brand.slug, found.pk)
    # The parts of the address that the filter must not lose.
    kept = [
        (name, request.GET[name]) for name in ("dimension", "from", "to") if name in request.GET
    ]
    context = {"run": found, "title": title, "page": page, "narrowing": narrowing, "kept": kept}
    is_part = request.htmx and not request.htmx.boosted
    return render(request, f"{CHANGES}#rows" if is_part else CHANGES, context)


def _start(request: BrandRequest, form: StartRunForm) -> Run:
    moment = timezone.now()
    started = services.start_run(
        brand=request.brand,
        as_of=form.cleaned_data["as_of"] or moment,
        at=moment,
        actor=request.user,
        dimension=form.cleaned_data["dimension"],
        is_dry=form.cleaned_data["is_dry"],
    )
    _hand_over(request, lambda: execute_run.apply_async(kwargs={"run_id": started.pk}, retry=False))
    return started


def _hand_over(request: BrandRequest, send: Callable[[], object]) -> None:
    """Send a task; where no worker can be reached, beat finds the run later."""
    try:
        send()
    except (OperationalError, RedisError):
        messages.warning(request, NO_WORKER)
