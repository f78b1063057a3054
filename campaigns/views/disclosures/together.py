"""Posts that are alike, decided at once."""

from __future__ import annotations

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone

from campaigns.choices import ReviewStage
from campaigns.selectors.disclosures import queue
from campaigns.services.disclosures import together as services
from campaigns.services.refusals import CampaignOutdated, CampaignRefused
from crm.permissions import BrandRequest, Can, brand_page

# Of what waits, the first to be due.
LOOKED_AT = 200


@brand_page(Can.CLEAR_LEGAL)
def together(request: BrandRequest) -> HttpResponseBase:
    """Which posts are alike, and why the others are not; decide about one kind."""
    status = 200
    if request.method == "POST":
        try:
            decided = services.decide_together(
                brand=request.brand,
                versions=_versions(request),
                actor=request.user,
                at=timezone.now(),
            )
        except CampaignRefused as refusal:
            messages.error(request, str(refusal))
            status = 409 if isinstance(refusal, CampaignOutdated) else 422
        else:
            verdict = decided[0].get_verdict_display().lower()
            messages.success(request, f"{len(decided)} decided: {verdict}.")
            return redirect("campaigns:disclosures_together", request.brand.slug)
    rows = queue.for_person(
        queue.reviews_of(request.brand).open().filter(stage=ReviewStage.LIVE),
        request.user,
        request.role,
        request.brand,
        timezone.localdate(),
    )
    found = services.sort(rows.order_by("due_at", "pk")[:LOOKED_AT])
    context = {"groups": found.groups, "others": found.others, "most": services.MOST}
    return render(request, "campaigns/disclosures/together.html", context, status=status)


def _versions(request: BrandRequest) -> dict[int, int]:
    """The reviews that are ticked, each with its number as "review:version"."""
    found = {}
    for one in request.POST.getlist("reviews")[: services.MOST + 1]:
        review, _, version = one.partition(":")
        if review.isdecimal() and version.isdecimal() and len(one) < 30:
            found[int(review)] = int(version)
    return found
