"""What ties a creator to the brand, added up; and the creator as the rules see them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from campaigns.choices import AlertState
from campaigns.disclosure.packs import standard
from campaigns.disclosure.virtual import likeness
from campaigns.forms.connections import FactForm, NoneForm, ReasonForm, TieForm
from campaigns.models import ConnectionEntry, RuleAlert
from campaigns.selectors.alerts import due_first, with_rules
from campaigns.selectors.connections import Ledger, ledgers
from campaigns.selectors.rule_view import rule_view
from campaigns.selectors.sums import sums_of
from campaigns.services.connections import noting
from campaigns.services.refusals import CampaignRefused
from campaigns.services.registers import facts
from campaigns.views.finding import relationship_with
from crm.choices import CreatorType
from crm.exports import Format, respond
from crm.models import Relationship
from crm.panels import creator_panel
from crm.permissions import BrandRequest, Can, brand_page
from crm.styled import PlainForm, put_error

COLUMNS = (
    "creator",
    "what",
    "value",
    "currency",
    "day",
    "ended",
    "aim",
    "from",
    "say in the content",
    "written contract",
    "from where",
    "title",
    "how known",
    "kept at",
)
PANEL = 5


@require_safe
@brand_page(Can.VIEW)
def connections(request: BrandRequest, uid: UUID) -> HttpResponse:
    """Everything that ties one creator, what is due, their papers, and what the rules ask."""
    return _show(request, relationship_with(request, uid))


@require_safe
@brand_page(Can.VIEW)
@creator_panel("connections")
def panel(request: BrandRequest, uid: UUID) -> HttpResponse:
    """The newest ties and what is due, for the creator's page."""
    relationship = relationship_with(request, uid)
    book = _book(relationship)
    context = {
        "creator": relationship.creator,
        "ties": book.ties[:PANEL],
        "more": max(len(book.ties) - PANEL, 0),
        "none_noted": book.none_noted,
        "alerts": with_rules(
            due_first(RuleAlert.objects.filter(relationship=relationship).open()), standard()
        ),
        "character": _character(relationship),
    }
    return render(request, "campaigns/connections/_panel.html", context)


@require_safe
@brand_page(Can.VIEW)
def export(request: BrandRequest, uid: UUID, form: Format) -> HttpResponseBase:
    """The ledger of one creator as a file."""
    relationship = relationship_with(request, uid)
    today = timezone.localdate()
    return respond(
        f"connections-{request.brand.slug}-{relationship.creator.pk}-{today:%Y-%m-%d}",
        COLUMNS,
        lines(relationship, _book(relationship)),
        form=form,
        about=[("Creator", relationship.creator.name), ("Taken on", today)],
    )


@brand_page(Can.KEEP_REGISTERS)
def new(request: BrandRequest, uid: UUID) -> HttpResponse:
    """Write down a connection."""
    relationship = relationship_with(request, uid)
    form = TieForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            noting.note(
                relationship=relationship, tie=form.tie, actor=request.user, at=timezone.now()
            )
        except CampaignRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, "Written down: checks of disclosure know it from now on.")
            return redirect("campaigns:connections", request.brand.slug, uid)
    return _form(request, relationship, form, None)


@brand_page(Can.KEEP_REGISTERS)
def replace(request: BrandRequest, uid: UUID, pk: int) -> HttpResponse:
    """Put another row in the place of one: it ended, or was wrong."""
    relationship = relationship_with(request, uid)
    row = _row(relationship, pk)
    form = TieForm(request.POST if request.method == "POST" else None, row=row)
    if request.method == "POST" and form.is_valid():
        try:
            noting.replace(
                entry_id=pk,
                brand=request.brand,
                tie=form.tie,
                reason=form.cleaned_data["reason"],
                actor=request.user,
                at=timezone.now(),
            )
        except CampaignRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, "Replaced. The row before stays in the history.")
            return redirect("campaigns:connections", request.brand.slug, uid)
    return _form(request, relationship, form, row)


@require_POST
@brand_page(Can.KEEP_REGISTERS)
def take_back(request: BrandRequest, uid: UUID, pk: int) -> HttpResponse:
    """A row should not have been written."""
    relationship = relationship_with(request, uid)
    row = _row(relationship, pk)
    form = ReasonForm(request.POST)
    if form.is_valid():
        try:
            noting.take_back(
                entry_id=pk,
                brand=request.brand,
                reason=form.cleaned_data["reason"],
                actor=request.user,
                at=timezone.now(),
            )
        except CampaignRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, "Taken back. It stays in the history.")
            return redirect("campaigns:connections", request.brand.slug, uid)
    return _form(request, relationship, TieForm(row=row), row, back_form=form, status=422)


@require_POST
@brand_page(Can.KEEP_REGISTERS)
def none(request: BrandRequest, uid: UUID) -> HttpResponse:
    """Somebody looked, and there is none."""
    relationship = relationship_with(request, uid)
    form = NoneForm(request.POST)
    if form.is_valid():
        try:
            noting.note_none(
                relationship=relationship,
                **form.cleaned_data,
                actor=request.user,
                at=timezone.now(),
            )
        except CampaignRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, "Written down: somebody looked, and there is none.")
            return redirect("campaigns:connections", request.brand.slug, uid)
    return _show(request, relationship, none_form=form, status=422)


@require_POST
@brand_page(Can.KEEP_REGISTERS)
def fact(request: BrandRequest, uid: UUID) -> HttpResponse:
    """Write down what the rules ask about a person."""
    relationship = relationship_with(request, uid)
    form = FactForm(request.POST)
    if form.is_valid():
        try:
            facts.state_fact(
                relationship=relationship,
                **form.cleaned_data,
                actor=request.user,
                at=timezone.now(),
            )
        except CampaignRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, "Written down.")
            return redirect("campaigns:connections", request.brand.slug, uid)
    return _show(request, relationship, fact_form=form, status=422)


def _character(relationship: Relationship) -> dict[str, str] | None:
    """Of a virtual creator: who owns it, and whether all whom it is like allowed it."""
    if relationship.creator.creator_type != CreatorType.VIRTUAL:
        return None
    on = timezone.localdate()
    view = rule_view(relationship, on)
    outcome = likeness(view.creator.virtual, on)
    return {"owner": view.run_by, "consents": outcome.reason, "result": outcome.result.value}


def lines(relationship: Relationship, book: Ledger) -> Iterator[tuple[object, ...]]:
    """The ledger as rows of a file."""
    for tie in book.ties:
        one = tie.connection
        yield (
            relationship.creator.name,
            tie.kind,
            one.value,
            one.currency or "",
            one.on,
            tie.ended_on,
            one.aim or "",
            one.advertiser or relationship.brand.name,
            _word(one.influence),
            _word(one.written_contract),
            tie.from_where,
            tie.title,
            tie.entry.source if tie.entry else "",
            tie.entry.evidence if tie.entry else "",
        )


def _word(value: bool | None) -> str:
    return "" if value is None else ("yes" if value else "no")


def _book(relationship: Relationship) -> Ledger:
    on = timezone.localdate()
    return ledgers(relationship.brand, [relationship.pk], on)[relationship.pk]


def _row(relationship: Relationship, pk: int) -> ConnectionEntry:
    rows = ConnectionEntry.objects.standing().select_related("created_by")
    return get_object_or_404(rows, relationship=relationship, pk=pk)


def _form(
    request: BrandRequest,
    relationship: Relationship,
    form: PlainForm,
    row: ConnectionEntry | None,
    *,
    back_form: ReasonForm | None = None,
    status: int | None = None,
) -> HttpResponse:
    if row is not None and row.entry != "tie":
        raise Http404("That there is none can only be taken back.")
    context = {
        "creator": relationship.creator,
        "form": form,
        "row": row,
        "back_form": back_form or ReasonForm(),
    }
    if status is None:
        status = 422 if request.method == "POST" else 200
    return render(request, "campaigns/connections/form.html", context, status=status)


def _show(
    request: BrandRequest, relationship: Relationship, *, status: int = 200, **forms: Any
) -> HttpResponse:
    on = timezone.localdate()
    book = _book(relationship)
    view = rule_view(relationship, on)
    history = ConnectionEntry.objects.filter(relationship=relationship).exclude(replaced_by=None)
    alerts = RuleAlert.objects.filter(relationship=relationship).exclude(state=AlertState.RESOLVED)
    context = {
        "creator": relationship.creator,
        "book": book,
        "sums": sums_of(book.ties),
        "is_known": book.connections(on) is not None,
        "view": view,
        "facts": [view.facts[key] for key in sorted(view.facts)],
        "derived": view.derived.items(),
        "alerts": with_rules(due_first(alerts.select_related("aside_by")), standard()),
        "history": history.select_related("created_by", "replaced_by__created_by")[:100],
        "none_form": NoneForm(initial={"on": on}),
        "fact_form": FactForm(),
        "today": on,
    } | forms
    return render(request, "campaigns/connections/ledger.html", context, status=status)
