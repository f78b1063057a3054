"""What the brand decides about looking after posts."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from campaigns.forms.watching import WatchForm
from campaigns.services.refusals import CampaignRefused
from campaigns.services.watching.deciding import decide, settings_of
from crm.permissions import BrandRequest, Can, brand_page
from crm.styled import put_error


@brand_page(Can.VIEW, post=Can.MANAGE_BRAND)
def settings(request: BrandRequest) -> HttpResponse:
    """See and change the settings."""
    if request.method != "POST":
        form = WatchForm.of(settings_of(request.brand))
        return render(request, "campaigns/watching/settings.html", {"form": form})
    form = WatchForm(request.POST)
    if form.is_valid():
        try:
            decide(
                brand=request.brand,
                said=form.said,
                actor=request.user,
                at=timezone.now(),
                expected_version=form.cleaned_data["version"],
            )
        except CampaignRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, "Saved. Posts that are read from now on go by it.")
            return redirect("campaigns:watch_settings", request.brand.slug)
    return render(request, "campaigns/watching/settings.html", {"form": form}, status=422)
