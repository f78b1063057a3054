"""Experiments: the list, the plan, and one with its draw, its looks and its end."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from crm import exports
from crm.permissions import BrandRequest, Can, brand_page
from crm.styled import put_error
from segmentation.choices import ErrandStatus, ExperimentDesign, OutcomeMetric
from segmentation.forms.experiments import (
    ExperimentForm,
    OutcomesForm,
    PowerForm,
    SpreadForm,
    WordsForm,
    arms_form,
)
from segmentation.models import Experiment
from segmentation.selectors import experiments as selectors
from segmentation.services.experiments import assigning, plans, power
from segmentation.services.experiments.refusals import ExperimentRefused

LISTED = 200


def experiment_of(request: BrandRequest, pk: int) -> Experiment:
    """An experiment of the brand. Raises Http404."""
    rows = Experiment.objects.visible_to(request.user).select_related(
        "brand", "campaign", "segment", "dimension", "created_by", "started_by", "ended_by"
    )
    return get_object_or_404(rows, brand=request.brand, pk=pk)


@require_safe
@brand_page(Can.VIEW)
def experiments(request: BrandRequest) -> HttpResponse:
    """All of them, the newest first."""
    found = list(selectors.in_list(request.brand)[:LISTED])
    return render(request, "segmentation/experiments/list.html", {"found": found})


@require_http_methods(["GET", "HEAD", "POST"])
@brand_page(Can.RUN_EXPERIMENTS)
def new(request: BrandRequest) -> HttpResponse:
    """Plan an experiment."""
    return _plan(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@brand_page(Can.RUN_EXPERIMENTS)
def edit(request: BrandRequest, pk: int) -> HttpResponse:
    """Change the plan of a draft."""
    return _plan(request, experiment_of(request, pk))


def _plan(request: BrandRequest, experiment: Experiment | None) -> HttpResponse:
    data = request.POST if request.method == "POST" else None
    form = ExperimentForm(data, brand=request.brand, experiment=experiment)
    arms = arms_form(data, segments=form.segments, experiment=experiment)
    if data is not None and all([form.is_valid(), arms.is_valid()]):
        said: dict[str, Any] = {
            "wanted": form.wanted(arms.plans()),
            "actor": request.user,
            "at": timezone.now(),
        }
        try:
            if experiment is None:
                kept = plans.create_experiment(brand=request.brand, **said)
            else:
                kept = plans.change_experiment(
                    experiment_id=experiment.pk, version=form.cleaned_data["version"], **said
                )
        except ExperimentRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, "The plan is saved. Look at who would get what, then start.")
            return redirect("segmentation:experiment", request.brand.slug, kept.pk)
    context = {"form": form, "arms": arms, "experiment": experiment}
    status = 422 if data is not None else 200
    return render(request, "segmentation/experiments/form.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@brand_page(Can.RUN_EXPERIMENTS)
def delete(request: BrandRequest, pk: int) -> HttpResponse:
    """Forget a draft, after saying what that means."""
    found = experiment_of(request, pk)
    if request.method == "POST":
        try:
            plans.delete_experiment(experiment_id=found.pk, actor=request.user, at=timezone.now())
        except ExperimentRefused as refusal:
            messages.error(request, str(refusal))
            return redirect("segmentation:experiment", request.brand.slug, found.pk)
        messages.success(request, f"“{found.name}” is deleted.")
        return redirect("segmentation:experiments", request.brand.slug)
    return render(request, "segmentation/experiments/delete.html", {"experiment": found})


@require_safe
@brand_page(Can.VIEW)
def experiment(request: BrandRequest, pk: int) -> HttpResponse:
    """One of them: a draft with its draw and its power, or what was read of it."""
    return render_experiment(request, experiment_of(request, pk))


def render_experiment(
    request: BrandRequest,
    found: Experiment,
    *,
    upload: OutcomesForm | None = None,
    words: WordsForm | None = None,
    ending: str = "",
    status: int = 200,
) -> HttpResponse:
    """The page, with what was typed where it was refused."""
    now = timezone.now()
    looks = list(found.looks.select_related("requested_by").order_by("number"))
    is_waiting = any(look.status == ErrandStatus.QUEUED for look in looks)
    template = "segmentation/experiments/experiment.html"
    if request.htmx and not request.htmx.boosted and request.method == "GET":
        if not is_waiting:
            # What is waited for is there: the page shows it.
            return HttpResponse(headers={"HX-Refresh": "true"})
        return render(request, f"{template}#waiting", {"is_waiting": is_waiting})
    done = [look for look in looks if look.status == ErrandStatus.DONE]
    shown = _shown(request, done)
    arms = list(found.arms.select_related("segment").order_by("position"))
    context: dict[str, Any] = {
        "experiment": found,
        "arms": arms,
        "looks": looks,
        "is_waiting": is_waiting,
        "shown": shown,
        "failed": next((look for look in looks if look.status == ErrandStatus.FAILED), None),
        "chart": selectors.forest(shown) if shown else None,
        "is_upload": found.metric == OutcomeMetric.UPLOADED,
        "is_observed": found.design == ExperimentDesign.SEGMENTS,
        "upload": upload or OutcomesForm(),
        "words": words or WordsForm(),
        "ending": ending,
        "draw": None,
        "refusal": "",
        "spread": SpreadForm(),
    }
    if found.is_draft:
        context |= _drawn(found)
    else:
        counts = selectors.kept_counts(found)
        context |= {
            "balance": selectors.balance_of(counts, arms, request.brand.pk),
            "sizes": [sum(here.get(arm.pk, 0) for here in counts.values()) for arm in arms],
            "next": selectors.next_look(found, looks, now),
        }
    return render(request, template, context, status=status)


def _shown(request: BrandRequest, done: list[Any]) -> Any:
    """The look that was asked for, else the last."""
    asked = request.GET.get("look", "")
    return next((one for one in done if str(one.number) == asked), done[-1] if done else None)


def _drawn(found: Experiment) -> dict[str, Any]:
    """What the draw would be now."""
    try:
        drawn = assigning.draw(found)
    except ExperimentRefused as refusal:
        return {"refusal": str(refusal), "balance": [], "sizes": [], "next": None}
    sizes = drawn.sizes()
    return {
        "draw": drawn,
        "balance": selectors.balance_of(drawn.counts(), list(drawn.arms), found.brand_id),
        "sizes": [sizes[arm.pk] for arm in drawn.arms],
        "next": None,
    }


@require_safe
@brand_page(Can.VIEW)
def experiment_power(request: BrandRequest, pk: int) -> HttpResponse:
    """What a draft could show, with the creators there are: a part of its page."""
    found = experiment_of(request, pk)
    form = SpreadForm(request.GET if "source" in request.GET else {"source": "past"})
    context: dict[str, Any] = {"experiment": found, "answer": None, "refusal": ""}
    if form.is_valid():
        try:
            drawn = assigning.draw(found)
            spread = _spread(found, form, [one.relationship_id for one in drawn.people])
            context["answer"] = power.answer_for(
                found, spread=spread, sizes=drawn.sizes(), arms=len(drawn.arms)
            )
        except ExperimentRefused as refusal:
            context["refusal"] = str(refusal)
    else:
        context["refusal"] = "Say how much creators differ, in numbers."
    return render(request, "segmentation/experiments/_power.html", context)


def _spread(found: Experiment, form: SpreadForm, people: list[int]) -> power.Spread:
    said = form.cleaned_data
    if said["source"] == "past":
        return power.past_spread(found, people, timezone.now())
    if said["between"] is None or said["events"] is None:
        raise ExperimentRefused(
            "Say by how much creators differ, and what one of them brings.",
            code="numbers_needed",
            field="between",
        )
    return power.expected_spread(said["between"] / 100, said["events"])


@require_safe
@brand_page(Can.VIEW)
def calculator(request: BrandRequest) -> HttpResponse:
    """How many creators an experiment takes that is only thought of; answers while one types."""
    names = PowerForm.base_fields
    usual = {name: names[name].initial for name in names}
    form = PowerForm({**usual, **request.GET.dict()})
    context: dict[str, Any] = {"form": form, "answer": None, "refusal": ""}
    if form.is_valid():
        said = form.cleaned_data
        try:
            context["answer"] = power.answer(
                spread=power.expected_spread((said["between"] or 0) / 100, said["events"] or 0),
                creators=said["creators"],
                arms=said["arms"],
                lift=said["lift"] / 100,
                level=float(said["level"]),
                looks=said["looks"],
            )
        except ExperimentRefused as refusal:
            context["refusal"] = str(refusal)
    template = "segmentation/experiments/power.html"
    if request.htmx and not request.htmx.boosted:
        return render(request, f"{template}#answer", context)
    return render(request, template, context)


@require_safe
@brand_page(Can.VIEW)
def assigned(request: BrandRequest, pk: int, form: exports.Format) -> HttpResponseBase:
    """Who got which arm, as a list: enough to repeat the draw."""
    found = experiment_of(request, pk)
    rows = (
        (
            row.number,
            row.relationship.creator.uid,
            row.relationship.creator.name,
            row.arm.key,
            row.arm.name,
            row.arm.treatment,
            row.stratum,
            row.assigned_at,
            "yes" if row.is_late else "no",
        )
        for row in selectors.assigned_rows(found).iterator(chunk_size=500)
    )
    head = (
        "number", "creator", "name", "arm", "arm_name", "what_they_get", "balanced_within",
        "assigned_at", "came_later",
    )  # fmt: skip
    about = (("Experiment", found.name), ("Seed", found.seed), ("Status", found.status))
    return exports.respond(f"experiment-{found.pk}", head, rows, form=form, about=about)
