"""What people did whom creators had sent: a list, files that bring it, codes of nobody."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from campaigns.choices import ConversionSource
from campaigns.forms.conversions import AdoptForm, FileForm
from campaigns.models import Conversion, ConversionBatch, PromoCode
from campaigns.selectors import conversions as selectors
from campaigns.services.conversions import batches, belonging
from campaigns.services.conversions.files import Fault
from campaigns.services.refusals import CampaignRefused
from crm.exports import Format, respond
from crm.paging import Order, paginate
from crm.permissions import BrandRequest, Can, brand_page
from crm.styled import put_error

_NEWEST_FIRST = Order("conversions", "at", "id", descending=True)
PAGE_SIZE = 50
FILES_SHOWN = 10
COLUMNS = (
    *("key", "at", "kind", "value", "currency", "given back", "code", "link", "variant"),
    *("creator", "campaign", "new customer", "source", "received"),
)


@require_safe
@brand_page(Can.VIEW)
def conversions(request: BrandRequest) -> HttpResponse:
    """All conversions, the newest first, with sums by currency."""
    return _show(request, FileForm())


@require_POST
@brand_page(Can.IMPORT_DATA)
def upload(request: BrandRequest) -> HttpResponse:
    """Take a file: all of it, or each line's mistake."""
    form = FileForm(request.POST, request.FILES)
    faults: Sequence[Fault] = ()
    if form.is_valid():
        try:
            batch = _take(request, form)
        except batches.FileRefused as refusal:
            put_error(form, "file", str(refusal))
            faults = refusal.faults
        except CampaignRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            new, told = batch.counts["conversions"], batch.counts["told"]
            known = f", {told - new:,} were known already" if told > new else ""
            messages.success(request, f"{new:,} conversions taken{known}.")
            return redirect("campaigns:conversions", request.brand.slug)
    return _show(request, form, faults=faults, status=422)


@require_POST
@brand_page(Can.IMPORT_DATA)
def undo(request: BrandRequest, pk: int) -> HttpResponse:
    """Take a file back."""
    get_object_or_404(ConversionBatch, brand=request.brand, pk=pk)
    try:
        batches.undo(batch_id=pk, brand=request.brand, actor=request.user, at=timezone.now())
    except CampaignRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "Taken back: its conversions are gone.")
    return redirect("campaigns:conversions", request.brand.slug)


@brand_page(Can.VIEW, post=Can.RUN_CAMPAIGNS)
def unknown(request: BrandRequest) -> HttpResponse:
    """Codes that are nobody's; posting says whose one is."""
    form = AdoptForm(request.POST, brand=request.brand) if request.method == "POST" else None
    if form is not None and form.is_valid():
        try:
            number = belonging.adopt(
                brand=request.brand,
                text=form.cleaned_data["written"],
                code=form.cleaned_data["code"],
                actor=request.user,
                at=timezone.now(),
            )
        except CampaignRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, f"{number:,} conversions belong to it now.")
            return redirect("campaigns:conversions_unknown", request.brand.slug)
    context = {
        "codes": selectors.unknown_codes(request.brand),
        "links": selectors.unknown_links(request.brand),
        "sent": form,
        "choices": [
            (code.pk, f"{code.code}, {code.relationship.creator.name}")
            for code in PromoCode.objects.filter(brand=request.brand).for_list_page()
        ],
    }
    status = 422 if form is not None else 200
    return render(request, "campaigns/conversions/unknown.html", context, status=status)


@require_POST
@brand_page(Can.RUN_CAMPAIGNS)
def settle(request: BrandRequest) -> HttpResponse:
    """Find what came in before its code, link or click did."""
    number = belonging.settle(request.brand)
    messages.success(
        request, f"{number:,} found." if number else "Nothing new was found: codes stay unknown."
    )
    return redirect("campaigns:conversions_unknown", request.brand.slug)


@require_safe
@brand_page(Can.VIEW)
def export(request: BrandRequest, form: Format) -> HttpResponseBase:
    """The list as a file."""
    return respond(
        f"conversions-{request.brand.slug}-{timezone.localdate()}",
        COLUMNS,
        _lines(_narrowed(request).order_by("-at", "-pk").iterator(chunk_size=1_000)),
        form=form,
    )


def _take(request: BrandRequest, form: FileForm) -> ConversionBatch:
    file: UploadedFile[bytes] = form.cleaned_data["file"]
    name = Path(file.name or "").name[-255:] or "file"
    with TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        with path.open("wb") as kept:
            for block in file.chunks():
                kept.write(block)
        return batches.take_file(
            brand=request.brand,
            path=path,
            name=name,
            currency=form.cleaned_data["currency"],
            actor=request.user,
            at=timezone.now(),
        )


def _narrowed(request: BrandRequest) -> Any:
    source = request.GET.get("source", "")
    return selectors.list_rows(
        request.brand,
        code=request.GET.get("code", "").replace("\0", "")[:80],
        source=source if source in ConversionSource.values else "",
    )


def _show(
    request: BrandRequest, form: FileForm, *, faults: Sequence[Fault] = (), status: int = 200
) -> HttpResponse:
    rows = _narrowed(request)
    page = paginate(rows, _NEWEST_FIRST, cursor=request.GET.get("cursor"), size=PAGE_SIZE)
    files = ConversionBatch.objects.filter(brand=request.brand).select_related(
        "created_by", "undone_by"
    )
    context = {
        "form": form,
        "faults": faults,
        "page": page,
        "totals": selectors.totals(Conversion.objects.filter(brand=request.brand)),
        "files": files[:FILES_SHOWN],
        "code": request.GET.get("code", ""),
        "source": request.GET.get("source", ""),
        "sources": ConversionSource.choices,
        "unknown": len(selectors.unknown_codes(request.brand)),
    }
    return render(request, "campaigns/conversions/list.html", context, status=status)


def _lines(rows: Iterator[Conversion]) -> Iterator[tuple[object, ...]]:
    for row in rows:
        owner = row.code or row.link
        refunds = list(row.refunds.all())
        is_whole = any(one.value is None for one in refunds)
        returned = sum(one.value for one in refunds if one.value is not None)
        yield (
            row.key,
            row.at,
            row.get_kind_display(),
            row.value,
            row.currency or next((one.currency for one in refunds if one.currency), ""),
            "all" if is_whole else (returned or None),
            row.code_text,
            row.link.code if row.link else row.link_text,
            row.link.variant if row.link else "",
            owner.relationship.creator.name if owner else "",
            row.campaign.name if row.campaign else "",
            {True: "yes", False: "no", None: ""}[row.is_new_customer],
            row.get_source_display(),
            row.received_at,
        )
