"""What attention is worth to the brand, and other channels beside creators."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from campaigns.forms.returns import ChannelForm, ModelForm, PeriodForm, WeightsForm
from campaigns.models import ChannelResult
from campaigns.selectors.channels import compared
from campaigns.services import channels as channel_service
from campaigns.services.days import EARLIEST, LATEST
from campaigns.services.media_values.sets import (
    change_model,
    change_weights,
    models_of,
    weights_of,
)
from campaigns.services.refusals import CampaignRefused
from crm.permissions import BrandRequest, Can, brand_page
from crm.styled import put_error


@brand_page(Can.VIEW, post=Can.PLAN_CAMPAIGNS)
def values(request: BrandRequest) -> HttpResponse:
    """The models of media value with their sources; a copy of them made one's own."""
    tried = ModelForm(request.POST) if request.method == "POST" else None
    if tried is not None and tried.is_valid():
        said = tried.cleaned_data
        try:
            change_model(
                brand=request.brand,
                key=said["key"],
                values=tried.values,
                multiplier=said["multiplier"],
                currency=said["currency"],
                reason=said["reason"],
                actor=request.user,
                at=timezone.now(),
                expected_number=said["number"],
            )
        except CampaignRefused as refusal:
            put_error(tried, refusal.field, str(refusal))
        else:
            messages.success(request, "A new version of your media values is kept.")
            return redirect("campaigns:media_values", request.brand.slug)
    return _show(request, tried, None)


@require_POST
@brand_page(Can.PLAN_CAMPAIGNS)
def weights(request: BrandRequest) -> HttpResponse:
    """What each engagement counts for."""
    form = WeightsForm(request.POST, auto_id="id_weights_%s")
    if form.is_valid():
        said = form.cleaned_data
        try:
            change_weights(
                brand=request.brand,
                weights=form.weights,
                reason=said["reason"],
                actor=request.user,
                at=timezone.now(),
                expected_number=said["number"],
            )
        except CampaignRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, "A new version of your weights is kept.")
            return redirect("campaigns:media_values", request.brand.slug)
    return _show(request, None, form)


@brand_page(Can.VIEW, post=Can.PLAN_CAMPAIGNS)
def channels(request: BrandRequest) -> HttpResponse:
    """Creators beside other channels; enter what another one cost and brought."""
    is_sent = request.method == "POST"
    form = ChannelForm(request.POST if is_sent else None, brand=request.brand)
    if is_sent and form.is_valid():
        try:
            made = channel_service.enter(
                brand=request.brand, result=form.result, actor=request.user, at=timezone.now()
            )
        except CampaignRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, f"Entered: {made}")
            return redirect("campaigns:channels", request.brand.slug)
    today = timezone.localdate()
    asked = PeriodForm(request.GET)
    since, until = date(today.year, 1, 1), date(today.year, 12, 31)
    if asked.is_valid():
        since = _within(asked.cleaned_data["since"]) or since
        until = _within(asked.cleaned_data["until"]) or until
    until = max(since, until)
    context = {
        "lines": compared(request.brand, since, until),
        "period": PeriodForm(initial={"since": since, "until": until}),
        "form": form,
        "is_sent": is_sent,
    }
    status = 422 if is_sent else 200
    return render(request, "campaigns/returns/channels.html", context, status=status)


@require_POST
@brand_page(Can.PLAN_CAMPAIGNS)
def remove_channel(request: BrandRequest, pk: int) -> HttpResponse:
    """What was entered by mistake."""
    try:
        channel_service.remove(
            result_id=pk, brand=request.brand, actor=request.user, at=timezone.now()
        )
    except ChannelResult.DoesNotExist as gone:
        msg = "There is no such line."
        raise Http404(msg) from gone
    messages.success(request, "Removed.")
    return redirect("campaigns:channels", request.brand.slug)


def _within(day: date | None) -> date | None:
    return day if day is not None and EARLIEST <= day.year <= LATEST else None


def _show(
    request: BrandRequest, tried: ModelForm | None, weights_form: WeightsForm | None
) -> HttpResponse:
    found, weighed = models_of(request.brand), weights_of(request.brand)
    key = tried.data.get("key") if tried else ""
    if tried is not None:
        tried.auto_id = f"id_{key}_%s"
    context = {
        "models": [
            (model, tried if tried and model.key == key else ModelForm.of(model, found.number))
            for model in found.models
        ],
        "version": found,
        "weights": weighed,
        "weights_form": weights_form or WeightsForm.of(weighed),
        "tried": key,
    }
    status = 422 if tried or weights_form else 200
    return render(request, "campaigns/returns/values.html", context, status=status)
