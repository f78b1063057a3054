"""Runs: the list with "Run now", one run with its progress, who moved, and the decision."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from kombu.exceptions import OperationalError

from crm.paging import BadCursor
from crm.permissions import BrandRequest, Can, brand_page
from segmentation.choices import ChangeKind
from segmentation.facts.catalogue import catalogue
from segmentation.filters import RunFilter
from segmentation.forms import DecideForm, StartRunForm
from segmentation.models import Run, Segment
from segmentation.selectors import runs as selectors
from segmentation.services import decisions
from segmentation.services import runs as services
from segmentation.services.runs import RunRefused
from segmentation.tasks import execute_run

LIST = "segmentation/runs/list.html"
DETAIL = "segmentation/runs/detail.html"


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
    return render(request, LIST, context, status=422 if form.errors else 200)


@require_safe
@brand_page(Can.VIEW)
def run(request: BrandRequest, pk: int) -> HttpResponse:
    """One run. While it is not done the page asks for its status and reloads at the end."""
    found = _find(request, pk)
    if request.htmx and not request.htmx.boosted:
        if found.status in selectors.UNFINISHED:
            return render(request, f"{DETAIL}#status", {"run": found, "is_unfinished": True})
        return HttpResponse(headers={"HX-Refresh": "true"})
    return _page(request, found, DecideForm())


@require_POST
@brand_page(Can.APPLY_RUNS)
def decide(request: BrandRequest, pk: int) -> HttpResponse:
    """Apply a change set that waits, or reject it with a reason."""
    found = _find(request, pk)
    form = DecideForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form, status=422)
    moment = timezone.now()
    try:
        if form.cleaned_data["decision"] == DecideForm.APPLY:
            decisions.apply_run(run_id=found.pk, actor=request.user, at=moment)
            messages.success(request, "The change set was applied.")
        else:
            decisions.reject_run(
                run_id=found.pk,
                actor=request.user,
                at=moment,
                reason=form.cleaned_data["reason"],
            )
            messages.success(request, "The change set was rejected; nobody moved.")
    except RunRefused as refusal:
        form.add_error(None, str(refusal))
        return _page(request, _find(request, pk), form, status=409)
    return redirect("segmentation:run", request.brand.slug, found.pk)


@require_safe
@brand_page(Can.VIEW)
def changes(request: BrandRequest, pk: int, key: str, kind: str) -> HttpResponse:
    """Who joined or left a segment in a run, with the values that made it so."""
    found = _find(request, pk)
    segment = get_object_or_404(Segment, brand=request.brand, key=key)
    if kind not in ChangeKind.values:
        msg = "People join a segment or leave it."
        raise Http404(msg)
    try:
        page = selectors.changes_page(
            found,
            segment,
            ChangeKind(kind),
            facts=catalogue(request.brand),
            cursor=request.GET.get("cursor"),
        )
    except BadCursor as refusal:
        messages.error(request, str(refusal))
        return redirect("segmentation:changes", request.brand.slug, found.pk, key, kind)
    context = {"run": found, "segment": segment, "kind": ChangeKind(kind), "page": page}
    template = "segmentation/runs/changes.html"
    if request.htmx and not request.htmx.boosted:
        template += "#rows"
    return render(request, template, context)


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
    try:
        execute_run.apply_async(kwargs={"run_id": started.pk}, retry=False)
    except OperationalError:
        messages.warning(
            request, "No worker can be reached at the moment. The run is queued and starts later."
        )
    return started


def _find(request: BrandRequest, pk: int) -> Run:
    found = selectors.find_run(request.brand, pk)
    if found is None:
        msg = f"{request.brand} has no run {pk}."
        raise Http404(msg)
    return found


def _page(
    request: BrandRequest, found: Run, form: DecideForm, *, status: int = 200
) -> HttpResponse:
    page = selectors.run_page(found, catalogue(request.brand))
    context = {"page": page, "run": found, "is_unfinished": page.is_unfinished, "form": form}
    return render(request, DETAIL, context, status=status)
