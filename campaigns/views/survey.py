"""How people heard of the brand: answers, rules, and what tracking saw of the same orders."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campaigns.forms.survey import AnswersForm, RuleForm, TakenForm
from campaigns.models import SurveyBatch, SurveyRule
from campaigns.selectors.survey import answers_shown, survey_of
from campaigns.services import survey as service
from campaigns.services.days import today_of
from campaigns.services.refusals import CampaignRefused
from crm.importers.tables import TableRefused
from crm.paging import Order, page_or_first
from crm.permissions import BrandRequest, Can, brand_page
from crm.styled import put_error

DAYS = 90
FILES_SHOWN = 10
PAGE = 50
NEWEST = Order("survey", "day", "id", descending=True)


@require_safe
@brand_page(Can.VIEW)
def survey(request: BrandRequest) -> HttpResponse:
    """The last quarter's shares, the answers, the rules and the files."""
    return _show(request)


@require_POST
@brand_page(Can.KEEP_SERIES)
def take_file(request: BrandRequest) -> HttpResponse:
    """Take a file in, whole or not at all."""
    form = AnswersForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            batch = service.import_answers(
                brand=request.brand,
                upload=form.cleaned_data["file"],
                actor=request.user,
                at=timezone.now(),
            )
        except TableRefused as refusal:
            for fault in refusal.faults:
                put_error(form, "file", fault)
        except CampaignRefused as refusal:
            put_error(form, "file", str(refusal))
        else:
            messages.success(
                request, f"{batch.answers_new} new answers, {batch.answers_known} known already."
            )
            return redirect("campaigns:survey", request.brand.slug)
    return _show(request, 422, file_form=form)


@require_POST
@brand_page(Can.KEEP_SERIES)
def undo_file(request: BrandRequest, pk: int) -> HttpResponse:
    """Take a file back."""
    batch = get_object_or_404(
        SurveyBatch.objects.visible_to(request.user), brand=request.brand, pk=pk
    )
    try:
        service.undo_import(
            batch_id=batch.pk, brand=request.brand, actor=request.user, at=timezone.now()
        )
    except CampaignRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"The answers of {batch.file_name} are taken back.")
    return redirect("campaigns:survey", request.brand.slug)


@require_POST
@brand_page(Can.KEEP_SERIES)
def rule_new(request: BrandRequest) -> HttpResponse:
    """Say what answers with some words are."""
    form = RuleForm(request.POST, brand=request.brand)
    if form.is_valid():
        try:
            service.add_rule(
                brand=request.brand,
                words=form.cleaned_data["words"],
                taken=form.taken,
                actor=request.user,
                at=timezone.now(),
            )
        except CampaignRefused as refusal:
            put_error(form, _field(refusal), str(refusal))
        else:
            messages.success(request, "Answers are taken by it from now on.")
            return redirect("campaigns:survey", request.brand.slug)
    return _show(request, 422, rule_form=form)


@require_POST
@brand_page(Can.KEEP_SERIES)
def rule_remove(request: BrandRequest, pk: int) -> HttpResponse:
    """Take a rule away."""
    rule = get_object_or_404(
        SurveyRule.objects.visible_to(request.user), brand=request.brand, pk=pk
    )
    service.remove_rule(rule_id=rule.pk, brand=request.brand, actor=request.user, at=timezone.now())
    messages.success(request, "The rule is gone; the other rules took its answers.")
    return redirect("campaigns:survey", request.brand.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@brand_page(Can.VIEW, post=Can.KEEP_SERIES)
def answer(request: BrandRequest, pk: int) -> HttpResponse:
    """One answer; posting says what it is."""
    rows = answers_shown(request.brand)
    found = get_object_or_404(rows, pk=pk)
    sent = request.POST if request.method == "POST" else None
    first = {"choice": found.choice, "channel": found.channel}
    if found.relationship:
        first["handle"] = found.relationship.creator.name
    form = TakenForm(sent, brand=request.brand, initial=first)
    if form.is_valid():
        try:
            service.decide(
                answer_id=found.pk,
                brand=request.brand,
                taken=form.taken,
                actor=request.user,
                at=timezone.now(),
            )
        except CampaignRefused as refusal:
            put_error(form, _field(refusal), str(refusal))
        else:
            messages.success(request, "Kept. Rules leave this answer alone.")
            return redirect("campaigns:survey", request.brand.slug)
    context = {"answer": found, "form": form}
    status = 422 if form.is_bound else 200
    return render(request, "campaigns/survey/answer.html", context, status=status)


def _field(refusal: CampaignRefused) -> str:
    return "handle" if refusal.field == "creator" else refusal.field


def _show(request: BrandRequest, status: int = 200, **forms: Any) -> HttpResponse:
    brand, now = request.brand, timezone.now()
    today = today_of(brand, now)
    first = today - timedelta(days=DAYS - 1)
    rows = answers_shown(brand)
    shows_unknown = request.GET.get("unknown") == "1"
    if shows_unknown:
        rows = rows.filter(choice="unknown")
    page = page_or_first(rows, NEWEST, cursor=request.GET.get("cursor"), size=PAGE)
    context = {
        "found": survey_of(brand, first=first, last=today, at=now),
        "first": first,
        "last": today,
        "page": page,
        "shows_unknown": shows_unknown,
        "rules": SurveyRule.objects.filter(brand=brand).select_related("relationship__creator"),
        "batches": SurveyBatch.objects.filter(brand=brand).select_related("created_by")[
            :FILES_SHOWN
        ],
        "file_form": AnswersForm(),
        "rule_form": RuleForm(brand=brand),
        **forms,
    }
    return render(request, "campaigns/survey/survey.html", context, status=status)
