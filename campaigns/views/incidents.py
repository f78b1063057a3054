"""Incidents: the list with its rates and export, a new one, one with its runbook and history."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from campaigns.filters.incidents import IncidentFilter
from campaigns.forms.incidents import ActForm, CampaignsForm, FileForm, IncidentForm, NoteForm
from campaigns.models import Campaign
from campaigns.risk.suitability import standard as taxonomy
from campaigns.selectors.incidents import (
    campaigns_of,
    checklist_of,
    counts_by_state,
    for_list,
    incident_rates,
)
from campaigns.services.incidents import reporting
from campaigns.services.incidents.record import rights_of
from campaigns.services.incidents.runbooks import statement_for
from campaigns.services.incidents.states import ASKS, FOR_HANDLERS, allowed
from campaigns.services.refusals import CampaignRefused
from campaigns.views.finding import relationship_with
from crm.choices import IncidentAct, IncidentKind, IncidentState, Severity
from crm.exports import Format, respond
from crm.models import Hold, Incident, Relationship
from crm.models.incidents import IncidentQuerySet
from crm.paging import Order, capped_count, in_order, page_or_first
from crm.permissions import BrandRequest, Can, brand_page
from crm.styled import put_error

NEWEST = Order("incidents", "noticed_on", "id", descending=True)
PAGE = 50
# The rate of the list is of so many days.
RATE_DAYS = 365
COLUMNS = (
    "number",
    "kind",
    "severity",
    "state",
    "creator",
    "campaigns",
    "category",
    "tier",
    "happened on",
    "noticed on",
    "confirmed",
    "led by",
    "where",
)


@require_safe
@brand_page(Can.VIEW)
def incidents(request: BrandRequest) -> HttpResponse:
    """Incidents of the brand, the newest first, with how often they happen."""
    rows, asked = _asked(request)
    page = page_or_first(for_list(rows), NEWEST, cursor=request.GET.get("cursor"), size=PAGE)
    counts = counts_by_state(request.brand)
    today = timezone.localdate()
    context = {
        "page": page,
        "count": capped_count(rows),
        "asked_state": asked,
        "tabs": [(one.value, one.label, counts.get(one, 0)) for one in IncidentState],
        "total": sum(counts.values()),
        "kinds": IncidentKind.choices,
        "kind": request.GET.get("kind", ""),
        "severities": Severity.choices,
        "severity": request.GET.get("severity", ""),
        "rates": incident_rates(request.brand, today - timedelta(days=RATE_DAYS - 1), today),
    }
    template = "campaigns/incidents/list.html"
    if request.htmx and not request.htmx.boosted:
        template += "#rows"
    return render(request, template, context)


@require_safe
@brand_page(Can.VIEW)
def export(request: BrandRequest, form: Format) -> HttpResponseBase:
    """What the list shows, as a file: without what is said to have happened."""
    rows, _asked_for = _asked(request)
    today = timezone.localdate()
    return respond(
        f"incidents-{request.brand.slug}-{today:%Y-%m-%d}",
        COLUMNS,
        _lines(for_list(rows)),
        form=form,
        about=[("Brand", request.brand.name), ("Taken on", today)],
    )


@brand_page(Can.REPORT_INCIDENTS)
def new(request: BrandRequest) -> HttpResponse:
    """Report an incident: about a creator or a campaign, where the address names one."""
    relationship = _creator(request)
    key = request.GET.get("campaign", "")
    campaign = Campaign.objects.filter(brand=request.brand, key=key).first()
    is_sent = request.method == "POST"
    form = IncidentForm(request.POST if is_sent else None, brand=request.brand)
    chosen = CampaignsForm(
        request.POST if is_sent else None,
        brand=request.brand,
        initial={"campaigns": [campaign] if campaign else []},
    )
    # Both are asked, so that both say what is wrong.
    if is_sent and all([form.is_valid(), chosen.is_valid()]):
        try:
            made = reporting.report(
                brand=request.brand,
                seen=form.seen,
                relationship=relationship,
                campaigns=list(chosen.cleaned_data["campaigns"]),
                actor=request.user,
                at=timezone.now(),
            )
        except CampaignRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, "Reported. Legal and whoever leads the work were told.")
            return redirect("campaigns:incident", request.brand.slug, made.pk)
    context = {
        "form": form,
        "chosen": chosen,
        "creator": relationship.creator if relationship else None,
    }
    status = 422 if is_sent else 200
    return render(request, "campaigns/incidents/new.html", context, status=status)


@require_safe
@brand_page(Can.VIEW)
def incident(request: BrandRequest, pk: int) -> HttpResponse:
    """One incident: what it is, the runbook, what was done."""
    return show(request, found_of(request, pk))


@brand_page(Can.HANDLE_INCIDENTS)
def change(request: BrandRequest, pk: int) -> HttpResponse:
    """Correct what it is."""
    found = found_of(request, pk)
    is_sent = request.method == "POST"
    form = IncidentForm(request.POST, brand=request.brand) if is_sent else IncidentForm.of(found)
    seen = ActForm(request.POST if is_sent else None)
    if is_sent and form.is_valid():
        try:
            reporting.change(
                incident_id=pk,
                brand=request.brand,
                seen=form.seen,
                actor=request.user,
                at=timezone.now(),
                expected_version=seen.cleaned_data["version"] if seen.is_valid() else 0,
            )
        except CampaignRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, "Saved.")
            return redirect("campaigns:incident", request.brand.slug, pk)
    context = {"form": form, "incident": found}
    status = 422 if is_sent else 200
    return render(request, "campaigns/incidents/change.html", context, status=status)


def found_of(request: BrandRequest, pk: int) -> Incident:
    """An incident of the brand. Raises Http404."""
    rows = for_list(Incident.objects.visible_to(request.user)).select_related(
        "brand", "confirmed_by"
    )
    found: Incident = get_object_or_404(rows, brand=request.brand, pk=pk)
    return found


def show(
    request: BrandRequest, found: Incident, *, status: int = 200, **forms: Any
) -> HttpResponse:
    """The page of one incident; `forms` are those that were refused."""
    rights = rights_of(found, request.user, request.role)
    now = timezone.now()
    touched = campaigns_of(found)
    acts = [
        {"act": act.value, "label": IncidentAct(act).label, "asks": ASKS[act]}
        for act in allowed(found.state)
        if rights.handles or (rights.works and act not in FOR_HANDLERS)
    ]
    pauses = Hold.objects.on(request.brand, found.relationship_id).in_force(now)
    context = {
        "incident": found,
        "rights": rights,
        "suitability": taxonomy().words(found.category, found.tier),
        "touched": touched,
        "phases": checklist_of(found),
        "events": list(found.events.select_related("actor")),
        "files": list(found.files.select_related("by")) if rights.reads else [],
        "acts": acts,
        "statement": statement_for(found) if rights.reads else "",
        "paused": list(pauses.select_related("brand", "relationship__creator")),
        "campaigns_form": CampaignsForm(
            brand=request.brand,
            initial={"campaigns": [row.campaign_id for row in touched]},
        )
        if rights.works
        else None,
        "note_form": NoteForm(),
        "file_form": FileForm(),
        "today": timezone.localdate(),
        **forms,
    }
    return render(request, "campaigns/incidents/incident.html", context, status=status)


def _creator(request: BrandRequest) -> Relationship | None:
    uid = request.GET.get("creator", "")
    if not uid:
        return None
    try:
        return relationship_with(request, UUID(uid))
    except ValueError as error:
        raise Http404("There is no such creator.") from error


def _asked(request: BrandRequest) -> tuple[IncidentQuerySet, list[str]]:
    """The rows that the address asks for, and in which states."""
    rows = Incident.objects.visible_to(request.user).filter(brand=request.brand)
    found = IncidentFilter(request.GET, queryset=rows)
    if not found.form.is_valid():
        return rows, []
    return found.qs, list(found.form.cleaned_data["state"])


def _lines(rows: QuerySet[Any]) -> Iterator[tuple[object, ...]]:
    known = taxonomy()
    for row in in_order(rows, NEWEST).iterator(chunk_size=1_000):
        yield (
            row.pk,
            row.get_kind_display(),
            row.get_severity_display(),
            row.get_state_display(),
            row.relationship.creator.name if row.relationship else "",
            ", ".join(row.touched),
            known.categories[row.category].name if row.category in known.categories else "",
            known.tiers[row.tier].name if row.tier in known.tiers else "",
            row.happened_on,
            row.noticed_on,
            "yes" if row.confirmed_at else "no",
            row.owner.email if row.owner else "",
            row.url,
        )
