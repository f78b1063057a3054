"""Where assets are used: written down, ended, and the brand's log."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from campaigns.forms.assets import UseForm
from campaigns.models import AssetUse
from campaigns.services.assets import using
from campaigns.services.refusals import CampaignRefused
from campaigns.views.assets import show
from campaigns.views.finding import asset_of
from crm.permissions import BrandRequest, Can, brand_page
from crm.styled import put_error


@require_POST
@brand_page(Can.PLAN_CAMPAIGNS)
def use(request: BrandRequest, pk: int) -> HttpResponse:
    """Write down a use; outside of the rights only with a reason."""
    found = asset_of(request, pk)
    form = UseForm(request.POST)
    if form.is_valid():
        try:
            using.log_use(
                asset_id=pk,
                brand=request.brand,
                use=form.use,
                reason=form.cleaned_data["reason"],
                actor=request.user,
                at=timezone.now(),
            )
        except CampaignRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, "Written into the log.")
            return redirect("campaigns:asset", brand=request.brand.slug, pk=pk)
    return show(request, found, status=422, use_form=form)


@require_POST
@brand_page(Can.PLAN_CAMPAIGNS)
def end(request: BrandRequest, pk: int) -> HttpResponse:
    """It was taken down today."""
    found = get_object_or_404(
        AssetUse.objects.visible_to(request.user), asset__brand=request.brand, pk=pk
    )
    try:
        using.end_use(
            use_id=pk,
            brand=request.brand,
            on=timezone.localdate(),
            actor=request.user,
            at=timezone.now(),
            expected_version=None,
        )
    except CampaignRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "Taken down today.")
    return redirect("campaigns:asset", brand=request.brand.slug, pk=found.asset_id)
