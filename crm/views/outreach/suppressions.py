"""The suppression list: to whom the brand writes no more, since when and why."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Exists, OuterRef, QuerySet, TextField, Value
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from crm.choices import SuppressionOrigin, SuppressionReason
from crm.exports import respond
from crm.forms import put_error
from crm.forms.outreach import SuppressionForm
from crm.models import Creator, SuppressedAddress, Suppression
from crm.models.creators import Fold
from crm.outreach import addresses
from crm.paging import Order, page_or_first
from crm.permissions import BrandRequest, Can, brand_page
from crm.services.outreach.suppressions import SuppressionRefused, lift, suppress_address

ORDER = Order("at", "at", "id", descending=True)
ON_PAGE = 50
COLUMNS = (
    "since",
    "creator",
    "addresses",
    "covers",
    "why",
    "how",
    "note",
    "by",
    "lifted",
    "because",
)


@brand_page(Can.VIEW, post=Can.MANAGE_OUTREACH)
def suppressions(request: BrandRequest) -> HttpResponse:
    """Search the list; put an address on it."""
    is_sent = request.method == "POST"
    form = SuppressionForm(request.POST) if is_sent else SuppressionForm()
    if is_sent and form.is_valid():
        try:
            entry = suppress_address(
                brand=request.brand,
                address=form.cleaned_data["address"],
                reason=SuppressionReason(form.cleaned_data["reason"]),
                origin=SuppressionOrigin.PERSON,
                at=timezone.now(),
                actor=request.user,
                note=form.cleaned_data["note"],
            )
        except SuppressionRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            who = entry.creator or form.cleaned_data["address"]
            messages.success(request, f"{who} gets no more mail from {request.brand}.")
            return redirect("crm:suppressions", brand=request.brand.slug)
    rows, search = _found(request)
    page = page_or_first(rows, ORDER, cursor=request.GET.get("cursor"), size=ON_PAGE)
    context = {"page": page, "form": form, "search": search}
    return render(
        request,
        "crm/outreach/suppressions.html",
        context,
        status=422 if form.errors else 200,
    )


@require_POST
@brand_page(Can.MANAGE_OUTREACH)
def lift_one(request: BrandRequest, pk: int) -> HttpResponse:
    """Allow mail again, with the reason."""
    found = get_object_or_404(Suppression, brand=request.brand, pk=pk)
    try:
        lift(
            suppression_id=found.pk,
            note=request.POST.get("note", ""),
            actor=request.user,
            at=timezone.now(),
        )
    except SuppressionRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "Lifted. Mail may be sent again; the entry is kept.")
    return redirect("crm:suppressions", brand=request.brand.slug)


@require_safe
@brand_page(Can.VIEW)
def export(request: BrandRequest) -> HttpResponseBase:
    """The list as it is searched, as CSV."""
    rows, _search = _found(request)
    cells = (_cells(entry) for entry in rows.order_by("-at", "-pk").iterator(chunk_size=1_000))
    return respond(f"suppressions-{request.brand.slug}", COLUMNS, cells)


def _found(request: BrandRequest) -> tuple[QuerySet[Suppression], str]:
    """By a creator's name, or by a whole address, which is known by its hash alone."""
    rows = (
        Suppression.objects.filter(brand=request.brand)
        .select_related("creator", "by", "lifted_by")
        .prefetch_related("addresses")
    )
    search = " ".join(request.GET.get("search", "").split())[:254]
    if "@" in search:
        hashed = addresses.digest(request.brand.pk, search)
        by_address = SuppressedAddress.objects.filter(suppression=OuterRef("pk"), digest=hashed)
        rows = rows.filter(Exists(by_address))
    elif search:
        named = Creator.objects.alias(folded=Fold("name")).filter(
            folded__contains=Fold(Value(search, output_field=TextField()))
        )
        rows = rows.filter(creator__in=named)
    return rows, search


def _cells(entry: Suppression) -> list[object]:
    return [
        entry.at,
        entry.creator.name if entry.creator else "",
        ", ".join(row.hint for row in entry.addresses.all() if row.hint),
        "the creator" if entry.is_person else "the addresses",
        entry.get_reason_display(),
        entry.get_origin_display(),
        entry.note,
        entry.by.email if entry.by else "",
        entry.lifted_at,
        entry.lifted_note,
    ]
