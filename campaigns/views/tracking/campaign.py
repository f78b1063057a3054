"""Below a campaign: links and codes of its creators, and one of each for all who have none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from campaigns.forms.tracking import WishForm
from campaigns.models import Campaign
from campaigns.selectors.tracking import NONE, PlaceLine, of_campaign
from campaigns.services.refusals import CampaignRefused
from campaigns.services.tracking import bulk
from campaigns.services.tracking.deciding import settings_of
from campaigns.views.finding import campaign_of
from campaigns.views.tracking.shared import base_of
from crm.exports import Format, respond
from crm.permissions import BrandRequest, Can, brand_page
from crm.styled import put_error

COLUMNS = (
    "creator",
    "stage",
    "what",
    "name",
    "variant",
    "address or code",
    "clicks by people",
    "visitors, each day",
    "repeats",
    "bots and previews",
    "lost",
    "uses told by shops",
)


@require_safe
@brand_page(Can.VIEW)
def tracking(request: BrandRequest, key: str) -> HttpResponse:
    """Links and codes of the campaign's creators, with what came of them."""
    campaign = campaign_of(request, key)
    return _show(request, campaign, _empty(campaign))


@require_POST
@brand_page(Can.RUN_CAMPAIGNS)
def make(request: BrandRequest, key: str) -> HttpResponse:
    """Show what would be made for those who have none; made once that was seen."""
    campaign = campaign_of(request, key)
    form = WishForm(request.POST)
    if not form.is_valid():
        return _show(request, campaign, form, status=422)
    at = timezone.now()
    is_sure = request.POST.get("sure") == "1"
    try:
        plan = (bulk.make if is_sure else bulk.plan)(
            campaign=campaign, wish=form.wish, actor=request.user, at=at
        )
    except CampaignRefused as refusal:
        put_error(form, refusal.field, str(refusal))
        return _show(request, campaign, form, status=422)
    if not is_sure:
        context = {"campaign": campaign, "plan": plan, "form": form}
        return render(request, "campaigns/tracking/plan.html", context)
    messages.success(request, f"Made: {len(plan.links)} links, {len(plan.codes)} codes.")
    return redirect("campaigns:campaign_tracking", brand=request.brand.slug, key=key)


@require_safe
@brand_page(Can.VIEW)
def export(request: BrandRequest, key: str, form: Format) -> HttpResponseBase:
    """A line for each link and each code."""
    campaign = campaign_of(request, key)
    today = timezone.localdate()
    lines = of_campaign(campaign, base_of(request, request.brand), today)
    return respond(
        f"tracking-{campaign.key}-{today:%Y-%m-%d}",
        COLUMNS,
        _cells(lines),
        form=form,
        about=[("Campaign", campaign.name), ("Taken on", today)],
    )


def _empty(campaign: Campaign) -> WishForm:
    pattern = settings_of(campaign.brand).code_pattern
    days = {"valid_from": campaign.starts_on, "valid_until": campaign.ends_on}
    return WishForm(initial={"pattern": pattern, **days})


def _show(
    request: BrandRequest, campaign: Campaign, form: WishForm, *, status: int = 200
) -> HttpResponse:
    lines = of_campaign(campaign, base_of(request, request.brand), timezone.localdate())
    context = {
        "campaign": campaign,
        "lines": lines,
        "clicks": sum((line.clicks for line in lines), NONE),
        "uses": sum(line.uses for line in lines),
        "without_link": sum(not line.links for line in lines),
        "without_code": sum(not line.codes for line in lines),
        "has_any": any(line.links or line.codes for line in lines),
        "form": form,
    }
    return render(request, "campaigns/tracking/campaign.html", context, status=status)


def _cells(lines: Iterable[PlaceLine]) -> Iterator[tuple[object, ...]]:
    for line in lines:
        name, stage = line.engagement.relationship.creator.name, line.engagement.stage
        for link in line.links:
            yield (
                name,
                stage,
                "link",
                link.link.label or None,
                link.link.variant or None,
                link.address,
                link.clicks.people,
                link.clicks.visitors,
                link.clicks.repeats,
                link.clicks.bots,
                link.clicks.lost,
                None,
            )
        for code in line.codes:
            yield (name, stage, "code", None, None, code.code.code, *[None] * 5, code.uses)
