"""What is done with an experiment: started, joined, read, ended."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from campaigns.models import Engagement
from crm.importers.tables import TableRefused
from crm.permissions import BrandRequest, Can, brand_page
from crm.styled import put_error
from segmentation.choices import OutcomeMetric
from segmentation.forms.experiments import OutcomesForm, WordsForm
from segmentation.selectors import experiments as selectors
from segmentation.services.experiments import assigning, ending, files, looking
from segmentation.services.experiments.refusals import ExperimentRefused
from segmentation.views.experiments import experiment_of, render_experiment


def _back(request: BrandRequest, pk: int) -> HttpResponse:
    return redirect("segmentation:experiment", request.brand.slug, pk)


@require_POST
@brand_page(Can.RUN_EXPERIMENTS)
def start(request: BrandRequest, pk: int) -> HttpResponse:
    """Draw, write down, begin."""
    found = experiment_of(request, pk)
    try:
        assigning.start(experiment_id=found.pk, actor=request.user, at=timezone.now())
    except ExperimentRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"“{found.name}” runs. Who got what is written down.")
    return _back(request, found.pk)


@require_POST
@brand_page(Can.RUN_EXPERIMENTS)
def join(request: BrandRequest, pk: int) -> HttpResponse:
    """Give arms to those who came since the start."""
    found = experiment_of(request, pk)
    try:
        number = assigning.add_late(experiment_id=found.pk, actor=request.user, at=timezone.now())
    except ExperimentRefused as refusal:
        messages.error(request, str(refusal))
    else:
        came = f"{number} creator{'' if number == 1 else 's'} joined." if number else "Nobody came."
        messages.success(request, came)
    return _back(request, found.pk)


@require_POST
@brand_page(Can.RUN_EXPERIMENTS)
def look(request: BrandRequest, pk: int) -> HttpResponse:
    """Have the result computed: of what was measured, or of a file."""
    found = experiment_of(request, pk)
    now = timezone.now()
    if found.metric != OutcomeMetric.UPLOADED:
        try:
            looking.ask(experiment_id=found.pk, actor=request.user, at=now)
        except ExperimentRefused as refusal:
            messages.error(request, str(refusal))
        return _back(request, found.pk)
    form = OutcomesForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            files.look_at_file(
                experiment=found, upload=form.cleaned_data["file"], actor=request.user, at=now
            )
        except TableRefused as refusal:
            for fault in refusal.faults:
                put_error(form, "file", fault)
        except ExperimentRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            return _back(request, found.pk)
    return render_experiment(request, found, upload=form, status=422)


@require_POST
@brand_page(Can.RUN_EXPERIMENTS)
def complete(request: BrandRequest, pk: int) -> HttpResponse:
    """Say what the brand does now."""
    return _end(request, pk, "complete")


@require_POST
@brand_page(Can.RUN_EXPERIMENTS)
def stop(request: BrandRequest, pk: int) -> HttpResponse:
    """Give it up, with the reason."""
    return _end(request, pk, "stop")


def _end(request: BrandRequest, pk: int, act: str) -> HttpResponse:
    found = experiment_of(request, pk)
    form = WordsForm(request.POST)
    if form.is_valid():
        words = form.cleaned_data["words"]
        now = timezone.now()
        try:
            if act == "complete":
                ending.complete(experiment_id=found.pk, decision=words, actor=request.user, at=now)
            else:
                ending.stop(experiment_id=found.pk, reason=words, actor=request.user, at=now)
        except ExperimentRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, f"“{found.name}” is ended.")
            return _back(request, found.pk)
    return render_experiment(request, found, words=form, ending=act, status=422)


@require_safe
@brand_page(Can.VIEW)
def of_engagement(request: BrandRequest, key: str, pk: int) -> HttpResponse:
    """What a creator of a campaign gets for the sake of an experiment: a part of their page."""
    rows = Engagement.objects.visible_to(request.user)
    engagement = get_object_or_404(rows, campaign__brand=request.brand, campaign__key=key, pk=pk)
    context = {"arms": list(selectors.of_engagement(engagement))}
    return render(request, "segmentation/experiments/_of_engagement.html", context)
