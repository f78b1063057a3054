"""Shops that send their orders: set up on pages, received at an address of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from campaigns.forms.conversions import LABELS, FeedForm
from campaigns.models import ConversionFeed
from campaigns.services.conversions import feeds as service
from campaigns.services.conversions.told import ConversionsRefused, Told
from campaigns.services.refusals import CampaignRefused
from crm.permissions import BrandRequest, Can, brand_page
from crm.styled import put_error


@csrf_exempt
@require_POST
def receive(request: HttpRequest, token: UUID) -> HttpResponse:
    """Take what a shop sends. It is let in by its signature, not by a log-in."""
    feed = ConversionFeed.objects.live().select_related("brand").filter(token=token).first()
    if feed is None:
        return _problem(HTTPStatus.NOT_FOUND, "No shop sends here.")
    if int(request.META.get("CONTENT_LENGTH") or 0) > service.BODY_MAX:
        return _problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "One megabyte is the most.")
    try:
        row, is_new = service.receive(
            feed=feed, body=request.body, headers=request.headers, at=timezone.now()
        )
    except service.SignatureRefused as refusal:
        return _problem(HTTPStatus.UNAUTHORIZED, str(refusal))
    except ConversionsRefused as refusal:
        is_conflict = any(one.code == "conflict" for one in refusal.mistakes)
        return _problem(
            HTTPStatus.CONFLICT if is_conflict else HTTPStatus.BAD_REQUEST,
            str(refusal),
            [
                {
                    "pointer": feed.pointers.get(one.field, f"/{one.field}"),
                    "code": one.code,
                    "message": one.message,
                }
                for one in refusal.mistakes
            ],
        )
    return JsonResponse(
        {"id": row.pk, "key": row.key, "new": is_new},
        status=HTTPStatus.CREATED if is_new else HTTPStatus.OK,
    )


@require_safe
@brand_page(Can.MANAGE_BRAND)
def feeds(request: BrandRequest) -> HttpResponse:
    """The shops of the brand."""
    rows = ConversionFeed.objects.filter(brand=request.brand).select_related("created_by")
    context = {"feeds": rows.order_by("archived_at", "name")}
    return render(request, "campaigns/conversions/feeds.html", context)


@brand_page(Can.MANAGE_BRAND)
def new(request: BrandRequest) -> HttpResponse:
    """Set up a shop."""
    preset = request.GET.get("preset", "plain")
    preset = preset if preset in service.PRESETS else "plain"
    form = FeedForm(request.POST if request.method == "POST" else None, preset=preset)
    if request.method == "POST" and "try" not in request.POST and form.is_valid():
        try:
            feed, secret = service.create(
                brand=request.brand, wanted=form.wanted, actor=request.user, at=timezone.now()
            )
        except CampaignRefused as refusal:
            _put(form, refusal)
        else:
            if form.cleaned_data["secret"]:
                messages.success(request, "Saved.")
            else:
                messages.success(request, f"Saved. Its secret, shown only now: {secret}")
            return redirect("campaigns:conversion_feed", request.brand.slug, feed.pk)
    return _form(request, form, None, preset)


@brand_page(Can.MANAGE_BRAND)
def feed(request: BrandRequest, pk: int) -> HttpResponse:
    """Change a shop, or try its places out."""
    found = get_object_or_404(ConversionFeed.objects.live(), brand=request.brand, pk=pk)
    form = FeedForm(request.POST if request.method == "POST" else None, feed=found)
    if request.method == "POST" and "try" not in request.POST and form.is_valid():
        try:
            service.change(
                feed_id=pk,
                brand=request.brand,
                wanted=form.wanted,
                actor=request.user,
                at=timezone.now(),
                expected_version=form.cleaned_data["version"],
            )
        except CampaignRefused as refusal:
            _put(form, refusal)
        else:
            messages.success(request, "Saved.")
            return redirect("campaigns:conversion_feed", request.brand.slug, pk)
    return _form(request, form, found, "plain")


@require_POST
@brand_page(Can.MANAGE_BRAND)
def archive(request: BrandRequest, pk: int) -> HttpResponse:
    """It takes no more messages."""
    found = get_object_or_404(ConversionFeed.objects.live(), brand=request.brand, pk=pk)
    service.archive(feed_id=found.pk, brand=request.brand, actor=request.user, at=timezone.now())
    messages.success(request, "It takes no more messages. What it brought stays.")
    return redirect("campaigns:conversion_feeds", request.brand.slug)


def _form(
    request: BrandRequest, form: FeedForm, found: ConversionFeed | None, preset: str
) -> HttpResponse:
    read: list[tuple[str, Any]] = []
    wrong: list[str] = []
    is_tried = request.method == "POST" and "try" in request.POST
    if is_tried:
        form.is_valid()
        try:
            read = _shown(service.try_out(form.pointers, form.cleaned_data.get("sample", "")))
        except ConversionsRefused as refusal:
            wrong = [one.message for one in refusal.mistakes]
    address = reverse("receive_conversions", args=[found.token]) if found else ""
    context = {
        "form": form,
        "feed": found,
        "places": [form[f"at_{name}"] for name in service.FIELDS],
        "plain": [form[name] for name in ("name", "signature", "secret")],
        "address": request.build_absolute_uri(address) if address else "",
        "preset": preset,
        "read": read,
        "wrong": wrong,
        "stamped_header": service.STAMPED_HEADER,
        "body_header": service.BODY_HEADER,
    }
    is_bad = request.method == "POST" and not is_tried
    return render(
        request, "campaigns/conversions/feed.html", context, status=422 if is_bad else 200
    )


def _put(form: FeedForm, refusal: CampaignRefused) -> None:
    at = f"at_{refusal.field}"
    put_error(form, at if at in form.fields else refusal.field, str(refusal))


def _shown(told: Told) -> list[tuple[str, Any]]:
    """What was read, in the order of the form; what was not named is not known."""
    return [(LABELS[name], getattr(told, name)) for name in service.FIELDS]


def _problem(
    status: HTTPStatus, words: str, faults: Sequence[Mapping[str, str]] = ()
) -> JsonResponse:
    """As the REST API tells it: a problem of RFC 9457."""
    kind = "refused" if status == HTTPStatus.CONFLICT else "invalid"
    told = {
        "type": f"urn:rapport:problem:{kind}",
        "title": status.phrase,
        "status": int(status),
        "detail": words,
        "errors": list(faults),
    }
    return JsonResponse(told, status=status, content_type="application/problem+json")
