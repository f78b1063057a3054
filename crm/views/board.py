"""The board: stages as columns, a page of cards in each, and moves that explain a refusal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import trigger_client_event

from crm.choices import Stage
from crm.filters import BoardFilter, asked
from crm.forms import MoveForm
from crm.models import Relationship, StageChange, Task
from crm.paging import BadCursor, Count, Order, Page, capped_count, paginate
from crm.permissions import BrandRequest, Can, brand_page
from crm.selectors import CreatorRow, TierTable, creator_rows, relationships_of, stage_counts
from crm.services import relationships
from crm.services.relationships import PATH, SIDE, allowed_moves

TEMPLATE = "crm/board/board.html"
CARDS = 25
NEWEST_FIRST = Order("board", "stage_since", "id", descending=True)


@dataclass(frozen=True)
class Card:
    """A creator on the board, and where they may go from here."""

    row: CreatorRow
    days_in_stage: int
    # Stage and whether the move takes a reason.
    moves: Sequence[tuple[Stage, bool]]
    # What is to be done about the creator first.
    task: Task | None

    @property
    def relationship(self) -> Relationship:
        """What moves."""
        return self.row.relationship


@dataclass(frozen=True)
class Column:
    """A stage: how many creators are in it, and a page of their cards."""

    stage: Stage
    count: Count
    cards: Sequence[Card]
    next: str | None
    is_folded: bool


@require_safe
@brand_page(Can.VIEW)
def board(request: BrandRequest) -> HttpResponse:
    """All columns, each with its newest arrivals; what is folded loads when it is opened."""
    found = BoardFilter(request.GET, relationships_of(request.brand), request=request)
    context = {
        "filter": found,
        "columns": _columns(request, found) if found.is_valid() else [],
        "is_narrowed": found.is_narrowed,
    }
    if not request.htmx or request.htmx.boosted:
        return render(request, TEMPLATE, context)
    response = render(request, f"{TEMPLATE}#columns", context)
    response["HX-Push-Url"] = f"{request.path}?{asked(request.GET)}".rstrip("?")
    return response


def _columns(request: BrandRequest, found: BoardFilter) -> list[Column]:
    pages: dict[Stage, Page[Relationship]] = {}
    for stage in Stage:
        rows = found.qs.filter(stage=stage).select_related("creator__metrics", "owner")
        pages[stage] = paginate(rows, NEWEST_FIRST, size=CARDS)
    # One look-up of accounts for the cards of all columns.
    everybody = [relationship for page in pages.values() for relationship in page.items]
    prefetch_related_objects(everybody, "creator__profiles__platform")
    cards = iter(_cards(request, everybody))
    counts = _counts(request, found)
    return [
        Column(
            stage=stage,
            count=counts[stage],
            cards=[next(cards) for _item in page.items],
            next=page.next,
            is_folded=stage in SIDE,
        )
        for stage, page in pages.items()
    ]


def _counts(request: BrandRequest, found: BoardFilter) -> dict[Stage, Count]:
    """By stage: the stored counts, or counted up to a cap where the board is filtered."""
    if found.is_narrowed:
        return {stage: capped_count(found.qs.filter(stage=stage)) for stage in Stage}
    stored = stage_counts(request.brand)
    return {stage: Count(number, is_capped=False) for stage, number in stored.items()}


def _cards(request: BrandRequest, rows: Sequence[Relationship]) -> list[Card]:
    now = timezone.now()
    aside = [row.pk for row in rows if row.stage in SIDE]
    before = _last_on_path(aside)
    tasks = Task.objects.next_of([row.pk for row in rows])
    return [
        Card(
            row=row,
            days_in_stage=_days(row.relationship.stage_since, now),
            moves=list(
                allowed_moves(
                    Stage(row.relationship.stage), before.get(row.relationship.pk)
                ).items()
            ),
            task=tasks.get(row.relationship.pk),
        )
        for row in creator_rows(rows, TierTable.of(request.brand))
    ]


def _days(since: datetime, now: datetime) -> int:
    return max((now - since).days, 0)


def _last_on_path(ids: Sequence[int]) -> dict[int, Stage]:
    """The stage that each lapsed or declined creator had before."""
    stays = (
        StageChange.objects.filter(relationship__in=ids, stage__in=PATH)
        .order_by("relationship", "-entered_at", "-pk")
        .distinct("relationship")
        .values_list("relationship", "stage")
    )
    return {pk: Stage(stage) for pk, stage in stays}


@require_safe
@brand_page(Can.VIEW)
def column(request: BrandRequest, stage: str) -> HttpResponse:
    """More cards of a column, after the cursor."""
    if stage not in Stage.values:
        msg = f"There is no stage “{stage}”."
        raise Http404(msg)
    found = BoardFilter(request.GET, relationships_of(request.brand), request=request)
    rows = found.qs.filter(stage=stage).with_creator() if found.is_valid() else found.qs.none()
    try:
        page = paginate(rows, NEWEST_FIRST, cursor=request.GET.get("cursor"), size=CARDS)
    except BadCursor:
        page = paginate(rows, NEWEST_FIRST, size=CARDS)
    context = {
        "column": Column(
            stage=Stage(stage),
            count=Count(len(page.items), is_capped=False),
            cards=_cards(request, page.items),
            next=page.next,
            is_folded=False,
        ),
        "filter": found,
    }
    template = f"crm/board/{'_cards' if request.htmx else 'column'}.html"
    return render(request, template, context)


@require_POST
@brand_page(Can.MOVE_STAGES)
def move(request: BrandRequest, pk: int) -> HttpResponse:
    """Move a card; the answer is the card where it now belongs, or in place with the refusal."""
    form = MoveForm(request.POST)
    rows = relationships_of(request.brand).with_creator()
    found = rows.filter(pk=pk).first()
    if found is None:
        msg = "Your brand does not know this creator."
        raise Http404(msg)
    before, refusal, needs_reason = Stage(found.stage), "", False
    to = Stage(form.cleaned_data["to"]) if form.is_valid() else before
    if not form.is_valid():
        refusal = " ".join(str(error) for errors in form.errors.values() for error in errors)
    else:
        try:
            relationships.move_stage(
                relationship_id=pk,
                to=to,
                actor=request.user,
                at=timezone.now(),
                reason=form.cleaned_data["reason"],
                expected_version=form.cleaned_data["version"],
            )
        except relationships.ReasonNeeded as error:
            refusal, needs_reason = str(error), True
        except relationships.RelationshipRefused as error:
            refusal = str(error)
    if not request.htmx:
        messages.add_message(
            request,
            messages.ERROR if refusal else messages.SUCCESS,
            refusal or f"{found.creator} is in “{to.label}” now.",
        )
        return redirect("crm:board", brand=request.brand.slug)
    (card,) = _cards(request, [rows.get(pk=pk)])
    # What the board is filtered by comes along, so that the counts stay those of the filter.
    filtered = BoardFilter(request.POST, relationships_of(request.brand), request=request)
    if not filtered.is_valid():
        filtered = BoardFilter({}, relationships_of(request.brand), request=request)
    has_moved = not refusal and to != before
    context = {
        "card": card,
        "to": to,
        "has_moved": has_moved,
        "refusal": refusal,
        "needs_reason": needs_reason,
        "counts": _counts(request, filtered),
    }
    response = render(request, "crm/board/_moved.html", context)
    if refusal and not needs_reason:
        response.status_code = 409
    # Where the keyboard goes on.
    return trigger_client_event(response, "rapport:card", {"id": f"card-{pk}"}, after="settle")
