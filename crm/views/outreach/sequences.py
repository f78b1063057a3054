"""Sequences: the list with what came of each, one with who is in it, and its steps."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from crm.choices import EnrolmentStatus, MailPurpose, StepAction
from crm.forms import put_error
from crm.forms.outreach import SequenceForm, StepForm
from crm.models import Enrolment, MailTemplate, Sequence
from crm.paging import Order, page_or_first
from crm.permissions import BrandRequest, Can, brand_page
from crm.sent import row_number
from crm.services.outreach.figures import funnels
from crm.services.outreach.sequences import (
    STEPS_MAX,
    About,
    SequenceRefused,
    Step,
    archive_sequence,
    change_sequence,
    make_sequence,
    newest_steps,
    restore_sequence,
)

ORDER = Order("started", "started_at", "id", descending=True)
ON_PAGE = 50
ABOUT = ("name", "description", "stage", "audience", "stops_on_stage_change")


@require_safe
@brand_page(Can.VIEW)
def sequences(request: BrandRequest) -> HttpResponse:
    """All sequences with their numbers."""
    mine = Sequence.objects.filter(brand=request.brand)
    context = {
        "funnels": funnels(list(mine.in_use())),
        "archived": mine.exclude(archived_at=None).order_by("name", "pk"),
    }
    return render(request, "crm/outreach/sequences/list.html", context)


@require_safe
@brand_page(Can.VIEW)
def sequence(request: BrandRequest, pk: int) -> HttpResponse:
    """Its steps, its numbers, and everybody who is or was in it."""
    found = get_object_or_404(Sequence, brand=request.brand, pk=pk)
    rows = Enrolment.objects.filter(version__sequence=found).select_related(
        "relationship__creator", "owner", "version"
    )
    status = request.GET.get("status", "")
    if status in EnrolmentStatus.values:
        rows = rows.filter(status=status)
    page = page_or_first(rows, ORDER, cursor=request.GET.get("cursor"), size=ON_PAGE)
    context = {
        "sequence": found,
        "funnel": funnels([found])[0],
        "steps": newest_steps(found),
        "page": page,
        "status": status,
        "statuses": EnrolmentStatus.choices,
    }
    return render(request, "crm/outreach/sequences/detail.html", context)


@brand_page(Can.MANAGE_OUTREACH)
def new(request: BrandRequest) -> HttpResponse:
    """Make a sequence."""
    return _edit(request, None)


@brand_page(Can.MANAGE_OUTREACH)
def edit(request: BrandRequest, pk: int) -> HttpResponse:
    """Give a sequence other steps."""
    return _edit(request, get_object_or_404(Sequence, brand=request.brand, pk=pk))


@require_POST
@brand_page(Can.MANAGE_OUTREACH)
def archive(request: BrandRequest, pk: int) -> HttpResponse:
    """Take it out of use, or bring it back."""
    found = get_object_or_404(Sequence, brand=request.brand, pk=pk)
    at = timezone.now()
    try:
        if found.archived_at is None:
            archive_sequence(sequence_id=pk, at=at, actor=request.user)
            messages.success(request, f"“{found}” is archived and stopped for everybody in it.")
        else:
            restore_sequence(sequence_id=pk, at=at, actor=request.user)
            messages.success(request, f"“{found}” is in use again. Nobody is in it.")
    except SequenceRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("crm:sequences", brand=request.brand.slug)


def _edit(request: BrandRequest, found: Sequence | None) -> HttpResponse:
    is_sent = request.method == "POST"
    if is_sent:
        form = SequenceForm(request.POST, brand=request.brand)
    else:
        initial = {name: getattr(found, name) for name in ABOUT} if found else None
        form = SequenceForm(brand=request.brand, initial=initial)
    steps = _step_forms(request, found, is_sent=is_sent)
    is_saving = is_sent and "save" in request.POST
    if (
        is_saving
        # Each step says what is wrong with it, not the first one alone.
        and all([form.is_valid(), *(step.is_valid() for step in steps)])
        and (saved := _saved(request, found, form, steps)) is not None
    ):
        messages.success(request, f"“{saved}” is saved. Who is in it keeps the steps they had.")
        return redirect("crm:sequence", brand=request.brand.slug, pk=saved.pk)
    context = {
        "sequence": found,
        "form": form,
        "steps": steps,
        "can_add": len(steps) < STEPS_MAX,
        "has_templates": MailTemplate.objects.filter(brand=request.brand, purpose=MailPurpose.FIRST)
        .in_use()
        .exists(),
    }
    has_errors = is_saving and (form.errors or any(step.errors for step in steps))
    return render(
        request, "crm/outreach/sequences/edit.html", context, status=422 if has_errors else 200
    )


def _step_forms(request: BrandRequest, found: Sequence | None, *, is_sent: bool) -> list[StepForm]:
    """The steps as typed so far; a button adds one at the end or takes one away."""
    by_purpose: dict[str, list[MailTemplate]] = {}
    for template in MailTemplate.objects.filter(brand=request.brand).in_use():
        by_purpose.setdefault(template.purpose, []).append(template)
    if not is_sent:
        rows = newest_steps(found) if found else []
        made = [
            StepForm(
                templates=by_purpose,
                position=row.position,
                prefix=f"step-{row.position}",
                initial={
                    "action": row.action,
                    "delay_days": row.delay_days,
                    "template_id": row.mail.template_id if row.mail else None,
                    "reminder": row.reminder,
                },
            )
            for row in rows
        ]
        return made or [StepForm(templates=by_purpose, position=1, prefix="step-1")]
    given = request.POST.get("steps", "1")
    count = max(1, min(row_number(given) or 1, STEPS_MAX))
    if "add" in request.POST:
        count = min(count + 1, STEPS_MAX)
    if "remove" in request.POST:
        count = max(1, count - 1)
    # A step that was just added has nothing wrong with it yet.
    return [
        StepForm(
            request.POST if f"step-{number}-template_id" in request.POST else None,
            templates=by_purpose,
            position=number,
            prefix=f"step-{number}",
        )
        for number in range(1, count + 1)
    ]


def _saved(
    request: BrandRequest, found: Sequence | None, form: SequenceForm, steps: list[StepForm]
) -> Sequence | None:
    """What was saved; None where it is refused, and then the forms say why."""
    given = form.cleaned_data
    about: About = {
        "name": given["name"],
        "description": given["description"],
        "stage": given["stage"],
        "audience": given["audience"],
        "stops_on_stage_change": given["stops_on_stage_change"],
    }
    wanted = [_step(step.cleaned_data) for step in steps]
    at, actor = timezone.now(), request.user
    try:
        if found is None:
            return make_sequence(brand=request.brand, about=about, steps=wanted, at=at, actor=actor)
        return change_sequence(sequence_id=found.pk, about=about, steps=wanted, at=at, actor=actor)
    except SequenceRefused as refusal:
        target = steps[refusal.step - 1] if refusal.step else form
        put_error(target, refusal.field, str(refusal))
        return None


def _step(given: dict[str, Any]) -> Step:
    return Step(
        action=StepAction(given.get("action") or StepAction.DRAFT),
        delay_days=given.get("delay_days") or 0,
        template_id=given.get("template_id"),
        reminder=given.get("reminder", ""),
    )
