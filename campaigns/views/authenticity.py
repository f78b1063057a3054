"""Flags about audiences: of all creators, of one, and explained by people."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from campaigns.authenticity.thresholds import standard
from campaigns.choices import Flag
from campaigns.forms.authenticity import ExplainForm, FlagsAsked
from campaigns.models import AuthenticityReading, FlagDismissal
from campaigns.selectors.authenticity import (
    Sign,
    explained,
    flags_of_comments,
    for_list,
    looked_at,
    signs_of,
    standing,
    with_flag,
)
from campaigns.selectors.trust import (
    authenticity_of,
    plain_account,
    vendor_scores,
    within_tier,
)
from campaigns.services.authenticity import dismissing
from campaigns.services.authenticity.now import look_now
from campaigns.services.refusals import CampaignRefused
from campaigns.services.trust.weighing import below_of, own_of
from campaigns.views.finding import relationship_with
from crm.exports import Format, respond
from crm.models import Profile, Relationship
from crm.paging import Order, capped_count, in_order, page_or_first
from crm.permissions import BrandRequest, Can, brand_page
from crm.styled import put_error

NEWEST = Order("flags", "read_at", "id", descending=True)
PAGE = 50
# Looked at again after so long, where nobody says otherwise.
DAYS = 90
COLUMNS = (
    "creator",
    "platform",
    "account",
    "flag",
    "found",
    "threshold",
    "of",
    "raised since",
    "explained by",
    "explanation",
    "until",
    "thresholds",
)


@require_safe
@brand_page(Can.VIEW)
def flags(request: BrandRequest) -> HttpResponse:
    """Accounts with a sign raised, the newest first."""
    rows, form = _asked(request)
    page = page_or_first(rows, NEWEST, cursor=request.GET.get("cursor"), size=PAGE)
    said = explained(request.brand, timezone.now(), [row.profile_id for row in page.items])
    told = flags_of_comments(request.brand, [row.profile_id for row in page.items])
    limits = standard()
    context = {
        "page": page,
        "count": capped_count(rows),
        "asked": form,
        "is_filtered": bool(request.GET.get("flag")),
        "lines": [
            (row, [sign for sign in signs_of(row, said, told) if sign.flag["state"] == "raised"])
            for row in page.items
        ],
        "version": limits.version,
        "explained_signs": [(flag.label, limits.why(flag.value)) for flag in Flag],
    }
    template = "campaigns/authenticity/list.html"
    if request.htmx and not request.htmx.boosted:
        template += "#rows"
    return render(request, template, context)


@require_safe
@brand_page(Can.VIEW)
def export(request: BrandRequest, form: Format) -> HttpResponseBase:
    """What the list shows, as a file: a line for each flag."""
    rows, _form = _asked(request)
    today = timezone.localdate()
    return respond(
        f"flags-{request.brand.slug}-{today:%Y-%m-%d}",
        COLUMNS,
        _lines(request, rows),
        form=form,
        about=[("Brand", request.brand.name), ("Taken on", today)],
    )


@require_safe
@brand_page(Can.VIEW)
def of_creator(request: BrandRequest, uid: UUID) -> HttpResponse:
    """One creator's accounts with every sign: a panel of their page, or a page of its own."""
    return _show(request, relationship_with(request, uid))


@require_POST
@brand_page(Can.REVIEW)
def look(request: BrandRequest, uid: UUID) -> HttpResponse:
    """Look now."""
    relationship = relationship_with(request, uid)
    look_now(relationship=relationship, at=timezone.now())
    return _again(request, relationship)


@require_POST
@brand_page(Can.REVIEW)
def explain(request: BrandRequest, uid: UUID) -> HttpResponse:
    """Say what explains a flag."""
    relationship = relationship_with(request, uid)
    form = ExplainForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        rows = Profile.objects.filter(creator=relationship.creator_id)
        profile = get_object_or_404(rows, pk=said["profile"])
        try:
            dismissing.dismiss(
                relationship=relationship,
                profile=profile,
                flag=said["flag"],
                reason=said["reason"],
                last_day=said["last_day"],
                actor=request.user,
                at=timezone.now(),
            )
        except CampaignRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            return _again(request, relationship)
    return _show(request, relationship, status=422, form=form)


@require_POST
@brand_page(Can.REVIEW)
def count_again(request: BrandRequest, uid: UUID, pk: int) -> HttpResponse:
    """Let a flag count again."""
    relationship = relationship_with(request, uid)
    rows = FlagDismissal.objects.visible_to(request.user).select_related(
        "relationship__creator", "profile", "brand"
    )
    dismissal = rows.filter(relationship=relationship, pk=pk).first()
    if dismissal is None:
        raise Http404("Nobody explained such a flag.")
    try:
        dismissing.count_again(dismissal=dismissal, actor=request.user, at=timezone.now())
    except CampaignRefused as refusal:
        messages.error(request, str(refusal))
    return _again(request, relationship)


def _again(request: BrandRequest, relationship: Relationship) -> HttpResponse:
    if request.htmx:
        return _show(request, relationship)
    return redirect("campaigns:creator_flags", request.brand.slug, relationship.creator.uid)


def _show(
    request: BrandRequest,
    relationship: Relationship,
    *,
    status: int = 200,
    form: ExplainForm | None = None,
) -> HttpResponse:
    looked = looked_at(relationship, timezone.now())
    context: dict[str, Any] = {
        "creator": relationship.creator,
        "looked": [
            (one, [(sign, _form_of(form, one.profile, sign)) for sign in one.raised])
            for one in looked
        ],
        "standing": standing(looked),
        "is_left_alone": relationship.unprofiled_at is not None,
        "version": standard().version,
        **_scored(relationship),
    }
    template = "campaigns/authenticity/creator.html"
    if request.htmx and not request.htmx.boosted:
        template += "#panel"
    return render(request, template, context, status=status)


def _scored(relationship: Relationship) -> dict[str, Any]:
    """The score with every sign's part, and what vendors say beside it."""
    row = authenticity_of(relationship)
    account = plain_account(row.parts) if row else None
    limits = standard()
    below = below_of(own_of(relationship.brand))
    return {
        "score": row,
        "account": account,
        "adds": [(limits.label(one["key"]), one) for one in account["signs"]] if account else [],
        "below": below,
        "is_low": row is not None and row.score is not None and row.score < below,
        "in_tier": within_tier(row, relationship) if row else None,
        "vendors": vendor_scores(relationship) if relationship.unprofiled_at is None else [],
    }


def _form_of(sent: ExplainForm | None, profile: Profile, sign: Sign) -> ExplainForm:
    """What was sent where it was about this flag, else an empty one."""
    flag = sign.flag["key"]
    if sent is not None and (sent.data.get("profile"), sent.data.get("flag")) == (
        str(profile.pk),
        flag,
    ):
        return sent
    last_day = timezone.localdate() + timedelta(days=DAYS)
    given = {"profile": profile.pk, "flag": flag, "last_day": last_day}
    return ExplainForm(initial=given, auto_id=f"explain-{profile.pk}-{flag}_%s")


def _asked(request: BrandRequest) -> tuple[QuerySet[AuthenticityReading], FlagsAsked]:
    form = FlagsAsked(request.GET)
    rows = for_list(request.brand)
    flag = form.cleaned_data["flag"] if form.is_valid() else ""
    return (with_flag(rows, request.brand, flag) if flag else rows), form


def _lines(
    request: BrandRequest, rows: QuerySet[AuthenticityReading]
) -> Iterator[tuple[object, ...]]:
    said = explained(request.brand, timezone.now())
    told = flags_of_comments(request.brand)
    for row in in_order(rows, NEWEST).iterator(chunk_size=1_000):
        for sign in signs_of(row, said, told):
            if sign.flag["state"] != "raised":
                continue
            one = sign.dismissal
            yield (
                row.profile.creator.name,
                row.profile.platform.name,
                row.profile.handle,
                sign.flag["label"],
                sign.flag["value"],
                sign.flag["threshold"],
                sign.flag["on"],
                timezone.localdate(row.read_at),
                one.by.display_name if one and one.by else "",
                one.reason if one else "",
                timezone.localdate(one.until) if one else None,
                row.thresholds,
            )
