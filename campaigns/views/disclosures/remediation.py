"""Requests to creators to put a disclosure right: the list, one with its history, a new one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from campaigns.choices import RemediationAct, RemediationState
from campaigns.forms.disclosures import DoneForm, HandRequestForm, MailRequestForm, WithdrawForm
from campaigns.models import DisclosureReview, Remediation
from campaigns.selectors import remediations as selectors
from campaigns.selectors.disclosures.advice import advice_for
from campaigns.selectors.packs import packs_for
from campaigns.services.deliverables import gates, hours
from campaigns.services.deliverables.record import Actor
from campaigns.services.refusals import CampaignOutdated, CampaignRefused
from campaigns.services.remediation import asking, ending
from campaigns.services.remediation.states import NEXT
from campaigns.services.remediation.words import letter
from campaigns.views.disclosures.workbench import review_of
from crm.models import Mailbox
from crm.paging import capped_count, page_or_first
from crm.permissions import BrandRequest, Can, brand_page
from crm.services.mail.composing import MailRefused
from crm.styled import PlainForm, put_error

PAGE = 50
# Working hours that a creator has at first: a contract says one day.
USUAL_HOURS = 8


@require_safe
@brand_page(Can.VIEW)
def remediations(request: BrandRequest) -> HttpResponse:
    """What was asked, what is open first; and posts about which nobody has asked yet."""
    asked = request.GET.get("state", "open")
    rows: QuerySet[Remediation] = selectors.remediations_of(request.brand)
    order = selectors.NEWEST
    if asked in RemediationState.values:
        rows = rows.filter(state=asked)
    elif asked != "all":
        asked, order = "open", selectors.DUE_FIRST
        rows = selectors.remediations_of(request.brand).open()
    page = page_or_first(rows, order, cursor=request.GET.get("cursor"), size=PAGE)
    now, week = timezone.now(), gates.week_of(request.brand)
    context = {
        "page": page,
        "rows": [
            (one, hours.words(now, one.due_at, week), one.due_at <= now) for one in page.items
        ],
        "count": capped_count(rows),
        "asked": asked,
        "states": RemediationState.choices,
        "wanting": list(selectors.wanting(request.brand).order_by("decided_at", "pk")[:PAGE]),
    }
    template = "campaigns/disclosures/remediations.html"
    if request.htmx and not request.htmx.boosted:
        template += "#rows"
    return render(request, template, context)


@brand_page(Can.RUN_CAMPAIGNS)
def new(request: BrandRequest, pk: int) -> HttpResponseBase:
    """Ask about a post that was found wanting."""
    review = review_of(request, pk)
    found = selectors.open_of(review)
    if found is not None:
        return redirect("campaigns:remediation", request.brand.slug, found.pk)
    return _ask(request, review, None)


@brand_page(Can.RUN_CAMPAIGNS)
def again(request: BrandRequest, pk: int) -> HttpResponseBase:
    """Ask once more."""
    found = _one(request, pk)
    newest = (
        DisclosureReview.objects.filter(deliverable=found.deliverable_id, stage="live")
        .exclude(finding=None)
        .order_by("-opened_at", "-pk")
        .values_list("pk", flat=True)
        .first()
    )
    return _ask(request, review_of(request, newest or found.review_id), found)


@require_safe
@brand_page(Can.VIEW)
def remediation(request: BrandRequest, pk: int) -> HttpResponse:
    """One request: its words, what happened, and what can be done."""
    return _show(request, _one(request, pk))


@require_POST
@brand_page(Can.RUN_CAMPAIGNS)
def done(request: BrandRequest, pk: int) -> HttpResponseBase:
    """The creator said that it is done."""
    found, form = _one(request, pk), DoneForm(request.POST)
    if form.is_valid():
        try:
            ending.answer(
                remediation_id=pk,
                brand=request.brand,
                note=form.cleaned_data["note"],
                actor=Actor(request.user),
                at=timezone.now(),
                expected_version=form.cleaned_data["version"],
            )
        except CampaignRefused as refusal:
            return _refused(request, pk, form, refusal, "done_form")
        else:
            messages.success(request, "Written down: legal looks at the post again.")
            return redirect("campaigns:remediation", request.brand.slug, pk)
    return _show(request, found, status=422, done_form=form)


@require_POST
@brand_page(Can.RUN_CAMPAIGNS)
def withdraw(request: BrandRequest, pk: int) -> HttpResponseBase:
    """Nothing is asked for any more."""
    found, form = _one(request, pk), WithdrawForm(request.POST)
    if form.is_valid():
        try:
            ending.withdraw(
                remediation_id=pk,
                brand=request.brand,
                reason=form.cleaned_data["reason"],
                actor=request.user,
                at=timezone.now(),
                expected_version=form.cleaned_data["version"],
            )
        except CampaignRefused as refusal:
            return _refused(request, pk, form, refusal, "withdraw_form")
        else:
            messages.success(request, "It is withdrawn.")
            return redirect("campaigns:remediation", request.brand.slug, pk)
    return _show(request, found, status=422, withdraw_form=form)


def _one(request: BrandRequest, pk: int) -> Remediation:
    rows = selectors.remediations_of(request.brand).select_related(
        "incident", "message__thread", "deliverable__engagement__relationship"
    )
    return get_object_or_404(rows.visible_to(request.user), pk=pk)


def _show(
    request: BrandRequest, found: Remediation, *, status: int = 200, **refused: Any
) -> HttpResponse:
    now, week = timezone.now(), gates.week_of(request.brand)
    context = {
        "remediation": found,
        "piece": found.deliverable,
        "creator": found.deliverable.engagement.relationship.creator,
        "campaign": found.deliverable.engagement.campaign,
        "clock": hours.words(now, found.due_at, week) if found.is_open else "",
        "is_late": found.is_open and found.due_at <= now,
        "acts": {act.value for act in NEXT[RemediationState(found.state)]},
        "events": found.events.select_related("actor", "link").order_by("-at", "-pk"),
        "done_form": DoneForm(initial={"version": found.version}),
        "withdraw_form": WithdrawForm(initial={"version": found.version}),
    } | refused
    return render(request, "campaigns/disclosures/remediation.html", context, status=status)


def _refused(
    request: BrandRequest, pk: int, form: PlainForm, refusal: CampaignRefused, name: str
) -> HttpResponse:
    """The page as it stands now; its forms may have gone, so the words stand above them."""
    if refusal.field in form.fields:
        put_error(form, refusal.field, str(refusal))
        return _show(request, _one(request, pk), status=422, **{name: form})
    messages.error(request, str(refusal))
    status = 409 if isinstance(refusal, CampaignOutdated) else 422
    return _show(request, _one(request, pk), status=status)


def _ask(
    request: BrandRequest, review: DisclosureReview, found: Remediation | None
) -> HttpResponseBase:
    """The form of a request; `found`: it goes on with one."""
    if found is not None and RemediationAct.ASK_AGAIN not in NEXT[RemediationState(found.state)]:
        messages.error(request, "There is nothing to ask for any more.")
        return redirect("campaigns:remediation", request.brand.slug, found.pk)
    now, week = timezone.now(), gates.week_of(request.brand)
    mailboxes = Mailbox.objects.filter(brand=request.brand).usable_by(request.user)
    do = request.POST.get("do", "")
    initial = _initial(
        request, review, hours.due_at(now, USUAL_HOURS, week).astimezone(week.zone).date()
    )
    mail = MailRequestForm(
        request.POST if do == "mail" else None,
        prefix="mail",
        mailboxes=mailboxes,
        initial=initial | {"mailbox": mailboxes.first()},
    )
    hand = HandRequestForm(request.POST if do == "hand" else None, prefix="hand", initial=initial)
    form: MailRequestForm | HandRequestForm = mail if do == "mail" else hand
    if request.method == "POST" and form.is_valid():
        try:
            if found is None:
                made = asking.ask(
                    review_id=review.pk,
                    brand=request.brand,
                    wanted=form.wanted(week),
                    actor=request.user,
                    at=now,
                )
            else:
                version = request.POST.get("version", "")
                made = asking.ask_again(
                    remediation_id=found.pk,
                    brand=request.brand,
                    wanted=form.wanted(week),
                    actor=request.user,
                    at=now,
                    expected_version=int(version) if version.isdecimal() else 0,
                )
        except CampaignRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            words = "The mail goes out in a few seconds." if do == "mail" else "Written down."
            messages.success(request, words)
            return redirect("campaigns:remediation", request.brand.slug, made.pk)
    context = {
        "review": review,
        "piece": review.deliverable,
        "creator": review.deliverable.engagement.relationship.creator,
        "remediation": found,
        "mail": mail,
        "hand": hand,
        "mailbox": mailboxes.first(),
    } | _preview(review, mailboxes.first())
    status = 422 if request.method == "POST" else 200
    return render(request, "campaigns/disclosures/ask.html", context, status=status)


def _initial(request: BrandRequest, review: DisclosureReview, due_on: Any) -> dict[str, Any]:
    piece, finding = review.deliverable, review.finding
    advice = (
        advice_for(
            finding.result,
            packs_for(request.brand, finding.on),
            finding.on,
            brand=request.brand.name,
        )
        if finding
        else []
    )
    words = letter(
        advice,
        creator=piece.engagement.relationship.creator.name,
        brand=request.brand.name,
        title=piece.title,
        url=piece.published_url,
        due_on=due_on,
        sender=request.user.display_name,
    )
    return {"subject": f"Please label your post “{piece}”"[:200], "words": words, "due_on": due_on}


def _preview(review: DisclosureReview, box: Mailbox | None) -> dict[str, Any]:
    """What the guard of outreach would say now."""
    if box is None:
        return {"verdict": None, "no_address": ""}
    try:
        verdict = asking.preview(review.deliverable.engagement.relationship, box, timezone.now())
    except MailRefused as refusal:
        return {"verdict": None, "no_address": str(refusal)}
    return {"verdict": verdict, "no_address": ""}
