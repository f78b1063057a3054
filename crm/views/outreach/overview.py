"""Outreach at a glance: what waits, what is due, what came of it; and a creator's part of it."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from crm.choices import StopReason
from crm.models import Enrolment, Sequence
from crm.outreach.standing import suppression_of
from crm.panels import creator_panel
from crm.permissions import BrandRequest, Can, brand_page
from crm.selectors import relationships_of
from crm.services.outreach import figures, stopping
from crm.services.outreach.approving import waiting

SHOWN = 8


@require_safe
@brand_page(Can.VIEW)
def overview(request: BrandRequest) -> HttpResponse:
    """What waits for a person, what is due today, what ended and why, and each sequence."""
    at = timezone.now()
    midnight = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    sequences = list(Sequence.objects.filter(brand=request.brand).in_use())
    context = {
        "numbers": figures.overview(request.brand, at=at, until=midnight + timedelta(days=1)),
        "funnels": figures.funnels(sequences),
        "waiting": waiting().filter(brand=request.brand)[:SHOWN],
        "stopped": figures.stopped_lately(request.brand, at=at)[:SHOWN],
        "obstacles": figures.obstacles(request.brand),
    }
    return render(request, "crm/outreach/overview.html", context)


@require_safe
@brand_page(Can.VIEW)
@creator_panel("outreach")
def panel(request: BrandRequest, uid: UUID) -> HttpResponse:
    """A part of the creator's page: the sequence that runs, and whether mail may be sent at all."""
    rows = relationships_of(request.brand).select_related("creator", "brand")
    relationship = rows.filter(creator__uid=uid).first()
    if relationship is None:
        raise Http404("Your brand does not know this creator.")
    enrolments = Enrolment.objects.filter(relationship=relationship).select_related(
        "version__sequence", "owner"
    )
    context = {
        "relationship": relationship,
        "creator": relationship.creator,
        "enrolments": enrolments.order_by("-started_at", "-pk")[:3],
        "suppression": suppression_of(relationship, ""),
    }
    return render(request, "crm/outreach/_panel.html", context)


@require_POST
@brand_page(Can.MANAGE_OUTREACH)
def act(request: BrandRequest, pk: int, kind: str) -> HttpResponse:
    """Pause, resume or stop a sequence for one creator."""
    enrolment: Enrolment = get_object_or_404(
        Enrolment.objects.select_related("relationship__creator"), brand=request.brand, pk=pk
    )
    at, creator = timezone.now(), enrolment.relationship.creator
    try:
        if kind == "pause":
            stopping.pause(enrolment_id=pk, actor=request.user, at=at)
            words = f"Paused for {creator}. Nothing is sent until somebody lets it go on."
        elif kind == "resume":
            stopping.resume(enrolment_id=pk, actor=request.user, at=at)
            words = f"It goes on for {creator}."
        elif kind == "stop":
            stopping.stop(
                enrolment_id=pk,
                reason=StopReason.BY_HAND,
                at=at,
                actor=request.user,
                note=request.POST.get("note", ""),
            )
            words = f"Stopped for {creator}. Nothing more of it is sent."
        else:
            raise Http404("There is no such act.")
    except stopping.EnrolmentRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, words)
    if request.POST.get("back") == "creator":
        return redirect("crm:creator", brand=request.brand.slug, uid=creator.uid)
    sequence = reverse("crm:sequence", args=[request.brand.slug, enrolment.version.sequence_id])
    return redirect(sequence)
