"""One's own review: write it, hand it in, decline it."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Prefetch
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from crm.choices import ReviewStatus, VettingStatus
from crm.forms import VersionForm
from crm.forms.reviews import AnswersForm, WhyForm
from crm.models import Answer, Profile, Review
from crm.permissions import BrandRequest, Can, brand_page
from crm.services.reviews import writing as service
from crm.services.reviews.people import ReviewRefused

TEMPLATE = "crm/reviews/review.html"


@brand_page(Can.REVIEW)
def review(request: BrandRequest, pk: int) -> HttpResponse:
    """The form with one's answers so far; keep them, or hand them in. Closed: the vetting."""
    found = _own(request, pk)
    if not _is_to_write(found) and request.method != "POST":
        return redirect("crm:vetting", brand=request.brand.slug, pk=found.vetting_id)
    criteria = found.vetting.form.criteria_in_order()
    if request.method != "POST":
        return _page(request, found, AnswersForm.of(found, criteria))
    form, seen = AnswersForm(request.POST, criteria=criteria), VersionForm(request.POST)
    is_final = "hand_in" in request.POST
    if not seen.is_valid():
        form.add_error(None, "This page is not complete. Load it again.")
    if form.is_valid() and seen.is_valid():
        try:
            service.save_review(
                review_id=pk,
                brand=request.brand,
                answers=form.given,
                comment=form.cleaned_data["comment"],
                actor=request.user,
                at=timezone.now(),
                expected_version=seen.cleaned_data["version"],
                is_final=is_final,
            )
        except ReviewRefused as refusal:
            form.put(refusal.field, str(refusal))
        else:
            if is_final:
                messages.success(request, "Your review is in. It stays as it is.")
                return redirect("crm:vetting", brand=request.brand.slug, pk=found.vetting_id)
            messages.success(request, "Kept as a draft. Nobody but you can read it.")
            return redirect("crm:review", brand=request.brand.slug, pk=pk)
    return _page(request, found, form, status=422)


@require_POST
@brand_page(Can.REVIEW)
def decline(request: BrandRequest, pk: int) -> HttpResponse:
    """Say that one cannot review this creator."""
    found = _own(request, pk)
    form = WhyForm(request.POST)
    if form.is_valid():
        try:
            service.decline_review(
                review_id=pk,
                brand=request.brand,
                actor=request.user,
                at=timezone.now(),
                why=form.cleaned_data["why"],
            )
        except ReviewRefused as refusal:
            form.add_error("why", str(refusal))
        else:
            messages.success(request, "Declined. Whoever asked was told.")
            return redirect("crm:reviews", brand=request.brand.slug)
    answers = AnswersForm.of(found, found.vetting.form.criteria_in_order())
    return _page(request, found, answers, status=422, why_form=form)


def _page(
    request: BrandRequest,
    found: Review,
    form: AnswersForm,
    status: int = 200,
    why_form: WhyForm | None = None,
) -> HttpResponse:
    context = {
        "review": found,
        "vetting": found.vetting,
        "creator": found.vetting.relationship.creator,
        "form": form,
        "why_form": why_form or WhyForm(auto_id="id_decline_%s"),
        "today": timezone.localdate(),
    }
    return render(request, TEMPLATE, context, status=status)


def _own(request: BrandRequest, pk: int) -> Review:
    """One's own review; that of somebody else is not there."""
    rows = Review.objects.select_related(
        "vetting__form", "vetting__relationship__creator", "vetting__requested_by"
    ).prefetch_related(
        Prefetch("answers", Answer.objects.order_by("pk")),
        Prefetch(
            "vetting__relationship__creator__profiles",
            Profile.objects.select_related("platform").order_by("pk"),
        ),
    )
    found = rows.filter(
        pk=pk, vetting__brand=request.brand, reviewer=request.user, is_adjudication=False
    ).first()
    if found is None:
        msg = "You were asked for no such review."
        raise Http404(msg)
    return found


def _is_to_write(found: Review) -> bool:
    return found.status == ReviewStatus.WAITING and found.vetting.status == VettingStatus.OPEN
