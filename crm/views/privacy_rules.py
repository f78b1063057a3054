"""Who has to be told what is kept of them, how long it is kept, and the rules of both."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_POST

from crm.choices import ProposalStatus
from crm.forms.base import put_error
from crm.forms.privacy import NoticeTextForm, PolicyForm, RetentionForm, ToldForm
from crm.models import (
    NoticeText,
    PrivacyPolicy,
    Relationship,
    RetentionItem,
    RetentionProposal,
    RetentionRule,
)
from crm.paging import Order, Page, page_or_first
from crm.permissions import BrandRequest, Can, brand_page
from crm.sent import row_numbers
from crm.services.privacy import notices as told
from crm.services.privacy import retention
from crm.services.privacy.refusals import PrivacyRefused

ON_PAGE = 50
LONGEST_KNOWN = Order("notices", "since")
EXAMPLES = 5
DECIDED_SHOWN = 20


@brand_page(Can.HANDLE_PRIVACY)
def notices(request: BrandRequest) -> HttpResponse:
    """Who is overdue; say that they were told."""
    at = timezone.now()
    form = ToldForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        picked = request.POST.getlist("who")
        only = None if "everybody" in request.POST else row_numbers(picked)
        try:
            number = told.mark_told(
                brand=request.brand,
                note=form.cleaned_data["note"],
                actor=request.user,
                at=at,
                only=only,
            )
        except PrivacyRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            undo = reverse("crm:privacy_untold", args=[request.brand.slug])
            words = f"{number:,} marked as told."
            messages.success(request, words, extra_tags=f"{undo}?at={at.isoformat()}")
            return redirect("crm:privacy_notices", brand=request.brand.slug)
    context = {
        "standing": told.standing(request.brand, at),
        "page": _page(told.overdue(request.brand, at), request.GET.get("cursor")),
        "form": form,
        "policy": PrivacyPolicy.of(request.brand),
        "has_text": NoticeText.objects.filter(brand=request.brand).exists(),
    }
    status = 422 if form.errors else 200
    return render(request, "crm/privacy/notices.html", context, status=status)


def _page(rows: QuerySet[Relationship], cursor: str | None) -> Page[Relationship]:
    """Those of one page; the first where the cursor is of another list."""
    return page_or_first(rows, LONGEST_KNOWN, cursor=cursor, size=ON_PAGE)


@require_POST
@brand_page(Can.HANDLE_PRIVACY)
def undo_told(request: BrandRequest) -> HttpResponse:
    """Take one's own marking back, by its moment."""
    told_at = _moment(request.GET.get("at", "").replace(" ", "+"))
    number = 0
    if told_at is not None:
        number = told.mark_untold(
            brand=request.brand, told_at=told_at, actor=request.user, at=timezone.now()
        )
    messages.success(request, f"{number:,} are overdue again.")
    return redirect("crm:privacy_notices", brand=request.brand.slug)


@brand_page(Can.HANDLE_PRIVACY, post=Can.MANAGE_BRAND)
def retention_page(request: BrandRequest) -> HttpResponse:
    """How long what is kept, what would go now, and what waits for a yes."""
    kept = {rule.purpose: rule for rule in RetentionRule.objects.filter(brand=request.brand)}
    initial = {f"{purpose}_months": rule.months for purpose, rule in kept.items()} | {
        f"{purpose}_automatic": rule.is_automatic for purpose, rule in kept.items()
    }
    form = RetentionForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        at = timezone.now()
        retention.set_rules(brand=request.brand, rules=form.rules(), actor=request.user, at=at)
        retention.propose(brand=request.brand, at=at)
        messages.success(request, "Saved. What is due by it is below; nothing was deleted.")
        return redirect("crm:privacy_retention", brand=request.brand.slug)
    rows = RetentionProposal.objects.filter(brand=request.brand).select_related("decided_by")
    context = {
        "form": form,
        "waiting": [(one, _examples(one)) for one in rows.filter(status=ProposalStatus.WAITING)],
        "decided": rows.exclude(status__in=[ProposalStatus.WAITING, ProposalStatus.REPLACED])[
            :DECIDED_SHOWN
        ],
    }
    status = 422 if form.errors else 200
    return render(request, "crm/privacy/retention.html", context, status=status)


@require_POST
@brand_page(Can.HANDLE_PRIVACY)
def decide(request: BrandRequest, pk: int) -> HttpResponse:
    """Yes or no to a proposal."""
    found = get_object_or_404(RetentionProposal, brand=request.brand, pk=pk)
    is_yes = request.POST.get("yes") == "1"
    try:
        retention.decide(
            proposal_id=found.pk,
            brand=request.brand,
            is_yes=is_yes,
            actor=request.user,
            at=timezone.now(),
        )
    except PrivacyRefused as refusal:
        messages.error(request, str(refusal))
    else:
        words = "A worker deletes them now." if is_yes else "Put away; the next night asks again."
        messages.success(request, words)
    return redirect("crm:privacy_retention", brand=request.brand.slug)


@brand_page(Can.HANDLE_PRIVACY)
def settings(request: BrandRequest) -> HttpResponse:
    """What holds for all personal data of the brand, and what first mails say of it."""
    policy = PrivacyPolicy.of(request.brand)
    initial = {
        "contract_years": policy.contract_years,
        "exempt_reason": policy.exempt_reason,
        "exempt_url": policy.exempt_url,
    }
    form = PolicyForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            told.set_policy(
                brand=request.brand, actor=request.user, at=timezone.now(), **form.cleaned_data
            )
        except PrivacyRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, "Saved.")
            return redirect("crm:privacy_settings", brand=request.brand.slug)
    return _settings(request, form, NoticeTextForm())


@require_POST
@brand_page(Can.HANDLE_PRIVACY)
def text(request: BrandRequest) -> HttpResponse:
    """What first mails say in one language."""
    form = NoticeTextForm(request.POST)
    if form.is_valid():
        try:
            told.set_text(
                brand=request.brand, actor=request.user, at=timezone.now(), **form.cleaned_data
            )
        except PrivacyRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, "Saved.")
            return redirect("crm:privacy_settings", brand=request.brand.slug)
    policy = PrivacyPolicy.of(request.brand)
    initial = {
        "contract_years": policy.contract_years,
        "exempt_reason": policy.exempt_reason,
        "exempt_url": policy.exempt_url,
    }
    return _settings(request, PolicyForm(initial=initial), form)


def _settings(request: BrandRequest, form: PolicyForm, text: NoticeTextForm) -> HttpResponse:
    context = {
        "form": form,
        "text": text,
        "texts": NoticeText.objects.filter(brand=request.brand),
    }
    status = 422 if form.errors or text.errors else 200
    return render(request, "crm/privacy/settings.html", context, status=status)


def _examples(proposal: RetentionProposal) -> list[str]:
    rows = RetentionItem.objects.filter(proposal=proposal).order_by("relationship")
    return list(rows.values_list("relationship__creator__name", flat=True)[:EXAMPLES])


def _moment(said: str) -> datetime | None:
    try:
        return parse_datetime(said)
    except ValueError:
        return None
