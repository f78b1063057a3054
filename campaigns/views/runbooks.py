"""Runbooks: what is done when something goes wrong, by kind, in the brand's own words."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from campaigns.forms.incidents import RunbookForm
from campaigns.services.incidents import runbooks as service
from campaigns.services.refusals import CampaignRefused
from crm.choices import IncidentKind
from crm.models import Runbook
from crm.permissions import BrandRequest, Can, brand_page
from crm.styled import put_error


@require_safe
@brand_page(Can.VIEW)
def runbooks(request: BrandRequest) -> HttpResponse:
    """The kinds, and which of them the brand has put into its own words."""
    own = {
        row.kind: row
        for row in Runbook.objects.filter(brand=request.brand).select_related("updated_by")
    }
    rows = [
        {"kind": kind, "own": own.get(kind.value), "steps": _steps(kind, own.get(kind.value))}
        for kind in IncidentKind
    ]
    return render(request, "campaigns/incidents/runbooks.html", {"rows": rows})


@brand_page(Can.VIEW, post=Can.HANDLE_INCIDENTS)
def runbook(request: BrandRequest, kind: str) -> HttpResponse:
    """One kind's steps, to be read or put into other words."""
    if kind not in IncidentKind:
        raise Http404("There is no such kind of incident.")
    which = IncidentKind(kind)
    book = service.book_of(request.brand, which)
    if request.method == "POST" and "usual" in request.POST:
        service.back_to_usual(
            brand=request.brand, kind=which, actor=request.user, at=timezone.now()
        )
        messages.success(request, "The usual steps hold again. Open incidents keep theirs.")
        return redirect("campaigns:runbooks", request.brand.slug)
    form = RunbookForm(request.POST) if request.method == "POST" else RunbookForm.of(book)
    if request.method == "POST" and form.is_valid():
        try:
            service.write(
                brand=request.brand,
                kind=which,
                steps=form.steps,
                statement=form.cleaned_data["statement"],
                actor=request.user,
                at=timezone.now(),
                expected_version=form.cleaned_data["version"],
            )
        except CampaignRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, "Saved. Incidents reported from now on have these steps.")
            return redirect("campaigns:runbooks", request.brand.slug)
    context = {"form": form, "kind": which, "book": book, "steps": list(book.steps.items())}
    status = 422 if request.method == "POST" else 200
    return render(request, "campaigns/incidents/runbook.html", context, status=status)


def _steps(kind: IncidentKind, own: Runbook | None) -> int:
    if own is None:
        return sum(1 for _step in service.usual(kind).all_steps())
    return len(own.first_hour) + len(own.first_day) + len(own.afterwards)
