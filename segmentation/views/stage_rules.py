"""The rules of the stages: what entering and leaving asks, which moves are suggested, and why."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from crm.choices import Stage
from crm.permissions import BrandRequest, Can, brand_page
from crm.styled import put_error
from segmentation.choices import StageRuleKind
from segmentation.facts.catalogue import catalogue
from segmentation.forms.stage_rules import StageRuleForm, SuggestionForm
from segmentation.models import StageRule, StageRuleVersion
from segmentation.rules.draft import draft_of_text
from segmentation.rules.errors import RuleInvalid
from segmentation.rules.facts import Catalogue
from segmentation.selectors import builder as builder_selectors
from segmentation.selectors import stage_rules as selectors
from segmentation.selectors.builder_preview import About, shown
from segmentation.services import stage_rules as service

PAGE = "segmentation/stages/rule.html"
# Nobody asks a rule of a stage for a KPI or an owner.
_COMPLETE = About("A rule of a stage", "none", has_owner=True)


@require_safe
@brand_page(Can.VIEW)
def stages(request: BrandRequest) -> HttpResponse:
    """Every stage with its rules."""
    found = selectors.rules_by_stage(request.brand)
    context = {
        "stages": found,
        "has_rules": any(one.entry or one.exit or one.suggestions for one in found),
    }
    return render(request, "segmentation/stages/list.html", context)


@require_POST
@brand_page(Can.EDIT_SEGMENTS)
def take_ready(request: BrandRequest) -> HttpResponse:
    """Begin with the ready rules."""
    taken = service.take_ready(brand=request.brand, at=timezone.now(), actor=request.user)
    if taken:
        messages.success(
            request, f"{taken} rule{'s'[: taken != 1]} taken. Change them to what you need."
        )
    else:
        messages.info(request, "Nothing was left to take.")
    return redirect("segmentation:stages", request.brand.slug)


@brand_page(Can.EDIT_SEGMENTS)
def criteria(request: BrandRequest, kind: str, stage: str) -> HttpResponse:
    """What entering or leaving a stage asks."""
    if kind not in {StageRuleKind.ENTRY, StageRuleKind.EXIT} or stage not in Stage.values:
        raise Http404
    rule = StageRule.objects.filter(brand=request.brand, kind=kind, stage=stage).first()
    version = None if rule is None else rule.versions.filter(used_until=None).first()
    asked = request.POST if request.method == "POST" else None
    facts = catalogue(request.brand)
    form = StageRuleForm(asked, facts=facts, version=version)
    verb = "enter" if kind == StageRuleKind.ENTRY else "leave"
    title = f"To {verb} {Stage(stage).label}"
    if asked is None or not form.is_valid() or "check" in asked:
        return _page(request, facts, form, title=title, rule=rule, version=version)
    try:
        service.set_criteria(
            brand=request.brand,
            kind=StageRuleKind(kind),
            stage=Stage(stage),
            rule=form.rule_tree,
            at=timezone.now(),
            actor=request.user,
            reason=form.cleaned_data["reason"],
            seen=form.cleaned_data["based_on"] or 0,
        )
    except (service.StageRuleRefused, RuleInvalid) as refusal:
        put_error(form, getattr(refusal, "field", ""), str(refusal))
        return _page(request, facts, form, title=title, rule=rule, version=version)
    messages.success(request, "Saved: cards and moves ask for it from now on.")
    return redirect("segmentation:stages", request.brand.slug)


@brand_page(Can.EDIT_SEGMENTS)
def suggestion_rule(request: BrandRequest, pk: int | None = None) -> HttpResponse:
    """A move to suggest: a new one, or another wording."""
    rule = None
    if pk is not None:
        rules = StageRule.objects.filter(brand=request.brand, kind=StageRuleKind.SUGGEST)
        rule = get_object_or_404(rules, pk=pk)
    version = None if rule is None else rule.versions.order_by("-number").first()
    asked = request.POST if request.method == "POST" else None
    facts = catalogue(request.brand)
    form = SuggestionForm(asked, facts=facts, version=version)
    title = "New suggestion" if rule is None else rule.name
    if asked is None or not form.is_valid() or "check" in asked:
        return _page(request, facts, form, title=title, rule=rule, version=version)
    given = form.cleaned_data
    try:
        service.save_suggestion(
            brand=request.brand,
            rule_id=None if rule is None else rule.pk,
            name=given["name"],
            stage=Stage(given["stage"]),
            to_stage=Stage(given["to_stage"]),
            quiet_days=given["quiet_days"],
            rule=form.rule_tree,
            at=timezone.now(),
            actor=request.user,
            reason=given["reason"],
            seen=given["based_on"] or 0,
        )
    except (service.StageRuleRefused, RuleInvalid) as refusal:
        put_error(form, getattr(refusal, "field", ""), str(refusal))
        return _page(request, facts, form, title=title, rule=rule, version=version)
    messages.success(request, "Saved: whoever it is true for is suggested within a minute.")
    return redirect("segmentation:stages", request.brand.slug)


@require_POST
@brand_page(Can.EDIT_SEGMENTS)
def retire(request: BrandRequest, pk: int) -> HttpResponse:
    """Ask it no more."""
    rule = get_object_or_404(StageRule, brand=request.brand, pk=pk)
    service.retire(stage_rule_id=rule.pk, at=timezone.now(), actor=request.user)
    messages.success(request, f"“{rule}” is asked no more.")
    return redirect("segmentation:stages", request.brand.slug)


@require_POST
@brand_page(Can.EDIT_SEGMENTS)
def preview(request: BrandRequest) -> HttpResponse:
    """For whom the rule as it stands is true: a fragment. Saves nothing."""
    facts = catalogue(request.brand)
    form = StageRuleForm(request.POST, facts=facts)
    form.is_valid()
    context = {"preview": _preview(request, form, facts), "segment": None}
    return render(request, "segmentation/_builder_preview.html", context)


def _preview(request: BrandRequest, form: StageRuleForm, facts: Catalogue) -> Any:
    return shown(
        brand=request.brand, wanted=form.wanted, about=_COMPLETE, facts=facts, at=timezone.now()
    )


def _page(
    request: BrandRequest,
    facts: Catalogue,
    form: StageRuleForm,
    *,
    title: str,
    rule: StageRule | None,
    version: StageRuleVersion | None,
) -> HttpResponse:
    text = "" if version is None else version.rule_text
    draft = form.rule if form.is_bound else draft_of_text(text, facts) if text else None
    context = {
        "title": title,
        "form": form,
        "is_suggestion": isinstance(form, SuggestionForm),
        "rule": rule,
        "in_use": version is not None and version.used_until is None,
        "newest": version,
        "history": [] if rule is None else selectors.history(rule),
        "preview": _preview(request, form, facts) if form.is_bound else None,
        "data": {
            "facts": builder_selectors.catalogue_rows(facts),
            "segments": builder_selectors.segment_rows(request.brand),
            "rule": None if draft is None else draft.to_dict(facts),
            "stay": None,
        },
    }
    return render(request, PAGE, context, status=422 if form.errors else 200)
