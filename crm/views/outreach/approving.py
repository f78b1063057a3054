"""The mails that wait: one after the other, each beside its creator, sent with one key."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from crm.choices import StopReason
from crm.forms import put_error
from crm.forms.outreach import ApproveForm
from crm.models import EnrolmentStep, Relationship
from crm.permissions import BrandRequest, Can, brand_page
from crm.selectors import TierTable, creator_rows
from crm.sent import row_numbers
from crm.services.outreach import stopping
from crm.services.outreach.approving import ApprovalRefused, draft_of, skip, waiting
from crm.services.outreach.approving import approve as approve_mail

TEMPLATE = "crm/outreach/approve.html"
LISTED = 50


@require_safe
@brand_page(Can.SEND_MAIL)
def queue(request: BrandRequest) -> HttpResponse:
    """The oldest mail that waits, or the one that is asked for."""
    return _page(request, request.GET.get("mail", ""))


@require_POST
@brand_page(Can.SEND_MAIL)
def approve(request: BrandRequest, pk: int) -> HttpResponse:
    """Send it as it stands in the form; the next one opens at once."""
    step = _step(request, pk)
    form = ApproveForm(request.POST)
    if form.is_valid():
        try:
            approve_mail(
                step_id=step.pk, actor=request.user, at=timezone.now(), **form.cleaned_data
            )
        except ApprovalRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(
                request,
                f"The mail to {step.enrolment.relationship.creator} is on its way, or leaves when "
                "the hour allows.",
            )
            return redirect("crm:outreach_approve", brand=request.brand.slug)
    return _page(request, str(pk), form)


@require_POST
@brand_page(Can.SEND_MAIL)
def leave_out(request: BrandRequest, pk: int) -> HttpResponse:
    """Skip a follow-up; take the creator out where it is the first mail."""
    step = _step(request, pk)
    creator = step.enrolment.relationship.creator
    try:
        if step.step.position == 1:
            stopping.stop(
                enrolment_id=step.enrolment_id,
                reason=StopReason.BY_HAND,
                at=timezone.now(),
                actor=request.user,
            )
            words = f"{creator} is out of the sequence. Nothing was sent."
        else:
            skip(step_id=step.pk, actor=request.user, at=timezone.now())
            words = f"This mail to {creator} is left out; the sequence goes on."
    except ApprovalRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, words)
    return redirect("crm:outreach_approve", brand=request.brand.slug)


def _page(request: BrandRequest, wanted: str, form: ApproveForm | None = None) -> HttpResponse:
    rows = waiting().filter(brand=request.brand)
    listed = list(rows[:LISTED])
    step = next((row for row in listed if str(row.pk) == wanted), None)
    if step is None and wanted.isdigit():
        step = rows.filter(pk__in=row_numbers([wanted])).first()
        if step is None and form is not None:
            messages.error(request, " ".join(_words(form)) or "This mail does not wait any more.")
            return redirect("crm:outreach_approve", brand=request.brand.slug)
    step = step or next(iter(listed), None)
    context: dict[str, Any] = {"listed": listed, "count": rows.count(), "step": step}
    if step is not None:
        draft = draft_of(step, sender=request.user, at=timezone.now())
        # What the person typed stays; else what the template says for this creator.
        context |= {
            "draft": draft,
            "form": form or ApproveForm(initial={"subject": draft.subject, "text": draft.text}),
            "row": _creator(step.enrolment.relationship),
            "next_url": _after(request, listed, step),
        }
    status = 422 if form is not None and form.errors else 200
    return render(request, TEMPLATE, context, status=status)


def _words(form: ApproveForm) -> list[str]:
    return [str(error) for errors in form.errors.values() for error in errors]


def _creator(relationship: Relationship) -> Any:
    """The creator with accounts and numbers, as lists show them."""
    row = Relationship.objects.with_creator().select_related("brand").get(pk=relationship.pk)
    return creator_rows([row], TierTable.of(row.brand))[0]


def _after(request: BrandRequest, listed: list[EnrolmentStep], step: EnrolmentStep) -> str:
    """The mail after this one, for who wants to look at it later."""
    at = next((place for place, row in enumerate(listed) if row.pk == step.pk), -1)
    if len(listed) < 2 or at < 0:
        return ""
    following = listed[(at + 1) % len(listed)]
    return f"{reverse('crm:outreach_approve', args=[request.brand.slug])}?mail={following.pk}"


def _step(request: BrandRequest, pk: int) -> EnrolmentStep:
    found: EnrolmentStep = get_object_or_404(
        EnrolmentStep.objects.select_related("step", "enrolment__relationship__creator"),
        brand=request.brand,
        pk=pk,
    )
    return found
