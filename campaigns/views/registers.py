"""Legal's registers: what is due, and the rules for sensitive goods."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from campaigns.choices import AlertState
from campaigns.disclosure.goods import goods_name, goods_of
from campaigns.forms.connections import ReasonForm
from campaigns.forms.registers import AlertsAsked
from campaigns.models import Campaign, Permit, RuleAlert
from campaigns.selectors.alerts import with_rules
from campaigns.selectors.packs import packs_for
from campaigns.services.refusals import CampaignRefused
from campaigns.services.registers import aside
from crm.paging import Order, page_or_first
from crm.permissions import BrandRequest, Can, brand_page

NEWEST = Order("rule-alerts", "id", "id", descending=True)
PAGE = 50


@require_safe
@brand_page(Can.VIEW)
def registers(request: BrandRequest) -> HttpResponse:
    """What the rules ask of the brand beside the label, the newest first."""
    asked = AlertsAsked(request.GET)
    said = asked.cleaned_data if asked.is_valid() else {}
    state = said.get("state") or AlertState.OPEN
    rows = RuleAlert.objects.visible_to(request.user).filter(brand=request.brand)
    counts = dict(rows.order_by().values_list("state").annotate(Count("pk")))
    rows = rows.filter(state=state).select_related("relationship__creator", "aside_by")
    if said.get("jurisdiction"):
        rows = rows.filter(jurisdiction=said["jurisdiction"])
    page = page_or_first(rows, NEWEST, cursor=request.GET.get("cursor"), size=PAGE)
    packs = packs_for(request.brand, timezone.localdate())
    context = {
        "page": page,
        "alerts": with_rules(page.items, packs),
        "asked": asked,
        "state": state,
        "tabs": [(one.value, one.label, counts.get(one, 0)) for one in AlertState],
        "total": sum(counts.values()),
        "permits": Permit.objects.in_use().filter(brand=request.brand).count(),
    }
    return render(request, "campaigns/registers/alerts.html", context)


@require_POST
@brand_page(Can.KEEP_REGISTERS)
def alert(request: BrandRequest, pk: int, act: str) -> HttpResponse:
    """Set an alert aside with a reason, or take it up again."""
    rows = RuleAlert.objects.visible_to(request.user).select_related("relationship__creator")
    found = get_object_or_404(rows, brand=request.brand, pk=pk)
    form = ReasonForm(request.POST)
    form.is_valid()
    shared: dict[str, Any] = {
        "alert_id": pk,
        "brand": request.brand,
        "actor": request.user,
        "at": timezone.now(),
        "expected_version": form.cleaned_data.get("version"),
    }
    try:
        if act == "aside":
            aside.set_aside(reason=form.cleaned_data.get("reason", ""), **shared)
            messages.success(request, "Set aside. It comes back if it gets worse.")
        elif act == "take-up":
            aside.take_up(**shared)
            messages.success(request, "Open again.")
        else:
            raise Http404("There is no such act.")
    except CampaignRefused as refusal:
        messages.error(request, str(refusal))
    if request.POST.get("from") == "creator":
        uid = found.relationship.creator.uid
        return redirect("campaigns:connections", request.brand.slug, uid)
    return redirect("campaigns:registers", request.brand.slug)


@require_safe
@brand_page(Can.VIEW)
def goods(request: BrandRequest) -> HttpResponse:
    """What the packs say about sensitive goods, by category and jurisdiction."""
    on = timezone.localdate()
    packs = packs_for(request.brand, on)
    campaigns = Campaign.objects.filter(brand=request.brand).exclude(goods=[]).open().in_use()
    using: dict[str, list[Campaign]] = {}
    for campaign in campaigns.order_by("name", "pk"):
        for key in campaign.goods:
            using.setdefault(key, []).append(campaign)
    found = [
        {
            "key": key,
            "name": goods_name(key),
            "is_sensitive": key in packs.sensitive,
            "campaigns": using.get(key, []),
            "rules": [
                (pack, datum, datum.holds(on))
                for pack in packs.jurisdictions.values()
                for datum in pack.categories.get(key, ())
            ],
        }
        for key in goods_of(packs)
    ]
    return render(request, "campaigns/registers/goods.html", {"goods": found})
