"""Evidence of a disclosure: added by the team or the creator, and its files."""

from __future__ import annotations

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from campaigns.choices import DeliverableState, GuestKind
from campaigns.files import respond_with
from campaigns.forms.evidence import EvidenceForm, GuestEvidenceForm
from campaigns.guests import GuestRequest, guest_page
from campaigns.models import Deliverable, DisclosureReview, Evidence, EvidenceFile
from campaigns.services.deliverables.record import Actor
from campaigns.services.disclosures.evidence import opened
from campaigns.services.disclosures.gathering import gather
from campaigns.services.refusals import CampaignRefused
from crm.permissions import BrandRequest, Can, brand_page
from crm.styled import put_error


@require_http_methods(["GET", "HEAD", "POST"])
@brand_page(Can.KEEP_EVIDENCE)
def add(request: BrandRequest, pk: int) -> HttpResponseBase:
    """Add what somebody saw of the piece that a review is about."""
    review = get_object_or_404(
        DisclosureReview.objects.visible_to(request.user).select_related(
            "deliverable__platform", "deliverable__engagement__relationship__creator", "draft"
        ),
        brand=request.brand,
        pk=pk,
    )
    piece, is_sent = review.deliverable, request.method == "POST"
    form = EvidenceForm(
        request.POST if is_sent else None,
        request.FILES if is_sent else None,
        initial={"captured_at": timezone.localtime(), "url": piece.published_url},
    )
    if is_sent and form.is_valid():
        said = form.cleaned_data
        try:
            gather(
                deliverable_id=piece.pk,
                brand=request.brand,
                draft_id=review.draft_id,
                seen=form.seen,
                uploads=said["uploads"],
                kind=said["kind"],
                note=said["note"],
                captured_at=said["captured_at"],
                actor=Actor(request.user),
                at=timezone.now(),
            )
        except CampaignRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, "It is kept. The rules were asked again.")
            return redirect("campaigns:disclosure", request.brand.slug, _newest(review))
    context = {
        "review": review,
        "piece": piece,
        "creator": piece.engagement.relationship.creator,
        "form": form,
        "back": reverse("campaigns:disclosure", args=[request.brand.slug, review.pk]),
    }
    return render(request, "campaigns/evidence/add.html", context, status=422 if is_sent else 200)


@require_safe
@brand_page(Can.VIEW)
def file(request: BrandRequest, pk: int) -> HttpResponseBase:
    """A file of a snapshot: shown where that is safe, else fetched."""
    found = get_object_or_404(
        EvidenceFile.objects.filter(
            evidence__in=Evidence.objects.visible_to(request.user), brand=request.brand
        ),
        pk=pk,
    )
    return respond_with(request, found, opened, as_attachment="download" in request.GET)


@require_http_methods(["GET", "HEAD", "POST"])
@guest_page(GuestKind.PORTAL)
def of_guest(request: GuestRequest, pk: int) -> HttpResponseBase:
    """The creator shows how a published piece looks, before it is gone."""
    link = request.guest
    piece = get_object_or_404(
        Deliverable.objects.filter(state=DeliverableState.PUBLISHED).select_related("platform"),
        pk=pk,
        engagement=link.engagement_id,
    )
    is_sent = request.method == "POST"
    form = GuestEvidenceForm(
        request.POST if is_sent else None,
        request.FILES if is_sent else None,
        initial={"captured_at": timezone.localtime()},
    )
    if is_sent and form.is_valid():
        said = form.cleaned_data
        try:
            gather(
                deliverable_id=piece.pk,
                brand=link.brand,
                seen=form.seen,
                uploads=said["uploads"],
                note=said["note"],
                captured_at=said["captured_at"],
                actor=Actor(link=link),
                at=timezone.now(),
            )
        except CampaignRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, f"Thank you: {link.brand} has it.")
            return redirect("guest:evidence", request.token, piece.pk)
    context = {
        "link": link,
        "token": request.token,
        "piece": piece,
        "form": form,
        "given": Evidence.objects.filter(deliverable=piece, link__engagement=link.engagement_id)
        .prefetch_related("files")
        .order_by("-captured_at", "-pk"),
    }
    return render(request, "campaigns/evidence/guest.html", context, status=422 if is_sent else 200)


def _newest(review: DisclosureReview) -> int:
    """The review that the evidence counts for: it may have opened another one."""
    rows = DisclosureReview.objects.filter(
        deliverable=review.deliverable_id, stage=review.stage, draft=review.draft_id
    )
    found = rows.order_by("-opened_at", "-pk").values_list("pk", flat=True).first()
    return found or review.pk
