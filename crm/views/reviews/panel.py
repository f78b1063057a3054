"""A creator's vettings, as a part of the creator's page."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from crm.choices import ReviewStatus, VettingStatus
from crm.forms import put_error
from crm.forms.reviews import AskForm
from crm.models import Relationship, Review, Vetting, VettingResult
from crm.panels import creator_panel
from crm.permissions import BrandRequest, Can, brand_page, may
from crm.services.reviews import vettings as service
from crm.services.reviews.forms import newest_form
from crm.services.reviews.people import ReviewRefused
from crm.views.of_creator import of_creator

PANEL = "crm/reviews/_panel.html"
HISTORY_SHOWN = 10


@brand_page(Can.VIEW, post=Can.REVIEW)
@creator_panel("vettings")
@of_creator
def creator_vettings(request: BrandRequest, relationship: Relationship) -> HttpResponse:
    """A creator's vettings, as a part of the creator's page; ask for one."""
    form = newest_form(request.brand)
    if request.method != "POST":
        return _panel(request, relationship)
    if form is None:
        return _panel(request, relationship, status=422)
    ask = AskForm(request.POST, brand=request.brand, form=form, requester=request.user)
    if ask.is_valid():
        try:
            made = service.ask_for_vetting(
                relationship=relationship,
                reviewers=ask.reviewers,
                actor=request.user,
                at=timezone.now(),
                reason=ask.cleaned_data["reason"],
                due_on=ask.cleaned_data["due_on"],
            )
        except ReviewRefused as refusal:
            put_error(ask, "first" if refusal.field == "reviewers" else refusal.field, str(refusal))
        else:
            if request.htmx:
                return _panel(request, relationship)
            messages.success(request, f"{made.relationship.creator} is to be reviewed.")
            return redirect("crm:vetting", brand=request.brand.slug, pk=made.pk)
    return _panel(request, relationship, status=422, ask_form=ask)


def _panel(
    request: BrandRequest, relationship: Relationship, status: int = 200, **more: Any
) -> HttpResponse:
    form = newest_form(request.brand)
    every = (
        Vetting.objects.filter(relationship=relationship)
        .with_people()
        .prefetch_related(
            Prefetch("results", VettingResult.objects.select_related("criterion")),
            Prefetch("reviews", Review.objects.select_related("reviewer")),
        )
        .order_by("-requested_at", "-pk")
    )
    rows = list(every[:HISTORY_SHOWN])
    opened = next((row for row in rows if row.is_open), None)
    can_ask = form is not None and opened is None and may(request.role, Can.REVIEW)
    context = {
        "relationship": relationship,
        "creator": relationship.creator,
        "form": form,
        "open": opened,
        "mine": next(
            (
                one
                for one in (opened.reviews.all() if opened else ())
                if one.reviewer_id == request.user.pk and one.status == ReviewStatus.WAITING
            ),
            None,
        ),
        "latest": next((row for row in rows if row.status == VettingStatus.SETTLED), None),
        "history": [row for row in rows if not row.is_open],
        "ask_form": AskForm(brand=request.brand, form=form, requester=request.user)
        if can_ask and form
        else None,
    } | more
    return render(request, PANEL, context, status=status)
