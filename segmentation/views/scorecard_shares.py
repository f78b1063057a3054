"""Links to scorecards: made and taken back by the brand, opened by somebody without an account."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from crm.permissions import BrandRequest, Can, brand_page
from crm.sent import page_of_ours
from segmentation.forms.scorecard_shares import ShareForm
from segmentation.models import ScorecardShare, Segment
from segmentation.selectors.scorecards.comparison import compare_segments
from segmentation.services import scorecard_shares as service
from segmentation.services.edits import EditRefused


@require_POST
@brand_page(Can.RUN_SEGMENTS)
def make(request: BrandRequest) -> HttpResponse:
    """Make a link to the scorecards of the segments that were looked at."""
    form = ShareForm(request.POST)
    keys = request.POST.getlist("segment")[: service.MOST_SEGMENTS + 1]
    segments = list(Segment.objects.filter(brand=request.brand, key__in=keys).order_by("pk"))
    if form.is_valid():
        try:
            service.make_share(
                brand=request.brand,
                segments=sorted(segments, key=lambda segment: keys.index(segment.key)),
                period=request.POST.get("period", ""),
                metrics=[key[:120] for key in request.POST.getlist("metric")],
                name=form.cleaned_data["name"],
                days=form.cleaned_data["days"],
                actor=request.user,
                at=timezone.now(),
            )
        except EditRefused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, "The link is made. Copy its address and send it to them.")
    else:
        messages.error(request, "Say who the link is for, and for how many days it works.")
    return redirect(_back(request))


@require_POST
@brand_page(Can.RUN_SEGMENTS)
def revoke(request: BrandRequest, pk: int) -> HttpResponse:
    """Take a link back."""
    rows = ScorecardShare.objects.visible_to(request.user).select_related("brand")
    share = get_object_or_404(rows, brand=request.brand, pk=pk)
    service.revoke(share=share, actor=request.user, at=timezone.now())
    messages.success(request, f"The link for {share.name} opens nothing any more.")
    return redirect(_back(request))


@require_safe
@never_cache
def shared(request: HttpRequest, token: str) -> HttpResponseBase:
    """The scorecards behind a link: numbers of segments, and no creator's name."""
    try:
        share = service.find(token, timezone.now())
    except service.ShareUnknown:
        return _private(render(request, "campaigns/guests/unknown.html", status=404))
    except service.ShareEnded as ended:
        return _private(
            render(
                request,
                "segmentation/scorecards/shared_ended.html",
                {"share": ended.share},
                status=410,
            )
        )
    with timezone.override(share.brand.timezone):
        segments = list(share.segments.select_related("dimension").order_by("pk"))
        context = {
            "link": share,
            "token": "",
            "comparison": compare_segments(share.brand, segments, share.period, share.metrics),
        }
        return _private(render(request, "segmentation/scorecards/shared.html", context))


def _back(request: BrandRequest) -> str:
    otherwise = f"/{request.brand.slug}/scorecards/"
    return page_of_ours(request.POST.get("next", ""), otherwise=otherwise)


def _private(response: HttpResponseBase) -> HttpResponseBase:
    # The address is the key: it must not travel to other sites, nor into a search engine.
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
