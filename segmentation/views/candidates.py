"""Who could close a gap of an audience: with why, onto a shortlist, as a file."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from campaigns.models import Campaign
from campaigns.services.refusals import CampaignRefused
from crm.exports import Format, respond
from crm.permissions import BrandRequest, Can, brand_page
from crm.sent import row_numbers
from segmentation.forms.candidates import CandidatesForm
from segmentation.selectors import candidates as selectors
from segmentation.selectors.audiences import ACTIVE_DAYS, AudienceCoverage, coverage_of
from segmentation.selectors.candidates import Candidate, candidates_of
from segmentation.selectors.forecasts import platform_names
from segmentation.services import closing


@require_http_methods(["GET", "HEAD", "POST"])
@brand_page(Can.VIEW, post=Can.PLAN_CAMPAIGNS)
def candidates(request: BrandRequest, key: str) -> HttpResponse:
    """Who could close a part of an audience; sent, the ticked are put on a shortlist."""
    at = timezone.now()
    one, names = _audience(request, key), platform_names()
    form = CandidatesForm(request.GET, one=one, names=names)
    context: dict[str, Any] = {
        "one": one,
        "form": form,
        "found": None,
        "platform_names": names,
        "active_days": ACTIVE_DAYS,
        "campaigns": [],
        "picked": [],
        "chosen": "",
        "fault": "",
    }
    page = "segmentation/audiences/candidates.html"
    if not form.is_valid():
        return render(request, page, context, status=422)
    asked = form.asked()
    if request.method == "POST":
        ids = request.POST.getlist("id")[: selectors.SHOWN]
        picked = row_numbers(ids)
        chosen = request.POST.get("campaign", "").replace("\0", "")
        context["picked"], context["chosen"] = picked, chosen
        try:
            added = closing.take(
                brand=request.brand,
                one=one,
                asked=asked,
                campaign_key=chosen,
                only=picked,
                actor=request.user,
                at=at,
            )
        except CampaignRefused as refusal:
            context["fault"] = str(refusal)
        else:
            number = len(added.made)
            messages.success(request, f"{number} creator{'s'[: number != 1]} on the shortlist.")
            return redirect("campaigns:shortlist", request.brand.slug, chosen)
    context |= {
        "asked": asked,
        "cell": one.cell(asked.country, asked.platform),
        "found": candidates_of(request.brand, one, asked, at=at),
        "campaigns": list(Campaign.objects.filter(brand=request.brand).open().in_use()),
    }
    return render(request, page, context, status=422 if context["fault"] else 200)


@require_safe
@brand_page(Can.VIEW)
def export(request: BrandRequest, key: str, form: Format) -> HttpResponseBase:
    """The candidates as a file: a row for each, in the order of the page."""
    at = timezone.now()
    one, names = _audience(request, key), platform_names()
    wanted = CandidatesForm(request.GET, one=one, names=names)
    if not wanted.is_valid():
        return HttpResponse(
            "\n".join(
                f"{name}: {' '.join(map(str, faults))}" for name, faults in wanted.errors.items()
            ),
            content_type="text/plain; charset=utf-8",
            status=422,
        )
    asked = wanted.asked()
    found = candidates_of(request.brand, one, asked, at=at, most=selectors.MOST)
    head = (
        "creator", "uid", "followers", "country", "last post", "segments", "lacks",
        "forecast on", f"{asked.measure.label.lower()}, low", "middle", "high", "own posts",
        f"price of a piece, {request.brand.currency}", "price is", "cost of 1,000",
    )  # fmt: skip
    return respond(
        f"candidates-{one.audience.key}",
        head,
        (_row(row) for row in found.rows),
        form=form,
        about=[
            ("Audience", one.audience.name),
            ("Country", asked.country or "all"),
            ("Platform", asked.platform or "all"),
            ("Creators", f"{len(found.rows)} of {found.number}"),
            ("Forecasts", found.standing.model.number if found.standing else "none yet"),
            ("As of", at),
        ],
    )


def _audience(request: BrandRequest, key: str) -> AudienceCoverage:
    found = coverage_of(request.brand, at=timezone.now(), key=key)
    if not found:
        msg = f"{request.brand} has no audience “{key}”."
        raise Http404(msg)
    return found[0]


def _row(row: Candidate) -> tuple[object, ...]:
    brings, price, cost = row.brings, row.price, row.cost_of_thousand
    return (
        row.name,
        str(row.uid),
        row.followers,
        row.country,
        row.last_post_at,
        ", ".join(row.segments),
        row.lacks,
        *(
            (brings.platform, round(brings.low), round(brings.middle), round(brings.high))
            if brings
            else (None,) * 4
        ),
        brings.own if brings else None,
        round(price.amount, 2) if price else None,
        price.source.label if price else "Not known",
        None if cost is None else round(cost, 2),
    )
