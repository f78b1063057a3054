"""Contracts: the list with its export, one contract, its file, and those of a creator's place."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from campaigns.choices import ContractState
from campaigns.disclosure.packs import standard
from campaigns.filters.contracts import ContractFilter
from campaigns.forms.contracts import ContractOwnerForm, NoteForm, SignedForm
from campaigns.models import Campaign, Contract, ContractVersion, Offer, RuleAlert
from campaigns.selectors.alerts import with_rules
from campaigns.selectors.contracts import contract_view, of_engagement
from campaigns.services.contracts.printing import pdf as pdf_file
from campaigns.services.contracts.printing import record
from campaigns.services.guests import path_of
from campaigns.services.offers.words import headline
from campaigns.views.finding import contract_of, engagement_of
from crm.exports import Format, respond
from crm.paging import Order, capped_count, in_order, page_or_first
from crm.permissions import BrandRequest, Can, brand_page

MOVED = Order("contracts", "state_since", "id", descending=True)
PAGE = 50
# "Ends soon" on this page.
SOON = 30
COLUMNS = (
    "contract",
    "number",
    "creator",
    "campaign",
    "state",
    "since",
    "led by",
    "version",
    "fee",
    "currency",
    "from",
    "to",
    "exclusive for",
    "exclusive until",
    "months after the last publication",
)


@require_safe
@brand_page(Can.VIEW)
def contracts(request: BrandRequest) -> HttpResponse:
    """Contracts of the brand, what moved last first."""
    rows, asked = _asked(request)
    page = page_or_first(rows, MOVED, cursor=request.GET.get("cursor"), size=PAGE)
    campaigns = Campaign.objects.filter(brand=request.brand).in_use().order_by("name", "pk")
    context = {
        "page": page,
        "count": capped_count(rows),
        "asked": asked,
        "states": ContractState.choices,
        "campaigns": campaigns.values_list("key", "name"),
        "soon": SOON,
        "today": timezone.localdate(),
    }
    template = "campaigns/contracts/list.html"
    if request.htmx and not request.htmx.boosted:
        template += "#rows"
    return render(request, template, context)


@require_safe
@brand_page(Can.VIEW)
def export(request: BrandRequest, form: Format) -> HttpResponseBase:
    """What the list shows, as a file."""
    rows, _asked_for = _asked(request)
    today = timezone.localdate()
    lines = (_line(row) for row in in_order(rows, MOVED).iterator(chunk_size=1_000))
    return respond(
        f"contracts-{request.brand.slug}-{today:%Y-%m-%d}",
        COLUMNS,
        lines,
        form=form,
        about=[("Brand", request.brand.name), ("Taken on", today)],
    )


@require_safe
@brand_page(Can.VIEW)
def contract(request: BrandRequest, pk: int) -> HttpResponse:
    """One contract: what it says, what to do next, who accepted it and how it came about."""
    return show(request, contract_of(request, pk))


def show(request: BrandRequest, found: Contract, *, status: int = 200, **more: Any) -> HttpResponse:
    """The page; where something was refused with the words of it."""
    view = contract_view(found, request.role, _number(request))
    if view is None:
        raise Http404("This contract has no such version.")
    link = next(iter(view.links), None)
    now = timezone.now()
    is_open = link is not None and link.revoked_at is None and link.expires_at > now
    context = {
        "contract": found,
        "view": view,
        "record": record(found, view.acceptance) if view.acceptance else [],
        "note_form": NoteForm(),
        "signed_form": SignedForm(initial={"name": view.terms.creator_name}),
        "owner_form": ContractOwnerForm(brand=request.brand, initial={"owner": found.owner_id}),
        "due": with_rules(
            RuleAlert.objects.filter(relationship=found.engagement.relationship_id).open(),
            standard(),
        ),
        "portal": request.build_absolute_uri(path_of(link)) if link and is_open else "",
    } | more
    return render(request, "campaigns/contracts/contract.html", context, status=status)


@require_safe
@brand_page(Can.VIEW)
def pdf(request: BrandRequest, pk: int) -> HttpResponse:
    """A version as a file, the newest unless said."""
    found = contract_of(request, pk)
    number = _number(request)
    versions = found.versions.select_related("acceptance__recorded_by", "acceptance__link")
    version = (
        versions.order_by("-number").first()
        if number is None
        else get_object_or_404(versions, number=number)
    )
    if version is None:
        raise Http404("This contract has no version.")
    return pdf_response(found, version)


def pdf_response(found: Contract, version: ContractVersion) -> HttpResponse:
    """The file, to be shown or kept by the browser."""
    response = HttpResponse(pdf_file(found, version), content_type="application/pdf")
    name = f"{slugify(found.title) or 'contract'}-v{version.number}.pdf"
    response["Content-Disposition"] = f'inline; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


@require_safe
@brand_page(Can.VIEW)
def of_place(request: BrandRequest, key: str, pk: int) -> HttpResponse:
    """The offers and contracts of a creator in a campaign, as a part of their page."""
    found = engagement_of(request, key, pk)
    rows = of_engagement(found)
    offers = Offer.objects.filter(engagement=found).for_list_page()
    context = {
        "engagement": found,
        "offers": [(row, headline(row.current) if row.current else "") for row in offers],
        "campaign": found.campaign,
        "contracts": rows,
        "can_begin": found.is_open
        and found.campaign.is_open
        and not any(row.is_undecided or row.state == ContractState.ACCEPTED for row in rows),
    }
    return render(request, "campaigns/contracts/_of_place.html", context)


def _number(request: BrandRequest) -> int | None:
    """Which version the address asks for; what is no number asks for none there is."""
    text = request.GET.get("version", "")
    if not text:
        return None
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0


def _asked(request: BrandRequest) -> tuple[QuerySet[Contract], dict[str, str]]:
    """What the address asks for; what cannot be read is left out."""
    mine = Contract.objects.visible_to(request.user).filter(brand=request.brand).for_list_page()
    found = ContractFilter(request.GET, mine, request=request)
    if not found.is_valid():
        readable = request.GET.copy()
        for name in found.errors:
            readable.pop(name, None)
        found = ContractFilter(readable, mine, request=request)
    asked = {
        name: str(request.GET.get(name, ""))
        for name in ("state", "campaign", "ends_within")
        if name not in found.errors
    }
    rows: QuerySet[Contract] = found.qs
    return rows, asked


def _line(row: Contract) -> tuple[object, ...]:
    version = row.current
    about = (
        row.title,
        row.pk,
        row.engagement.relationship.creator.name,
        row.engagement.campaign.name,
        row.get_state_display(),
        row.state_since,
        row.owner.display_name if row.owner else None,
    )
    if version is None:
        return (*about, *[None] * (len(COLUMNS) - len(about)))
    return (
        *about,
        version.number,
        version.total,
        version.currency,
        version.starts_on,
        version.ends_on,
        version.exclusive_for or None,
        version.exclusive_until,
        version.exclusive_months,
    )
