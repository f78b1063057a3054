"""How a campaign's budget is cut, and its steps."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from campaigns.choices import BudgetKind
from campaigns.forms.campaigns import BudgetForm, DayForm, DeadlineForm
from campaigns.models import Deadline
from campaigns.selectors.campaigns import budget_of
from campaigns.services import plans as service
from campaigns.services.refusals import CampaignRefused
from campaigns.views.campaigns import show
from campaigns.views.finding import campaign_of
from crm.permissions import BrandRequest, Can, brand_page
from crm.styled import put_error


@brand_page(Can.VIEW, post=Can.PLAN_CAMPAIGNS)
def budget(request: BrandRequest, key: str) -> HttpResponse:
    """Budget planned and used, by tier and by segment; cut it anew."""
    found = campaign_of(request, key)
    sent = request.POST.get("kind", "") if request.method == "POST" else ""
    if request.method == "POST" and sent not in BudgetKind.values:
        msg = "A budget is cut by tier or by segment."
        raise Http404(msg)
    every = list(found.budget_lines.order_by("pk"))
    forms = {}
    for kind in BudgetKind:
        forms[kind] = BudgetForm(
            request.POST if sent == kind else None,
            brand=request.brand,
            kind=kind,
            rows=[row for row in every if row.kind == kind],
            version=found.version,
        )
    if sent and (form := forms[BudgetKind(sent)]).is_valid():
        try:
            service.set_budget_lines(
                campaign_id=found.pk,
                brand=request.brand,
                kind=form.kind,
                lines=form.lines,
                actor=request.user,
                at=timezone.now(),
                expected_version=form.cleaned_data["version"],
            )
        except CampaignRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, f"The budget {form.kind.label.lower()} is saved.")
            return redirect("campaigns:campaign_budget", request.brand.slug, key)
    context = {
        "campaign": found,
        "budget": budget_of(found),
        "forms": list(forms.items()),
        "is_open": found.is_open,
    }
    status = 422 if sent else 200
    return render(request, "campaigns/campaigns/budget.html", context, status=status)


@require_POST
@brand_page(Can.PLAN_CAMPAIGNS)
def deadlines(request: BrandRequest, key: str) -> HttpResponse:
    """Another step."""
    found, form = campaign_of(request, key), DeadlineForm(request.POST)
    if form.is_valid():
        try:
            service.add_deadline(
                campaign_id=found.pk,
                brand=request.brand,
                title=form.cleaned_data["title"],
                due_on=form.cleaned_data["due_on"],
                actor=request.user,
                at=timezone.now(),
            )
        except CampaignRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, "The step is added.")
            return redirect("campaigns:campaign", request.brand.slug, key)
    return show(request, found, status=422, deadline_form=form)


@require_POST
@brand_page(Can.PLAN_CAMPAIGNS)
def deadline(request: BrandRequest, key: str, pk: int, act: str) -> HttpResponse:
    """Say that a step is done (or not after all), give it another day, or take it away."""
    campaign_of(request, key)
    form, now = DayForm(request.POST), timezone.now()
    if act == "move" and not form.is_valid():
        messages.error(request, "Write the day on which it is due.")
        return redirect("campaigns:campaign", request.brand.slug, key)
    try:
        match act:
            case "done" | "reopen":
                service.finish_deadline(
                    deadline_id=pk,
                    brand=request.brand,
                    is_done=act == "done",
                    actor=request.user,
                    at=now,
                )
            case "move" | "delete":
                service.change_deadline(
                    deadline_id=pk,
                    brand=request.brand,
                    due_on=form.cleaned_data["due_on"] if act == "move" else None,
                    actor=request.user,
                    at=now,
                )
            case _:
                msg = "There is no such act."
                raise Http404(msg)
    except Deadline.DoesNotExist as gone:
        msg = "This step is gone."
        raise Http404(msg) from gone
    except CampaignRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _SAID[act])
    return redirect("campaigns:campaign", request.brand.slug, key)


_SAID = {
    "done": "Done.",
    "reopen": "The step is open again.",
    "move": "The step has another day.",
    "delete": "The step is gone.",
}
