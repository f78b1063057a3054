"""Pieces of content: one with its draft and gates, a campaign's, a creator's; planned, ended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from campaigns.choices import DeliverableState, DraftState, Gate, GuestKind
from campaigns.filters.deliverables import DeliverableFilter
from campaigns.forms.deliverables import FastLaneForm, PieceForm, PlanForm, ReasonForm
from campaigns.forms.drafts import DecisionForm, DraftForm, RemarkForm
from campaigns.forms.guests import LinkForm
from campaigns.models import Deliverable, GuestLink
from campaigns.selectors import deliverables as selectors
from campaigns.selectors.deliverable_checklist import checklist_of
from campaigns.selectors.deliverable_talk import segments, threads_of
from campaigns.selectors.disclosures.queue import of_piece
from campaigns.services.briefs.differences import pieces as words_apart
from campaigns.services.deliverables import gates, hours, planning, reopening
from campaigns.services.deliverables.record import Actor
from campaigns.services.deliverables.states import ALLOWED
from campaigns.services.guests import DAYS, make_link
from campaigns.services.refusals import CampaignRefused
from campaigns.views.finding import campaign_of, engagement_of
from crm.paging import Order, capped_count, page_or_first
from crm.permissions import BrandRequest, Can, brand_page
from crm.styled import put_error

NEWEST = Order("deliverables", "id", "id", descending=True)
PAGE = 50
EVENTS = 50


def piece_of(request: BrandRequest, pk: int) -> Deliverable:
    """A piece of the brand with what it belongs to. Raises Http404."""
    rows = Deliverable.objects.visible_to(request.user).select_related(
        "platform",
        "engagement__campaign__brand",
        "engagement__campaign__owner",
        "engagement__owner",
        "engagement__relationship__creator",
    )
    return get_object_or_404(rows, engagement__campaign__brand=request.brand, pk=pk)


@require_safe
@brand_page(Can.VIEW)
def deliverable(request: BrandRequest, pk: int) -> HttpResponse:
    """One piece: its draft, the remarks beside it, gates and checklist, history."""
    return show(request, piece_of(request, pk))


def show(
    request: BrandRequest, piece: Deliverable, *, status: int = 200, **refused: Any
) -> HttpResponse:
    """The page of a piece, with the forms that were refused."""
    now, brand = timezone.now(), request.brand
    drafts = list(piece.drafts.select_related("submitted_by", "link").order_by("-number"))
    newest = reopening.current(piece)
    asked = request.GET.get("version", "")
    shown = next((one for one in drafts if str(one.number) == asked), None) or newest
    shown = shown or (drafts[0] if drafts else None)
    before = next((one for one in drafts if shown and one.number < shown.number), None)
    turn = gates.waiting_turn(piece)
    week, plan = gates.week_of(brand), gates.plan_of(piece.engagement.campaign)
    refusal = ""
    if turn is not None:
        refusal, _stead = gates.stead(
            request.user, brand, turn.gate, plan.keeper_of(turn.gate), timezone.localdate()
        )
    threads = threads_of(piece, shown)
    steps = selectors.steps_of(shown) if shown else []
    counted = sum(one.state != DraftState.WITHDRAWN for one in drafts)
    agreed = gates.rounds_of(piece, plan)
    context: dict[str, Any] = {
        "piece": piece,
        "campaign": piece.engagement.campaign,
        "creator": piece.engagement.relationship.creator,
        "drafts": drafts,
        "shown": shown,
        "is_newest": shown == newest,
        "before": before,
        "difference": words_apart(before.text, shown.text)
        if before and shown and request.GET.get("diff") == "yes"
        else None,
        "files": list(shown.files.all()) if shown else [],
        "segments": segments(shown.text, threads) if shown else [],
        "threads": threads,
        "steps": steps,
        "has_open_corrections": any(
            correction.done_at is None for step in steps for correction in step.corrections
        ),
        "opinions": list(shown.opinions.all()) if shown else [],
        "turn": turn,
        "why_not": refusal,
        "clock": hours.words(now, turn.due_at, week) if turn and turn.due_at else "",
        "is_late": bool(turn and turn.due_at and turn.due_at <= now),
        "checklist": _lines(request, checklist_of(piece, turn.draft, Gate(turn.gate), now))
        if turn and not refusal
        else [],
        "disclosures": of_piece(piece),
        "is_legal_turn": turn is not None and turn.gate == Gate.LEGAL,
        "acts": {act.value for act in ALLOWED[DeliverableState(piece.state)]},
        "gates": gates.gates_of(piece, plan, is_legal_always=gates.week_row(brand).is_legal_always),
        "counted": counted,
        "agreed": agreed,
        "events": piece.events.select_related("actor").order_by("-at", "-pk")[:EVENTS],
        "links": GuestLink.objects.filter(deliverable=piece, kind=GuestKind.REVIEWER),
        "make_url": reverse("campaigns:reviewer_invite", args=[brand.slug, piece.pk]),
        "link_form": LinkForm(initial={"days": DAYS[GuestKind.REVIEWER]}),
        "now": now,
        "draft_form": DraftForm.after(newest, is_over=counted >= agreed),
        "decision_form": DecisionForm(),
        "remark_form": RemarkForm(),
        "piece_form": PieceForm.of(piece),
        "cancel_form": ReasonForm(initial={"version": piece.version}, prefix="cancel"),
        "reopen_form": ReasonForm(initial={"version": piece.version}, prefix="reopen"),
        "lane_form": FastLaneForm(
            initial={
                "version": piece.version,
                "gates": piece.gates or plan.gates,
                "reason": piece.fast_lane_reason,
            }
        ),
    } | refused
    return render(request, "campaigns/deliverables/deliverable.html", context, status=status)


def _lines(request: BrandRequest, lines: Any) -> list[tuple[Any, str, str]]:
    """Lines of the checklist with what was answered on a page that was refused."""
    return [
        (line, request.POST.get(f"answer-{line.key}", ""), request.POST.get(f"note-{line.key}", ""))
        for line in lines
    ]


@require_safe
@brand_page(Can.VIEW)
def of_campaign(request: BrandRequest, key: str) -> HttpResponse:
    """All pieces of a campaign, by state."""
    campaign = campaign_of(request, key)
    asked = DeliverableFilter(
        request.GET, queryset=selectors.deliverables_of(campaign), request=request
    )
    rows = asked.qs
    page = page_or_first(rows, NEWEST, cursor=request.GET.get("cursor"), size=PAGE)
    counts = selectors.counts_of(campaign)
    context = {
        "campaign": campaign,
        "page": page,
        "count": capped_count(rows),
        "asked": asked.form.cleaned_data if asked.form.is_valid() else {},
        "filter": asked,
        "tabs": [(state.value, state.label, counts[state]) for state in DeliverableState],
        "total": sum(counts.values()),
        "week": gates.week_of(request.brand),
        "now": timezone.now(),
    }
    template = "campaigns/deliverables/list.html"
    if request.htmx and not request.htmx.boosted:
        template += "#rows"
    return render(request, template, context)


@require_safe
@brand_page(Can.VIEW)
def of_engagement(request: BrandRequest, key: str, pk: int) -> HttpResponse:
    """A creator's pieces, for the page of the creator in the campaign."""
    engagement = engagement_of(request, key, pk)
    context = {
        "campaign": engagement.campaign,
        "engagement": engagement,
        "pieces": selectors.of_engagement(engagement),
    }
    return render(request, "campaigns/deliverables/_of_engagement.html", context)


@brand_page(Can.RUN_CAMPAIGNS)
def plan(request: BrandRequest, key: str, pk: int) -> HttpResponseBase:
    """Plan pieces for a creator."""
    campaign, engagement = campaign_of(request, key), engagement_of(request, key, pk)
    form = PlanForm(request.POST or None, campaign=campaign)
    if request.method == "POST" and form.is_valid():
        try:
            made = planning.plan(
                engagement_id=pk,
                brand=request.brand,
                wanted=[form.wanted],
                actor=Actor(request.user),
                at=timezone.now(),
            )
        except CampaignRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(
                request, f"{len(made)} planned." if len(made) > 1 else f"“{made[0]}” is planned."
            )
            return redirect("campaigns:engagement", request.brand.slug, key, pk)
    context = {
        "campaign": campaign,
        "engagement": engagement,
        "creator": engagement.relationship.creator,
        "form": form,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "campaigns/deliverables/plan.html", context, status=status)


@require_POST
@brand_page(Can.RUN_CAMPAIGNS)
def change(request: BrandRequest, pk: int) -> HttpResponseBase:
    """Change what the piece is."""
    piece, form = piece_of(request, pk), PieceForm(request.POST)
    if form.is_valid():
        try:
            planning.edit(
                deliverable_id=pk,
                brand=request.brand,
                changes=form.changes,
                actor=Actor(request.user),
                at=timezone.now(),
                expected_version=form.cleaned_data["version"],
            )
        except CampaignRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, "Saved.")
            return redirect("campaigns:deliverable", request.brand.slug, pk)
    return show(request, piece, status=422, piece_form=form)


@require_POST
@brand_page(Can.RUN_CAMPAIGNS)
def cancel(request: BrandRequest, pk: int) -> HttpResponseBase:
    """Call it off."""
    form = ReasonForm(request.POST, prefix="cancel")
    return _act(request, pk, form, _CANCEL)


@require_POST
@brand_page(Can.RUN_CAMPAIGNS)
def reopen(request: BrandRequest, pk: int) -> HttpResponseBase:
    """Open its review again."""
    form = ReasonForm(request.POST, prefix="reopen")
    return _act(request, pk, form, _REOPEN)


@require_POST
@brand_page(Can.RUN_CAMPAIGNS)
def shorten(request: BrandRequest, pk: int) -> HttpResponseBase:
    """Put it on the fast lane, or take it off."""
    form = FastLaneForm(request.POST)
    return _act(request, pk, form, _SHORTEN)


@require_POST
@brand_page(Can.RUN_CAMPAIGNS)
def restore(request: BrandRequest, pk: int) -> HttpResponseBase:
    """Take it up again."""
    piece_of(request, pk)
    try:
        planning.restore(
            deliverable_id=pk,
            brand=request.brand,
            actor=Actor(request.user),
            at=timezone.now(),
            expected_version=None,
        )
    except CampaignRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "It is taken up again.")
    return redirect("campaigns:deliverable", request.brand.slug, pk)


def _reason(said: dict[str, Any]) -> dict[str, Any]:
    return {"reason": said["reason"]}


def _why(said: dict[str, Any]) -> dict[str, Any]:
    return {"why": said["reason"]}


def _left(said: dict[str, Any]) -> dict[str, Any]:
    return {"left": said["gates"], "reason": said["reason"]}


@dataclass(frozen=True)
class _Act:
    """A form of the page: its name there, what is said when it is done, and by what it is done."""

    name: str
    done: str
    service: Callable[..., Deliverable]
    said: Callable[[dict[str, Any]], dict[str, Any]]


_CANCEL = _Act("cancel_form", "It is called off.", planning.cancel, _reason)
_REOPEN = _Act("reopen_form", "Its review is open again.", reopening.reopen, _why)
_SHORTEN = _Act(
    "lane_form", "Saved: the next draft goes through these gates.", planning.shorten, _left
)


def _act(request: BrandRequest, pk: int, form: forms.Form, act: _Act) -> HttpResponseBase:
    """Do what a form of the page says, or show the page with what was refused."""
    piece = piece_of(request, pk)
    if form.is_valid():
        try:
            act.service(
                deliverable_id=pk,
                brand=request.brand,
                actor=Actor(request.user),
                at=timezone.now(),
                expected_version=form.cleaned_data["version"],
                **act.said(form.cleaned_data),
            )
        except CampaignRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, act.done)
            return redirect("campaigns:deliverable", request.brand.slug, pk)
    return show(request, piece, status=422, **{act.name: form})


@require_POST
@brand_page(Can.RUN_CAMPAIGNS)
def invite(request: BrandRequest, pk: int) -> HttpResponseBase:
    """Make a link for somebody from outside who is to look at the draft."""
    piece, form = piece_of(request, pk), LinkForm(request.POST)
    if form.is_valid():
        try:
            make_link(
                target=piece,
                name=form.cleaned_data["name"],
                days=form.cleaned_data["days"],
                actor=request.user,
                at=timezone.now(),
            )
        except CampaignRefused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, "The link is made. Copy it and send it to them.")
    else:
        messages.error(request, "Say who the link is for, and for how many days it works.")
    return redirect("campaigns:deliverable", request.brand.slug, pk)
