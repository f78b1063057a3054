"""The workbench: the post as it appears, the checklist beside it, and a decision by one key."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from campaigns.choices import DisclosureVerdict, Gate, ReviewStage
from campaigns.forms.disclosures import AnswerForm, VerdictForm, first_error
from campaigns.models import DisclosureReview, GateTurn
from campaigns.selectors import deliverable_checklist
from campaigns.selectors.disclosures import bench, queue
from campaigns.selectors.disclosures.advice import advice_for
from campaigns.selectors.disclosures.checklist import checklist_of
from campaigns.selectors.disclosures.marking import shown_texts
from campaigns.selectors.hints import hint_at
from campaigns.selectors.packs import packs_for
from campaigns.selectors.remediations import open_of
from campaigns.services.deliverables import gates
from campaigns.services.disclosures import answers, deciding
from campaigns.services.disclosures.asking import why_not
from campaigns.services.refusals import CampaignOutdated, CampaignRefused
from campaigns.services.remediation.words import for_draft
from campaigns.views.disclosures.queue import kept, listed, rows_of
from crm.paging import paginate
from crm.permissions import BrandRequest, Can, brand_page, may
from crm.styled import put_error

BESIDE = 25


def review_of(request: BrandRequest, pk: int) -> DisclosureReview:
    """A review of the brand with what its page shows. Raises Http404."""
    rows = DisclosureReview.objects.visible_to(request.user).select_related(
        "brand",
        "deliverable__platform",
        "deliverable__engagement__campaign__brand",
        "deliverable__engagement__campaign__owner",
        "deliverable__engagement__owner",
        "deliverable__engagement__relationship__creator",
        "draft__submitted_by",
        "finding",
        "requested_by",
        "requested_link",
    )
    return get_object_or_404(rows, brand=request.brand, pk=pk)


@require_safe
@brand_page(Can.VIEW)
def disclosure(request: BrandRequest, pk: int) -> HttpResponse:
    """One review with the queue beside it."""
    return show(request, review_of(request, pk))


def show(
    request: BrandRequest,
    review: DisclosureReview,
    *,
    status: int = 200,
    form: VerdictForm | None = None,
    refused: tuple[str, str] = ("", ""),
) -> HttpResponse:
    """The page of a review; `form` and `refused` (an item's key, words) are what was refused."""
    now, brand, piece = timezone.now(), request.brand, review.deliverable
    relationship = piece.engagement.relationship
    asked, week = listed(request), gates.week_of(brand)
    page = paginate(asked.rows, asked.order, size=BESIDE)
    beside = queue.neighbours(asked.rows, asked.order, review)
    refusal = ""
    if review.is_open:
        refusal, _stead = why_not(review, piece, request.user, now)
    found = review.finding
    result = found.result if found else None
    turn = bench.turn_of(review) if review.is_open else None
    lines = _gate_lines(review, turn, now) if turn and not refusal else ()
    advice = (
        advice_for(result, packs_for(brand, found.on), found.on, brand=brand.name) if found else []
    )
    can_decide = review.is_open and not refusal
    context: dict[str, Any] = {
        "review": review,
        "piece": piece,
        "campaign": piece.engagement.campaign,
        "creator": relationship.creator,
        "row": rows_of([review], week, now)[0],
        "queue": rows_of(page.items, week, now),
        "has_more": page.next is not None,
        "next": beside.next,
        "previous": beside.previous,
        "kept": kept(request),
        "finding": found,
        "result": result,
        "jurisdictions": [
            (one["name"], DisclosureVerdict(one["verdict"]).label, one["reason"])
            for one in (result or {}).get("per_jurisdiction", ())
        ],
        "case": found.case if found else {},
        "texts": shown_texts(found.case, result) if found else [],
        "hint": None if review.draft else hint_at(brand, piece.post_id),
        "snapshots": bench.snapshots_of(review),
        "draft_files": list(review.draft.files.all()) if review.draft else [],
        "checklist": checklist_of(review),
        "ties": bench.ties_of(found.case) if found else None,
        "agreed": bench.agreed_of(piece),
        "record": bench.record_of(relationship, review, now),
        "former": bench.former_of(review),
        "decisions": list(
            review.decisions.select_related("by", "on_behalf_of").order_by("at", "pk")
        ),
        "choices": bench.choices_of(review) if can_decide else [],
        "refusal": refusal,
        "can_decide": can_decide,
        "can_answer": review.is_open and may(request.role, Can.CLEAR_LEGAL),
        "turn": turn,
        # Of two the first decides nothing at the gate.
        "asks_gate": turn is not None and (not review.needs_second or review.state == "second"),
        "gate_lines": [
            (
                line,
                request.POST.get(f"answer-{line.key}", ""),
                request.POST.get(f"note-{line.key}", ""),
            )
            for line in lines
        ],
        "advice": advice,
        "remediation": open_of(review),
        "form": form
        or VerdictForm(
            initial={
                "version": review.version,
                "for_creator": for_draft(advice) if turn else "",
            }
        ),
        "refused_key": refused[0],
        "refused_words": refused[1],
    }
    template = "campaigns/disclosures/workbench.html"
    if request.htmx and not request.htmx.boosted:
        template += "#bench"
    return render(request, template, context, status=status)


@require_POST
@brand_page(Can.CLEAR_LEGAL)
def decide(request: BrandRequest, pk: int) -> HttpResponseBase:
    """Decide; then the next of the list opens at once."""
    review, now = review_of(request, pk), timezone.now()
    asked = listed(request)
    following = queue.neighbours(asked.rows, asked.order, review).next
    form = VerdictForm(request.POST)
    if not form.is_valid():
        return show(request, review, status=422, form=form)
    turn = bench.turn_of(review)
    lines = _gate_lines(review, turn, now) if turn else ()
    said = form.decided(
        [line.key for line in lines],
        request.POST,
        is_draft=review.stage == ReviewStage.DRAFT and turn is not None,
    )
    try:
        decided = deciding.decide(
            review_id=pk,
            brand=request.brand,
            said=said,
            actor=request.user,
            at=now,
            expected_version=form.cleaned_data["version"],
        )
    except CampaignOutdated as outdated:
        put_error(form, "", str(outdated))
        return show(request, review_of(request, pk), status=409, form=_anew(form, request, pk))
    except CampaignRefused as refused:
        put_error(form, refused.field, str(refused))
        code = 403 if refused.code in {"not_yours", "own_request"} else 422
        return show(request, review_of(request, pk), status=code, form=form)
    words = (
        f"“{review.deliverable}”: a second reviewer decides now."
        if decided.is_open
        else f"“{review.deliverable}”: {decided.get_verdict_display().lower()}."
    )
    messages.success(request, words)
    return redirect(_after(request, following))


@require_POST
@brand_page(Can.CLEAR_LEGAL)
def answer(request: BrandRequest, pk: int) -> HttpResponseBase:
    """Answer a line of the checklist."""
    review = review_of(request, pk)
    form = AnswerForm(request.POST)
    key = request.POST.get("key", "")[:200]
    if not form.is_valid():
        return show(request, review, status=422, refused=(key, first_error(form)))
    said = form.cleaned_data
    try:
        answers.answer(
            review_id=pk,
            brand=request.brand,
            key=said["key"],
            result=said["result"],
            note=said["note"],
            actor=request.user,
            at=timezone.now(),
            expected_version=said["version"],
        )
    except CampaignOutdated as outdated:
        return show(request, review_of(request, pk), status=409, refused=(key, str(outdated)))
    except CampaignRefused as refused:
        code = 403 if refused.code in {"not_yours", "own_request"} else 422
        return show(request, review_of(request, pk), status=code, refused=(key, str(refused)))
    if request.htmx:
        return show(request, review_of(request, pk))
    return redirect(f"{_page_of(request, pk)}#checklist")


def _gate_lines(
    review: DisclosureReview, turn: GateTurn, at: datetime
) -> tuple[deliverable_checklist.Line, ...]:
    """What legal's gate asks of the draft besides."""
    return deliverable_checklist.checklist_of(review.deliverable, turn.draft, Gate.LEGAL, at)


def _anew(form: VerdictForm, request: BrandRequest, pk: int) -> VerdictForm:
    """What was typed, with the number of the review as it is now, and what was said against it."""
    data = request.POST.copy()
    data["version"] = str(review_of(request, pk).version)
    again = VerdictForm(data)
    again.is_valid()
    for words in form.non_field_errors():
        put_error(again, "", str(words))
    return again


def _page_of(request: BrandRequest, pk: int) -> str:
    address = reverse("campaigns:disclosure", args=[request.brand.slug, pk])
    return f"{address}?{asked}" if (asked := kept(request)) else address


def _after(request: BrandRequest, following: DisclosureReview | None) -> str:
    if following is not None:
        return _page_of(request, following.pk)
    address = reverse("campaigns:disclosures", args=[request.brand.slug])
    return f"{address}?{asked}" if (asked := kept(request)) else address
