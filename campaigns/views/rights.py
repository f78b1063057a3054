"""Rights of use: the list, one with its history, a new one, taken back, renewed, started."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from campaigns.choices import RightSource, StartTrigger, Usage
from campaigns.filters.assets import RightFilter
from campaigns.forms.rights import RevokeForm, RightForm, StartForm
from campaigns.models import Engagement, UsageRight
from campaigns.selectors.rights import BELONGS, SOON, ending
from campaigns.services.assets import files
from campaigns.services.refusals import CampaignRefused
from campaigns.services.rights import granting
from campaigns.services.rights.channels import channels
from campaigns.services.rights.evidence import Document, Evidence
from campaigns.services.rights.telling import in_words
from campaigns.services.rights.terms import next_terms
from campaigns.views.finding import asset_of, engagement_of, right_of
from crm.exports import Format, respond
from crm.paging import Order, capped_count, in_order, page_or_first
from crm.permissions import BrandRequest, Can, brand_page
from crm.stored import download
from crm.styled import put_error

ENDING = Order("rights", "ends_on", "id", nullable=True)
PAGE = 50
COLUMNS = (
    "creator",
    "campaign",
    "for",
    "what",
    "where",
    "channels",
    "first day",
    "last day",
    "no end",
    "exclusive",
    "may be changed",
    "credit",
    "source",
    "reference",
    "taken back from",
    "why",
)
_VIEWS = {"ending": "End soon", "now": "In force", "ended": "Ended or taken back", "": "All"}


@require_safe
@brand_page(Can.VIEW)
def rights(request: BrandRequest) -> HttpResponse:
    """All rights of the brand, what ends first on top."""
    rows, asked = _asked(request)
    page = page_or_first(rows, ENDING, cursor=request.GET.get("cursor"), size=PAGE)
    known = channels()
    context = {
        "page": page,
        "items": [(right, in_words(right, known)) for right in page.items],
        "count": capped_count(rows),
        "asked": asked,
        "views": list(_VIEWS.items()),
        "usages": Usage.choices,
        "today": timezone.localdate(),
    }
    template = "campaigns/rights/list.html"
    if request.htmx and not request.htmx.boosted:
        template += "#rows"
    return render(request, template, context)


@require_safe
@brand_page(Can.VIEW)
def export(request: BrandRequest, form: Format) -> HttpResponseBase:
    """What the list shows, as a file."""
    rows, _narrowed = _asked(request)
    today, known = timezone.localdate(), channels()
    return respond(
        f"rights-{request.brand.slug}-{today:%Y-%m-%d}",
        COLUMNS,
        (_line(row, known) for row in in_order(rows, ENDING).iterator(chunk_size=1_000)),
        form=form,
        about=[("Brand", request.brand.name), ("Taken on", today)],
    )


@require_safe
@brand_page(Can.VIEW)
def right(request: BrandRequest, pk: int) -> HttpResponse:
    """One right with its history."""
    return _show(request, right_of(request, pk))


@brand_page(Can.KEEP_RIGHTS)
def of_asset_new(request: BrandRequest, pk: int) -> HttpResponse:
    """A right to one asset, e.g. a customer's permission."""
    asset = asset_of(request, pk)
    if asset.engagement is not None:
        raise Http404("Its rights are written down where it was made, in the campaign.")
    initial = {"given_by": asset.made_by, "trigger": StartTrigger.DAY}
    return _new(request, {"asset": asset}, initial | {"starts_on": timezone.localdate()})


@brand_page(Can.KEEP_RIGHTS)
def of_engagement_new(request: BrandRequest, key: str, pk: int) -> HttpResponse:
    """A right to what a creator makes in a campaign."""
    engagement = engagement_of(request, key, pk)
    initial = {
        "given_by": engagement.relationship.creator.name,
        "trigger": StartTrigger.PUBLICATION,
        "deliverable": request.GET.get("deliverable", ""),
    }
    return _new(request, {"engagement": engagement}, initial)


@brand_page(Can.KEEP_RIGHTS)
def renew(request: BrandRequest, pk: int) -> HttpResponse:
    """A right that follows another one from the day after its last."""
    old = right_of(request, pk)
    target = {"asset": old.asset} if old.asset else {"engagement": old.engagement}
    initial = RightForm.initial_of(next_terms(old)) | {
        "given_by": old.given_by,
        "deliverable": old.deliverable_id,
    }
    return _new(request, target, initial, renews=old)


@require_POST
@brand_page(Can.KEEP_RIGHTS)
def revoke(request: BrandRequest, pk: int) -> HttpResponse:
    """It holds no more from a day on."""
    found = right_of(request, pk)
    form = RevokeForm(request.POST)
    if form.is_valid():
        try:
            granting.revoke(
                right_id=pk,
                brand=request.brand,
                actor=request.user,
                at=timezone.now(),
                **form.cleaned_data,
            )
        except CampaignRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, "Taken back.")
            return redirect("campaigns:right", brand=request.brand.slug, pk=pk)
    return _show(request, found, status=422, revoke_form=form)


@require_POST
@brand_page(Can.KEEP_RIGHTS)
def start(request: BrandRequest, pk: int) -> HttpResponse:
    """The contract was signed."""
    found = right_of(request, pk)
    form = StartForm(request.POST)
    if form.is_valid():
        try:
            granting.start(
                right_id=pk,
                brand=request.brand,
                on=form.cleaned_data["on"],
                actor=request.user,
                at=timezone.now(),
            )
        except CampaignRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, "Started.")
            return redirect("campaigns:right", brand=request.brand.slug, pk=pk)
    return _show(request, found, status=422, start_form=form)


@require_safe
@brand_page(Can.VIEW)
def document(request: BrandRequest, pk: int) -> HttpResponseBase:
    """The paper that shows what was agreed, as a download."""
    found = right_of(request, pk)
    if not found.document_sha256:
        raise Http404("No document belongs to this right.")
    try:
        content = files.opened(found.brand_id, found.document_sha256)
    except FileNotFoundError:
        raise Http404("This document is not in the store any more.") from None
    return download(
        content,
        name=found.document_name,
        content_type=found.document_type,
    )


def _new(
    request: BrandRequest,
    target: dict[str, Any],
    initial: dict[str, Any],
    renews: UsageRight | None = None,
) -> HttpResponse:
    is_sent = request.method == "POST"
    engagement: Engagement | None = target.get("engagement")
    form = RightForm(
        request.POST if is_sent else None,
        request.FILES if is_sent else None,
        engagement=engagement,
        initial=initial,
    )
    if is_sent and form.is_valid():
        data = form.cleaned_data
        try:
            made = granting.grant(
                **target,
                deliverable=data.get("deliverable"),
                terms=form.terms,
                source=RightSource.HAND,
                evidence=Evidence(
                    given_by=data["given_by"],
                    note=data["note"],
                    document=_document(request, data["document"]),
                ),
                actor=request.user,
                at=timezone.now(),
                renews=renews,
            )
        except CampaignRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, "The right is written down.")
            return redirect("campaigns:right", brand=request.brand.slug, pk=made.pk)
    context = {"form": form, "renews": renews, **target}
    context |= {name: None for name in ("asset", "engagement") if name not in target}
    return render(request, "campaigns/rights/new.html", context, status=422 if is_sent else 200)


def _document(request: BrandRequest, upload: Any) -> Document | None:
    if not upload:
        return None
    kept = files.keep(request.brand, upload, field="document")
    return Document(kept.sha256, kept.name, kept.content_type)


def _show(
    request: BrandRequest, found: UsageRight, *, status: int = 200, **more: Any
) -> HttpResponse:
    today = timezone.localdate()
    context = {
        "right": found,
        "words": in_words(found, channels()),
        "events": found.events.select_related("actor").order_by("-at", "-pk"),
        "parts": found.parts.select_related("deliverable").order_by("starts_on", "pk"),
        "renewals": found.renewals.order_by("pk"),
        "waits_for_signing": found.trigger == StartTrigger.SIGNING
        and found.starts_on is None
        and found.revoked_at is None,
        "today": today,
        "revoke_form": RevokeForm(initial={"on": today}),
        "start_form": StartForm(initial={"on": today}),
    } | more
    return render(request, "campaigns/rights/right.html", context, status=status)


def _asked(request: BrandRequest) -> tuple[QuerySet[UsageRight], dict[str, str]]:
    """What the address asks for; what cannot be read is left out."""
    today = timezone.localdate()
    mine = UsageRight.objects.visible_to(request.user).filter(brand=request.brand)
    view = request.GET.get("view", "")
    view = view if view in _VIEWS else ""
    if view == "ending":
        mine = mine.filter(pk__in=ending(request.brand, today, 2 * SOON).values("pk"))
    elif view == "now":
        mine = mine.in_force_on(today)
    elif view == "ended":
        over = mine.filter(ends_on__lt=today) | mine.filter(revoked_on__lte=today)
        mine = over
    found = RightFilter(request.GET, mine, request=request)
    if not found.is_valid():
        readable = request.GET.copy()
        for name in found.errors:
            readable.pop(name, None)
        found = RightFilter(readable, mine, request=request)
    asked = {"view": view, "usage": str(request.GET.get("usage", ""))}
    rows: QuerySet[UsageRight] = found.qs.select_related(*BELONGS)
    return rows, asked


def _line(row: UsageRight, known: dict[str, str]) -> tuple[object, ...]:
    place = row.engagement
    creator = place.relationship.creator if place else None
    if row.asset and row.asset.relationship:
        creator = row.asset.relationship.creator
    target = row.deliverable or row.asset
    return (
        creator.name if creator else row.given_by or None,
        place.campaign.name if place else None,
        str(target) if target else "everything in the campaign",
        str(row),
        row.territory_words or row.territory or "worldwide",
        row.channels_words or [known.get(key, key) for key in row.channels] or "all",
        row.starts_on,
        row.ends_on,
        row.is_endless,
        row.is_exclusive,
        row.may_edit,
        row.credit or None,
        row.get_source_display(),
        row.reference or row.note or None,
        row.revoked_on,
        row.revoked_reason or None,
    )
