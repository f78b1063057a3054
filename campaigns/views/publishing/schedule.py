"""The publishing schedule of a campaign, its file, and the parts that other pages show of it."""

from __future__ import annotations

from collections import defaultdict

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from campaigns.models import Campaign
from campaigns.selectors.publishing.schedule import Line, Standing, schedule_page
from campaigns.services.publishing.watching import look
from campaigns.views.finding import campaign_of, engagement_of
from crm.exports import Format, respond
from crm.permissions import BrandRequest, Can, brand_page
from crm.services.post_counts import COUNTS

COLUMNS = (
    "piece",
    "creator",
    "platform",
    "form",
    "standing",
    "planned for",
    "published at",
    "address",
    "first seen",
    "gone since",
    "missing",
    "first reading",
    "why",
    *COUNTS,
    "numbers of",
)


@require_safe
@brand_page(Can.VIEW)
def publishing(request: BrandRequest, key: str) -> HttpResponse:
    """Every piece of the campaign: planned, ready, published, seen."""
    found = campaign_of(request, key)
    page = schedule_page(found, timezone.now())
    asked = request.GET.get("standing", "")
    lines = [line for line in page.lines if asked in {"", line.standing}]
    if asked == "missing":
        lines = [line for line in page.lines if line.missing]
    context = {
        "campaign": found,
        "page": page,
        "lines": lines,
        "asked": asked,
        "standings": [(one, one.label, page.counts[one]) for one in Standing],
    }
    return render(request, "campaigns/publishing/schedule.html", context)


@require_safe
@brand_page(Can.VIEW)
def export(request: BrandRequest, key: str, form: Format) -> HttpResponseBase:
    """The schedule with what is known of each post, as a file."""
    found, now = campaign_of(request, key), timezone.now()
    return respond(
        f"publishing-{found.key}-{timezone.localdate():%Y-%m-%d}",
        COLUMNS,
        [_row(line) for line in schedule_page(found, now).lines],
        form=form,
        about=[("Brand", request.brand.name), ("Campaign", found.name), ("As of", now)],
    )


@require_POST
@brand_page(Can.RUN_CAMPAIGNS)
def look_now(request: BrandRequest, key: str) -> HttpResponse:
    """Look at the imports of the last days, instead of waiting for the next time."""
    campaign_of(request, key)
    look(brand=request.brand, at=timezone.now())
    messages.success(request, "The imports of the last days were looked at.")
    return redirect("campaigns:publishing", request.brand.slug, key)


@require_safe
@brand_page(Can.VIEW)
def of_engagement(request: BrandRequest, key: str, pk: int) -> HttpResponse:
    """A creator's pieces, for their page in the campaign."""
    found, engagement = campaign_of(request, key), engagement_of(request, key, pk)
    page = schedule_page(found, timezone.now(), only=[engagement.pk])
    context = {"campaign": found, "engagement": engagement, "lines": page.lines}
    return render(request, "campaigns/publishing/_of_engagement.html", context)


@require_safe
@brand_page(Can.VIEW)
def days(request: BrandRequest, key: str) -> HttpResponse:
    """What is planned or published on each day, for the campaign's calendar."""
    found = campaign_of(request, key)
    return render(
        request, "campaigns/publishing/_days.html", {"campaign": found, "days": _days(found)}
    )


def _days(campaign: Campaign) -> list[tuple[object, list[Line]]]:
    by_day = defaultdict(list)
    for line in schedule_page(campaign, timezone.now()).lines:
        if line.moment:
            by_day[line.moment.date()].append(line)
    return sorted(by_day.items())


def _row(line: Line) -> tuple[object, ...]:
    piece, publication, post = line.deliverable, line.publication, line.deliverable.post
    reading = getattr(publication, "reading", None)
    return (
        piece.title,
        piece.engagement.relationship.creator.name,
        piece.platform.name,
        piece.get_form_display(),
        line.standing.label,
        piece.publish_at,
        piece.published_at,
        piece.published_url,
        publication.confirmed_at if publication else None,
        publication.gone_at if publication else None,
        line.missing.label if line.missing else None,
        reading.get_verdict_display() if reading else None,
        reading.why if reading else None,
        *(getattr(post, name) if post else None for name in COUNTS),
        post.metrics_at if post else None,
    )
