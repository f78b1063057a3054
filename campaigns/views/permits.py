"""The register of permits and of entries in public registers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from campaigns.choices import PaperKind, PaperState
from campaigns.forms.registers import PermitForm, PermitsAsked, PermitSheetForm
from campaigns.models import Permit
from campaigns.selectors.packs import packs_for
from campaigns.services.refusals import CampaignRefused
from campaigns.services.registers import papers, permit_sheet, permits
from campaigns.views.finding import relationship_with
from crm.exports import Format, respond
from crm.importers.tables import TableRefused
from crm.models import Relationship
from crm.paging import Order, page_or_first
from crm.permissions import BrandRequest, Can, brand_page
from crm.stored import download
from crm.styled import put_error

NEWEST = Order("permits", "id", "id", descending=True)
PAGE = 50
COLUMNS = (
    "creator",
    "jurisdiction",
    "what",
    "has it",
    "number",
    "from",
    "until",
    "compared on",
    "compared by",
    "register",
    "remark",
)


@require_safe
@brand_page(Can.VIEW)
def register(request: BrandRequest) -> HttpResponse:
    """All papers, the newest first, and what the packs ask for."""
    rows, asked = _asked(request)
    page = page_or_first(rows, NEWEST, cursor=request.GET.get("cursor"), size=PAGE)
    today = timezone.localdate()
    packs = packs_for(request.brand, today)
    context = {
        "page": page,
        "asked": asked,
        "total": Permit.objects.in_use().filter(brand=request.brand).count(),
        "rules": [
            (pack, datum)
            for pack in packs.jurisdictions.values()
            for datum in pack.registration
            if datum.holds(today)
        ],
        "today": today,
        "soon": today + timedelta(days=60),
    }
    return render(request, "campaigns/registers/permits.html", context)


@require_safe
@brand_page(Can.VIEW)
def export(request: BrandRequest, form: Format) -> HttpResponseBase:
    """What the list shows, as a file."""
    rows, _form = _asked(request)
    today = timezone.localdate()
    return respond(
        f"permits-{request.brand.slug}-{today:%Y-%m-%d}",
        COLUMNS,
        _lines(rows),
        form=form,
        about=[("Brand", request.brand.name), ("Taken on", today)],
    )


@brand_page(Can.KEEP_REGISTERS)
def take(request: BrandRequest) -> HttpResponse:
    """Take in a sheet of papers: all of it, or none with what is wrong."""
    is_sent = request.method == "POST"
    form = PermitSheetForm(request.POST if is_sent else None, request.FILES if is_sent else None)
    faults: Sequence[str] = ()
    if is_sent and form.is_valid():
        try:
            added, changed = permit_sheet.take(
                brand=request.brand,
                upload=form.cleaned_data["file"],
                actor=request.user,
                at=timezone.now(),
            )
        except TableRefused as refusal:
            faults = refusal.faults
        else:
            messages.success(request, f"{added:,} new, {changed:,} changed; the rest was there.")
            return redirect("campaigns:permits", request.brand.slug)
    context = {"form": form, "faults": faults, "columns": permit_sheet.COLUMNS}
    status = 422 if is_sent else 200
    return render(request, "campaigns/registers/permits_import.html", context, status=status)


@brand_page(Can.KEEP_REGISTERS)
def new(request: BrandRequest, uid: UUID) -> HttpResponse:
    """Write a paper down for a creator."""
    return _edit(request, relationship_with(request, uid), None)


@brand_page(Can.VIEW, post=Can.KEEP_REGISTERS)
def permit(request: BrandRequest, pk: int) -> HttpResponse:
    """One paper, to be read or changed."""
    found = _permit(request, pk)
    return _edit(request, found.relationship, found)


@require_POST
@brand_page(Can.KEEP_REGISTERS)
def away(request: BrandRequest, pk: int) -> HttpResponse:
    """Put a paper away."""
    found = _permit(request, pk)
    try:
        permits.put_away(
            permit_id=pk,
            brand=request.brand,
            actor=request.user,
            at=timezone.now(),
            expected_version=None,
        )
    except Permit.DoesNotExist as gone:
        raise Http404("It was put away already.") from gone
    messages.success(request, f"“{found}” counts no more. It stays in the record.")
    return redirect("campaigns:connections", request.brand.slug, found.relationship.creator.uid)


@require_safe
@brand_page(Can.VIEW)
def paper(request: BrandRequest, pk: int) -> HttpResponseBase:
    """Download the paper itself."""
    found = _permit(request, pk)
    if not found.file_sha256 or not papers.STORE.has(request.brand.pk, found.file_sha256):
        raise Http404("There is no such file in the store.")
    return download(
        papers.STORE.open(request.brand.pk, found.file_sha256),
        name=found.file_name,
        content_type=found.file_type,
    )


def _permit(request: BrandRequest, pk: int) -> Permit:
    rows = Permit.objects.visible_to(request.user).in_use()
    rows = rows.select_related(
        "relationship__creator", "relationship__brand", "checked_by", "created_by"
    )
    return get_object_or_404(rows, brand=request.brand, pk=pk)


def _edit(request: BrandRequest, relationship: Relationship, found: Permit | None) -> HttpResponse:
    is_sent = request.method == "POST"
    form = PermitForm(
        request.POST if is_sent else None, request.FILES if is_sent else None, permit=found
    )
    if is_sent and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            permits.save_permit(
                relationship=relationship,
                wanted=form.wanted,
                actor=request.user,
                at=timezone.now(),
                permit_id=found.pk if found else None,
                expected_version=form.cleaned_data["version"] if found else None,
                paper=papers.keep(brand=request.brand, name=file.name, content=file.read())
                if file
                else None,
            )
        except Permit.DoesNotExist as gone:
            raise Http404("It was put away.") from gone
        except CampaignRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, "Written down: checks of disclosure know it from now on.")
            return redirect("campaigns:connections", request.brand.slug, relationship.creator.uid)
    context = {"form": form, "permit": found, "creator": relationship.creator}
    return render(
        request, "campaigns/registers/permit.html", context, status=422 if is_sent else 200
    )


def _asked(request: BrandRequest) -> tuple[QuerySet[Permit], PermitsAsked]:
    rows = Permit.objects.visible_to(request.user).in_use().filter(brand=request.brand)
    rows = rows.select_related("relationship__creator", "checked_by")
    form = PermitsAsked(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    if asked.get("jurisdiction"):
        rows = rows.filter(jurisdiction=asked["jurisdiction"])
    if asked.get("ends_within") is not None:
        last = timezone.localdate() + timedelta(days=asked["ends_within"])
        rows = rows.filter(state=PaperState.HELD, valid_until__lte=last)
    return rows, form


def _lines(rows: QuerySet[Permit]) -> Iterator[tuple[object, ...]]:
    for row in rows.order_by("-pk").iterator(chunk_size=1_000):
        yield (
            row.relationship.creator.name,
            row.jurisdiction,
            PaperKind(row.kind).label,
            "yes" if row.state == PaperState.HELD else "no",
            row.number,
            row.valid_from,
            row.valid_until,
            row.checked_on,
            row.checked_by.email if row.checked_by else "",
            row.checked_at_url,
            row.note,
        )
