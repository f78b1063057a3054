"""Put creators into a sequence: some that were chosen, or an audience."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from crm.forms.outreach import EnrolForm, audience_choices
from crm.models import Sequence
from crm.permissions import BrandRequest, Can, brand_page
from crm.selectors import relationships_of
from crm.sent import row_numbers
from crm.services.outreach.enrolling import (
    ENROL_MAX,
    EnrolRefused,
    candidates,
    enrol,
    members_of,
)


@brand_page(Can.MANAGE_OUTREACH)
def enrolling(request: BrandRequest) -> HttpResponse:
    """Who would be enrolled, who cannot be and why; enrol those that are ticked.

    `?creator=<uid>` (several) names creators, `?audience=segment:educators` an audience,
    `?sequence=<number>` the sequence.
    """
    if request.method == "POST":
        return _enrol(request)
    sequences = Sequence.objects.filter(brand=request.brand).in_use()
    wanted = request.GET.get("sequence", "")
    chosen = sequences.filter(pk__in=row_numbers([wanted])).first() or sequences.first()
    audience = request.GET.get("audience", "")
    found, problem = [], ""
    if chosen is not None:
        try:
            found = candidates(chosen, _asked(request, chosen, audience), at=timezone.now())
        except EnrolRefused as refusal:
            problem = str(refusal)
    form = EnrolForm(
        brand=request.brand,
        user=request.user,
        initial={"sequence": chosen.pk if chosen else None},
    )
    context = {
        "form": form,
        "sequence": chosen,
        "audiences": audience_choices(request.brand),
        "audience": audience,
        "creators": request.GET.getlist("creator"),
        "found": found,
        "fit": sum(1 for candidate in found if not candidate.problem),
        "problem": problem,
        "has_mailbox": bool(form.fields["mailbox"].queryset.exists()),  # type: ignore[attr-defined]
    }
    return render(request, "crm/outreach/enrol.html", context)


def _asked(request: BrandRequest, sequence: Sequence, audience: str) -> list[int]:
    """The relationships that the address names."""
    if audience:
        return members_of(sequence, audience)
    uids = []
    for text in request.GET.getlist("creator")[: ENROL_MAX + 1]:
        try:
            uids.append(UUID(text))
        except ValueError:
            continue
    rows = relationships_of(request.brand).filter(creator__uid__in=uids)
    return list(rows.values_list("pk", flat=True))


def _enrol(request: BrandRequest) -> HttpResponse:
    form = EnrolForm(request.POST, brand=request.brand, user=request.user)
    ids = row_numbers(request.POST.getlist("relationship"))
    if not form.is_valid() or form.cleaned_data["mailbox"] is None or not ids:
        messages.error(request, "Choose a sequence, a mailbox and at least one creator.")
        return redirect("crm:outreach_enrol", brand=request.brand.slug)
    sequence = form.cleaned_data["sequence"]
    try:
        done = enrol(
            sequence_id=sequence.pk,
            relationships=ids,
            mailbox=form.cleaned_data["mailbox"],
            actor=request.user,
            at=timezone.now(),
        )
    except EnrolRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("crm:outreach_enrol", brand=request.brand.slug)
    count = len(done.enrolments)
    if count:
        messages.success(
            request,
            f"{count} creator{'' if count == 1 else 's'} enrolled in “{sequence}”. Their first "
            "mails wait for somebody to write the personal line and approve them.",
        )
    for candidate in done.refused[:10]:
        name = candidate.relationship.creator
        messages.warning(request, f"{name} was not enrolled: {candidate.problem}")
    return redirect("crm:sequence", brand=request.brand.slug, pk=sequence.pk)
