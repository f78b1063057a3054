"""One vetting: who reviews, what they found, a third person's decision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import Prefetch
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from crm.choices import ReviewStatus, VettingStatus
from crm.forms import put_error
from crm.forms.reviews import AnswersForm, AssignForm, WhyForm
from crm.models import Answer, Criterion, Review, Vetting, VettingResult
from crm.permissions import BrandRequest, Can, brand_page, may
from crm.services.reviews import settling
from crm.services.reviews import vettings as service
from crm.services.reviews.people import ReviewRefused, is_admin

TEMPLATE = "crm/reviews/vetting.html"


@dataclass(frozen=True)
class Compared:
    """A criterion, what each review says of it (None: nothing, or nothing to read), the result."""

    criterion: Criterion
    answers: list[tuple[Review, Answer | None]]
    result: VettingResult | None
    is_disputed: bool


@require_safe
@brand_page(Can.VIEW)
def vetting(request: BrandRequest, pk: int) -> HttpResponse:
    """Where it stands; the reviews side by side once all are in, one's own before."""
    return _page(request, _vetting(request, pk))


def _page(request: BrandRequest, found: Vetting, status: int = 200, **more: Any) -> HttpResponse:
    reviews = list(found.reviews.all())
    for review in reviews:
        review.vetting = found
    readable = [
        review
        for review in reviews
        if review.status == ReviewStatus.SUBMITTED and review.is_readable_by(request.user)
    ]
    criteria = found.form.criteria_in_order()
    disputed = _disputed(found, criteria, reviews)
    may_review = may(request.role, Can.REVIEW)
    mine = next((one for one in reviews if one.reviewer_id == request.user.pk), None)
    is_decider = found.status == VettingStatus.DISPUTED and may_review
    why_not = settling.may_adjudicate(found, request.user) if is_decider else ""
    places = found.reviewers - sum(
        one.status in {ReviewStatus.WAITING, ReviewStatus.SUBMITTED} and not one.is_adjudication
        for one in reviews
    )
    is_open = found.status == VettingStatus.OPEN
    context = {
        "vetting": found,
        "creator": found.relationship.creator,
        "reviews": [(review, review.is_refusal_readable_by(request.user)) for review in reviews],
        "readable": readable,
        "compared": _compared(found, criteria, readable, disputed) if readable else [],
        "mine": mine,
        "is_mine_to_write": bool(is_open and mine and mine.status == ReviewStatus.WAITING),
        "why_not_decide": why_not,
        "decide_form": _decide_form(disputed) if is_decider and not why_not else None,
        "places": range(places) if is_open else (),
        "assign_form": _assign_form(request, found, reviews) if is_open and may_review else None,
        "withdraw_form": WhyForm(auto_id="id_withdraw_%s")
        if found.is_open
        and may_review
        and (found.requested_by_id == request.user.pk or is_admin(request.brand, request.user))
        else None,
        "today": timezone.localdate(),
    } | more
    return render(request, TEMPLATE, context, status=status)


def _decide_form(disputed: list[Criterion], data: Any = None) -> AnswersForm:
    form = AnswersForm(data, criteria=disputed, can_pass=False)
    form.fields["comment"].label = "Why"
    form.fields["comment"].required = True
    return form


def _assign_form(
    request: BrandRequest, found: Vetting, reviews: list[Review], data: Any = None
) -> AssignForm:
    asked = [one.reviewer_id for one in reviews if one.reviewer_id]
    return AssignForm(
        data, brand=request.brand, form=found.form, requester=found.requested_by, asked=asked
    )


def _disputed(found: Vetting, criteria: list[Criterion], reviews: list[Review]) -> list[Criterion]:
    """What the two reviews differ about, of answers that are at hand."""
    if found.all_in_at is None:
        return []
    said: dict[int, list[Answer]] = {}
    for review in reviews:
        if review.status == ReviewStatus.SUBMITTED and not review.is_adjudication:
            for answer in review.answers.all():
                said.setdefault(answer.criterion_id, []).append(answer)
    threshold = found.form.dispute_from
    return [
        criterion
        for criterion in criteria
        if settling.outcome(said.get(criterion.pk, ()), threshold).basis is None
    ]


def _compared(
    found: Vetting,
    criteria: list[Criterion],
    readable: list[Review],
    disputed: list[Criterion],
) -> list[Compared]:
    answers = [
        {answer.criterion_id: answer for answer in review.answers.all()} for review in readable
    ]
    results = {result.criterion_id: result for result in found.results.all()}
    by_id = {criterion.pk: criterion for criterion in criteria}
    # Known already: no query for each.
    for result in results.values():
        result.criterion = by_id[result.criterion_id]
    for some in answers:
        for answer in some.values():
            answer.criterion = by_id[answer.criterion_id]
    return [
        Compared(
            criterion,
            [
                (review, some.get(criterion.pk))
                for review, some in zip(readable, answers, strict=True)
            ],
            results.get(criterion.pk),
            criterion in disputed,
        )
        for criterion in criteria
    ]


@require_POST
@brand_page(Can.REVIEW)
def decide(request: BrandRequest, pk: int) -> HttpResponse:
    """The third person's word about what the reviewers differ about."""
    found = _vetting(request, pk)
    criteria = found.form.criteria_in_order()
    form = _decide_form(_disputed(found, criteria, list(found.reviews.all())), request.POST)
    if form.is_valid():
        try:
            settling.adjudicate(
                vetting_id=pk,
                brand=request.brand,
                answers=form.given,
                comment=form.cleaned_data["comment"],
                actor=request.user,
                at=timezone.now(),
            )
        except ReviewRefused as refusal:
            form.put(refusal.field, str(refusal))
        else:
            messages.success(request, "Decided. The vetting is settled.")
            return redirect("crm:vetting", brand=request.brand.slug, pk=pk)
    if found.status != VettingStatus.DISPUTED:
        messages.error(request, "There is nothing to decide about this vetting any more.")
        return redirect("crm:vetting", brand=request.brand.slug, pk=pk)
    return _page(request, found, status=422, decide_form=form)


@require_POST
@brand_page(Can.REVIEW)
def assign(request: BrandRequest, pk: int) -> HttpResponse:
    """Ask somebody else."""
    found = _vetting(request, pk)
    form = _assign_form(request, found, list(found.reviews.all()), request.POST)
    if form.is_valid():
        try:
            service.assign_review(
                vetting_id=pk,
                brand=request.brand,
                reviewer=form.cleaned_data["reviewer"],
                instead_of=form.cleaned_data["instead_of"],
                actor=request.user,
                at=timezone.now(),
            )
        except ReviewRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, f"{form.cleaned_data['reviewer']} was asked.")
            return redirect("crm:vetting", brand=request.brand.slug, pk=pk)
    words = " ".join(str(error) for errors in form.errors.values() for error in errors)
    messages.error(request, words)
    return redirect("crm:vetting", brand=request.brand.slug, pk=pk)


@require_POST
@brand_page(Can.REVIEW)
def withdraw(request: BrandRequest, pk: int) -> HttpResponse:
    """Take it back."""
    found = _vetting(request, pk)
    form = WhyForm(request.POST, auto_id="id_withdraw_%s")
    if form.is_valid():
        try:
            service.withdraw_vetting(
                vetting_id=pk,
                brand=request.brand,
                actor=request.user,
                at=timezone.now(),
                why=form.cleaned_data["why"],
            )
        except ReviewRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, "Withdrawn.")
            return redirect("crm:vetting", brand=request.brand.slug, pk=pk)
    return _page(request, found, status=422, withdraw_form=form)


def _vetting(request: BrandRequest, pk: int) -> Vetting:
    reviews = (
        Review.objects.select_related("reviewer")
        .prefetch_related(Prefetch("answers", Answer.objects.order_by("pk")))
        .order_by("is_adjudication", "assigned_at", "pk")
    )
    found = (
        Vetting.objects.filter(brand=request.brand, pk=pk)
        .with_people()
        .prefetch_related(Prefetch("reviews", reviews), Prefetch("results"))
        .first()
    )
    if found is None:
        msg = "There is no such vetting."
        raise Http404(msg)
    return found
