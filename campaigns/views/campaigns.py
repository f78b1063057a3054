"""Campaigns: the list with its export, a new one from a template, one campaign, its moves."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from campaigns.choices import UseCase
from campaigns.filters.campaigns import CampaignFilter
from campaigns.filters.offers import NOBODY
from campaigns.forms.campaigns import CampaignForm, CloneForm, DeadlineForm, WordsForm
from campaigns.models import Campaign
from campaigns.selectors.campaigns import campaign_page, campaign_rows, status_counts
from campaigns.services import campaigns as service
from campaigns.services.campaigns import LABELS, Act
from campaigns.services.refusals import CampaignRefused
from campaigns.services.use_cases import templates
from campaigns.views.finding import campaign_of
from crm.exports import Format, respond
from crm.models import Platform
from crm.paging import Order, capped_count, in_order, page_or_first
from crm.permissions import BrandRequest, Can, brand_page
from crm.selectors import people_of
from crm.styled import put_error

NEWEST = Order("campaigns", "starts_on", "id", descending=True)
PAGE = 50
LIST = "campaigns/campaigns/list.html"
COLUMNS = (
    "campaign",
    "key",
    "status",
    "use case",
    "starts on",
    "ends on",
    "owner",
    "objective",
    "target",
    "reached",
    "creators",
    "live or completed",
    "currency",
    "budget",
    "agreed",
    "expected",
    "creators without a known cost",
)


@require_safe
@brand_page(Can.VIEW)
def campaigns(request: BrandRequest) -> HttpResponse:
    """Campaigns of the brand, the newest start first."""
    found = _asked(request)
    rows: QuerySet[Campaign] = found.qs
    page = page_or_first(rows, NEWEST, cursor=request.GET.get("cursor"), size=PAGE)
    mine = _mine(request).in_use()
    counts = status_counts(mine.order_by().values_list("status").annotate(Count("pk")))
    context = {
        "page": page,
        "rows": campaign_rows(page.items),
        "count": capped_count(rows),
        "asked": {name: request.GET.get(name, "") for name in found.base_filters},
        "tabs": list(counts.items()),
        "total": sum(counts.values()),
        "use_cases": UseCase.choices,
        "people": people_of(request.brand),
        "nobody": NOBODY,
    }
    template = f"{LIST}#rows" if request.htmx and not request.htmx.boosted else LIST
    return render(request, template, context)


@require_safe
@brand_page(Can.VIEW)
def export(request: BrandRequest, form: Format) -> HttpResponseBase:
    """What the list shows, as a file."""
    today = timezone.localdate()
    every = list(in_order(_asked(request).qs, NEWEST))
    return respond(
        f"campaigns-{request.brand.slug}-{today:%Y-%m-%d}",
        COLUMNS,
        [
            (
                row.campaign.name,
                row.campaign.key,
                row.campaign.get_status_display(),
                row.campaign.get_use_case_display(),
                row.campaign.starts_on,
                row.campaign.ends_on,
                row.campaign.owner.display_name if row.campaign.owner else None,
                row.metric.label,
                row.campaign.target,
                row.campaign.reached,
                row.creators,
                row.live,
                row.campaign.currency,
                row.campaign.budget,
                row.spending.committed,
                row.spending.expected,
                row.spending.unknown,
            )
            for row in campaign_rows(every)
        ],
        form=form,
        about=[("Brand", request.brand.name), ("Taken on", today)],
    )


@brand_page(Can.PLAN_CAMPAIGNS)
def new(request: BrandRequest) -> HttpResponse:
    """Choose what kind of campaign it is, then say what it is to reach."""
    wanted = request.GET.get("use_case", "")
    if wanted not in UseCase.values:
        context: dict[str, Any] = {"templates": templates().values()}
        return render(request, "campaigns/campaigns/choose.html", context)
    template = templates()[UseCase(wanted)]
    is_sent = request.method == "POST"
    form = CampaignForm(
        request.POST if is_sent else None,
        brand=request.brand,
        template=template,
        initial={
            "trigger": template.trigger,
            "objective": template.objective,
            "currency": request.brand.currency,
            "owner": request.user.pk,
        },
    )
    if is_sent and form.is_valid():
        values = form.values
        values["use_case"] = template.use_case
        try:
            made = service.create_campaign(
                brand=request.brand, values=values, actor=request.user, at=timezone.now()
            )
        except CampaignRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(
                request, f"{made} is planned, with {made.deadlines.count()} steps to its days."
            )
            return redirect("campaigns:campaign", request.brand.slug, made.key)
    context = {"form": form, "template": template, "campaign": None}
    status = 422 if is_sent else 200
    return render(request, "campaigns/campaigns/edit.html", context, status=status)


@require_safe
@brand_page(Can.VIEW)
def campaign(request: BrandRequest, key: str) -> HttpResponse:
    """One campaign: objective, budget, creators by stage, steps."""
    return show(request, campaign_of(request, key))


@brand_page(Can.PLAN_CAMPAIGNS)
def edit(request: BrandRequest, key: str) -> HttpResponse:
    """Change what it says."""
    found = campaign_of(request, key)
    template = templates()[UseCase(found.use_case)]
    is_sent = request.method == "POST"
    form = CampaignForm(
        request.POST if is_sent else None, brand=request.brand, template=template, campaign=found
    )
    if is_sent and form.is_valid():
        try:
            service.change_campaign(
                campaign_id=found.pk,
                brand=request.brand,
                changes=form.values,
                actor=request.user,
                at=timezone.now(),
                expected_version=form.cleaned_data["version"],
            )
        except CampaignRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, "Saved.")
            return redirect("campaigns:campaign", request.brand.slug, found.key)
    context = {"form": form, "template": template, "campaign": found}
    status = 422 if is_sent else 200
    return render(request, "campaigns/campaigns/edit.html", context, status=status)


@require_POST
@brand_page(Can.RUN_CAMPAIGNS)
def act(request: BrandRequest, key: str, name: str) -> HttpResponse:
    """Activate, complete, cancel or open again."""
    if name not in set(Act):
        msg = "There is no such step."
        raise Http404(msg)
    found, form = campaign_of(request, key), WordsForm(request.POST)
    if not form.is_valid():
        form.add_error(None, "This page is not complete. Load it again.")
        return show(request, found, status=422, tried=name, words_form=form)
    try:
        moved = service.move_campaign(
            campaign_id=found.pk,
            brand=request.brand,
            act=Act(name),
            actor=request.user,
            at=timezone.now(),
            words=form.cleaned_data["words"],
            expected_version=form.cleaned_data["version"],
        )
    except CampaignRefused as refusal:
        put_error(form, "words" if refusal.field in {"words", "reason"} else "", str(refusal))
        found.refresh_from_db()
        return show(request, found, status=409, tried=name, words_form=form)
    messages.success(request, f"{moved} is {moved.get_status_display().lower()} now.")
    return redirect("campaigns:campaign", request.brand.slug, key)


@brand_page(Can.PLAN_CAMPAIGNS)
def clone(request: BrandRequest, key: str) -> HttpResponse:
    """The same plan again, from another day on."""
    found = campaign_of(request, key)
    is_sent = request.method == "POST"
    form = CloneForm(request.POST if is_sent else None, initial={"name": found.name})
    if is_sent and form.is_valid():
        try:
            made = service.clone_campaign(
                campaign_id=found.pk,
                brand=request.brand,
                name=form.cleaned_data["name"],
                starts_on=form.cleaned_data["starts_on"],
                actor=request.user,
                at=timezone.now(),
            )
        except CampaignRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, f"{made} is planned like {found}, with nobody in it yet.")
            return redirect("campaigns:campaign", request.brand.slug, made.key)
    context = {"form": form, "campaign": found}
    status = 422 if is_sent else 200
    return render(request, "campaigns/campaigns/clone.html", context, status=status)


@require_POST
@brand_page(Can.PLAN_CAMPAIGNS)
def archive(request: BrandRequest, key: str) -> HttpResponse:
    """Put it away from the lists, or take it back."""
    found = campaign_of(request, key)
    is_away = request.POST.get("away") == "yes"
    try:
        service.archive_campaign(
            campaign_id=found.pk,
            brand=request.brand,
            is_away=is_away,
            actor=request.user,
            at=timezone.now(),
        )
    except CampaignRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"{found} is {'put away' if is_away else 'back in the list'}.")
    return redirect("campaigns:campaign", request.brand.slug, key)


def show(
    request: BrandRequest,
    found: Campaign,
    *,
    status: int = 200,
    tried: str = "",
    words_form: WordsForm | None = None,
    deadline_form: DeadlineForm | None = None,
) -> HttpResponse:
    """The campaign's page, with what was refused beside its form."""
    page = campaign_page(found, timezone.localdate())
    forms = []
    for one in page.acts:
        form = words_form if one == tried and words_form else WordsForm()
        form.auto_id = f"id_{one}_%s"
        form.fields["words"].label = (
            "What the next campaign should know" if one is Act.COMPLETE else "Why"
        )
        if one is Act.COMPLETE and not form.is_bound:
            form.initial["words"] = found.lessons
        forms.append((one, LABELS[one], form, one == tried))
    context = {
        "page": page,
        "campaign": found,
        "moves": forms,
        # Refused, and not offered any more: somebody was quicker.
        "refused": words_form if tried not in page.acts else None,
        "deadline_form": deadline_form or DeadlineForm(),
        "platform_names": dict(Platform.objects.values_list("key", "name")),
    }
    return render(request, "campaigns/campaigns/campaign.html", context, status=status)


def _mine(request: BrandRequest) -> Any:
    return Campaign.objects.visible_to(request.user).filter(brand=request.brand)


def _asked(request: BrandRequest) -> CampaignFilter:
    """What the address asks for; what cannot be read is left out."""
    rows = _mine(request).select_related("owner")
    asked = request.GET.copy()
    if not asked.get("is_archived"):
        asked["is_archived"] = "false"
    found = CampaignFilter(asked, rows, request=request)
    if not found.is_valid():
        for name in found.errors:
            asked.pop(name, None)
        found = CampaignFilter(asked, rows, request=request)
    return found
