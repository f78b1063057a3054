"""The words of a brand's contracts, and what it agrees to as a rule."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from campaigns.forms.contracts import ClauseForm, RulesForm
from campaigns.services.contracts import clauses, rules
from campaigns.services.refusals import CampaignRefused
from crm.permissions import BrandRequest, Can, brand_page
from crm.styled import put_error


@require_safe
@brand_page(Can.VIEW)
def library(request: BrandRequest) -> HttpResponse:
    """Every clause as new contracts have it."""
    context = {
        "clauses": clauses.wordings_of(request.brand),
        "notice": clauses.defaults().notice,
    }
    return render(request, "campaigns/contracts/clauses.html", context)


@brand_page(Can.VIEW, post=Can.CLEAR_LEGAL)
def clause(request: BrandRequest, key: str) -> HttpResponse:
    """One clause: its words, its versions, and a form to word it anew. "new" is a further one."""
    is_new = key == "new"
    found = next((row for row in clauses.wordings_of(request.brand) if row.key == key), None)
    if found is None and not is_new:
        raise Http404("There is no such clause.")
    form = ClauseForm.showing(found)
    if request.method == "POST":
        form = ClauseForm(request.POST)
        if form.is_valid():
            data = form.cleaned_data
            try:
                made = clauses.word(
                    brand=request.brand,
                    key="" if is_new else key,
                    heading=data["heading"],
                    text=data["text"],
                    when=data["when"],
                    is_used=data["is_used"],
                    actor=request.user,
                    at=timezone.now(),
                    expected_number=data["number"],
                )
            except CampaignRefused as refusal:
                put_error(form, refusal.field, str(refusal))
            else:
                messages.success(request, f"Saved: version {made.number} of “{made}”.")
                return redirect("campaigns:contract_clauses", request.brand.slug)
    context = {
        "key": key,
        "clause": found,
        "form": form,
        "fields": clauses.FIELDS,
        "history": [] if is_new else clauses.history_of(request.brand, key),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "campaigns/contracts/clause.html", context, status=status)


@brand_page(Can.VIEW, post=Can.CLEAR_LEGAL)
def settings(request: BrandRequest) -> HttpResponse:
    """Who the brand is in contracts, the usual terms, and when legal looks at one."""
    found = rules.rules_of(request.brand)
    form = RulesForm.showing(found)
    if request.method == "POST":
        form = RulesForm(request.POST)
        if form.is_valid():
            try:
                rules.change_rules(
                    brand=request.brand,
                    wanted=form.wanted,
                    actor=request.user,
                    at=timezone.now(),
                    expected_version=form.cleaned_data["version"],
                )
            except CampaignRefused as refusal:
                put_error(form, refusal.field, str(refusal))
            else:
                messages.success(
                    request, "Saved. Contracts that are on their way stay as they are."
                )
                return redirect("campaigns:contract_rules", request.brand.slug)
    status = 422 if request.method == "POST" else 200
    return render(request, "campaigns/contracts/rules.html", {"form": form}, status=status)
