"""Scores: the models of a brand, their rankings, and a creator's scores part by part."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from crm.exports import stream
from crm.fact_keys import key_of
from crm.panels import creator_panel
from crm.permissions import BrandRequest, Can, brand_page
from crm.styled import put_error
from segmentation.forms.scores import ComponentForms, ScoreForm
from segmentation.models import ScoreModel, ScoreVersion
from segmentation.scoring.definition import DefinitionInvalid
from segmentation.selectors import creators as creator_selectors
from segmentation.selectors import scores as selectors
from segmentation.selectors.score_files import ranking_file
from segmentation.services.edits import EditRefused
from segmentation.services.scores import writing
from segmentation.services.scores.writing import components


@require_safe
@brand_page(Can.VIEW)
def scores(request: BrandRequest) -> HttpResponse:
    """All scores of the brand."""
    found = list(selectors.models_of(request.brand))
    context = {
        "models": [one for one in found if one.archived_at is None],
        "archived": [one for one in found if one.archived_at is not None],
    }
    return render(request, "segmentation/scores/list.html", context)


@require_safe
@brand_page(Can.VIEW)
def score(request: BrandRequest, key: str) -> HttpResponse:
    """A score: what it is made of, how it is spread, and who stands where."""
    model = _find(request, key)
    page = selectors.ranking(model, cursor=request.GET.get("cursor"))
    facts = components(request.brand)
    told = [selectors.told_version(version, facts) for version in model.versions.all()]
    context = {
        "model": model,
        "versions": told,
        "in_use": next((one for one in told if one.version == model.active_version), None),
        "bins": selectors.spread(model),
        "page": page,
    }
    return render(request, "segmentation/scores/detail.html", context)


@require_safe
@brand_page(Can.VIEW)
def ranking(request: BrandRequest, key: str) -> HttpResponseBase:
    """The whole ranking as a file, with the points of each component."""
    model = _find(request, key)
    head, lines = ranking_file(model)
    return stream(f"ranking-{request.brand.slug}-{model.key}", head, lines)


@brand_page(Can.EDIT_SCORES)
def edit(request: BrandRequest, key: str = "") -> HttpResponse:
    """A new score, or another version of one: saved as a draft."""
    model = _find(request, key) if key else None
    newest = model.versions.all()[0] if model else None
    facts = components(request.brand)
    if request.method != "POST":
        return _page(request, model, _form(model, newest), _parts(newest, facts))
    form = ScoreForm(request.POST)
    parts = ComponentForms(request.POST, prefix="parts", form_kwargs={"facts": facts})
    if all([form.is_valid(), parts.is_valid()]):
        given = form.cleaned_data
        definition = {
            "least_known": given["least_known"] / 100,
            "components": [one.stored() for one in parts.kept],
        }
        try:
            version = _save(request, model, given, definition)
        except DefinitionInvalid as invalid:
            parts.put(invalid.faults, form)
        except EditRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(
                request, f"Version {version.number} is saved as a draft: use it when it is ready."
            )
            return redirect("segmentation:score", request.brand.slug, version.model.key)
    return _page(request, model, form, parts, status=422)


def _save(
    request: BrandRequest, model: ScoreModel | None, given: dict[str, Any], definition: Any
) -> ScoreVersion:
    shared: dict[str, Any] = {
        "name": given["name"],
        "purpose": given["purpose"],
        "definition": definition,
        "reason": given["reason"],
        "actor": request.user,
        "at": timezone.now(),
    }
    if model is None:
        key = given["key"] or key_of(given["name"])[:30]
        return writing.create_model(brand=request.brand, key=key, **shared)
    return writing.save_version(model_id=model.pk, seen=given["based_on"], **shared)


@require_POST
@brand_page(Can.EDIT_SCORES)
def use(request: BrandRequest, key: str, number: int) -> HttpResponse:
    """Score creators by a version from now on."""
    model = _find(request, key)
    version = get_object_or_404(ScoreVersion, model=model, number=number)
    try:
        writing.activate(version_id=version.pk, actor=request.user, at=timezone.now())
    except (EditRefused, DefinitionInvalid) as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"Version {number} is in use: creators are being counted.")
    return redirect("segmentation:score", request.brand.slug, model.key)


@require_POST
@brand_page(Can.EDIT_SCORES)
def count(request: BrandRequest, key: str) -> HttpResponse:
    """Count the creators again."""
    model = _find(request, key)
    try:
        writing.count_again(model_id=model.pk, actor=request.user, at=timezone.now())
    except EditRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "Creators are being counted: open the page again in a moment.")
    return redirect("segmentation:score", request.brand.slug, model.key)


@require_POST
@brand_page(Can.EDIT_SCORES)
def archive(request: BrandRequest, key: str) -> HttpResponse:
    """Take a score out of use, or bring it back."""
    model = _find(request, key)
    act = writing.archive if model.archived_at is None else writing.bring_back
    try:
        changed = act(model_id=model.pk, actor=request.user, at=timezone.now())
    except EditRefused as refusal:  # somebody else was quicker
        messages.error(request, str(refusal))
    else:
        words = "is archived" if changed.archived_at else "is in use again"
        messages.success(request, f"“{model}” {words}.")
    return redirect("segmentation:score", request.brand.slug, model.key)


@require_safe
@brand_page(Can.VIEW)
@creator_panel("scores")
def of_creator(request: BrandRequest, uid: UUID) -> HttpResponse:
    """The creator's scores, each part with what was read: loaded by the creator's page."""
    creator = creator_selectors.find_creator(request.brand, uid)
    if creator is None:
        raise Http404(f"{request.brand} knows no such creator.")
    told = selectors.scores_of(request.brand, creator, at=timezone.now())
    return render(
        request, "segmentation/scores/_of_creator.html", {"creator": creator, "scores": told}
    )


def _find(request: BrandRequest, key: str) -> ScoreModel:
    return get_object_or_404(selectors.models_of(request.brand), key=key)


def _form(model: ScoreModel | None, newest: ScoreVersion | None) -> ScoreForm:
    if model is None or newest is None:
        return ScoreForm()
    return ScoreForm(
        initial={
            "name": model.name,
            "key": model.key,
            "purpose": model.purpose,
            "least_known": round(100 * newest.definition.get("least_known", 0)),
            "based_on": newest.number,
        }
    )


def _parts(newest: ScoreVersion | None, facts: Any) -> ComponentForms:
    return ComponentForms.of(newest.definition["components"] if newest else [], facts)


def _page(
    request: BrandRequest,
    model: ScoreModel | None,
    form: ScoreForm,
    parts: ComponentForms,
    status: int = 200,
) -> HttpResponse:
    context = {"model": model, "form": form, "parts": parts}
    return render(request, "segmentation/scores/edit.html", context, status=status)
