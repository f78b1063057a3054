"""The board: stages as columns, a page of cards in each, and moves that explain a refusal."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.contrib import messages
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import trigger_client_event

from crm.board import CARDS, NEWEST_FIRST, Column, cards, feed, heads, latest
from crm.choices import Stage
from crm.filters import CreatorFilter, asked
from crm.forms import MoveForm
from crm.lists.chips import chips
from crm.lists.query import Views, kept
from crm.models import Relationship
from crm.paging import Page, page_or_first, paginate
from crm.permissions import BrandRequest, Can, brand_page
from crm.selectors import relationships_of
from crm.services import relationships
from crm.services.relationships import SIDE
from crm.services.stalls import stage_limits

TEMPLATE = "crm/board/board.html"
# What a manager filters by every day; the rest folds away. Columns are the stages, newest first.
FIRST_FILTERS = ("search", "platform", "niche", "owner")
NO_FILTERS = ("stage", "sort")
_TAG = re.compile(r'^(?:W/)?"(\d{1,18})"$')


@require_safe
@brand_page(Can.VIEW)
def board(request: BrandRequest) -> HttpResponse:
    """All columns, each with its newest arrivals; what is folded loads when it is opened."""
    # Before anything else is read: what happens meanwhile is told as news.
    number, at = latest(request.brand), timezone.now()
    found = CreatorFilter(request.GET, relationships_of(request.brand), request=request)
    folded = [name for name in found.filters if name not in {*FIRST_FILTERS, *NO_FILTERS}]
    columns = _columns(request, found, at) if found.is_valid() else []
    context = {
        "filter": found,
        "columns": columns,
        "is_empty": not any(column.head.count.number for column in columns)
        and not (found.is_narrowed or found.errors),
        "is_narrowed": found.is_narrowed,
        "views": Views.of(request.brand, request.user, request.GET),
        "chips": chips(found, request.GET) if found.is_valid() else (),
        "query": kept(request.GET),
        "first_filters": FIRST_FILTERS,
        "no_filters": NO_FILTERS,
        "more_is_open": any(found.form[name].data for name in folded),
        "number": number,
    }
    if not request.htmx or request.htmx.boosted:
        return render(request, TEMPLATE, context)
    response = render(request, f"{TEMPLATE}#columns", context)
    response["HX-Push-Url"] = f"{request.path}?{asked(request.GET)}".rstrip("?")
    return response


def _columns(request: BrandRequest, found: CreatorFilter, at: datetime) -> list[Column]:
    # A view that asks for some stages is a board of these.
    shown = [Stage(stage) for stage in found.form.cleaned_data["stage"]] or list(Stage)
    limits = stage_limits(request.brand)
    above = heads(request.brand, found, limits, at, only=shown)
    pages: dict[Stage, Page[Relationship]] = {}
    for stage in shown:
        if stage not in SIDE:
            rows = found.qs.filter(stage=stage).select_related("creator__metrics", "owner")
            pages[stage] = paginate(rows, NEWEST_FIRST, size=CARDS)
    # One look-up of accounts for the cards of all columns.
    everybody = [relationship for page in pages.values() for relationship in page.items]
    prefetch_related_objects(everybody, "creator__profiles__platform")
    made = iter(cards(request.brand, everybody, limits, at))
    return [
        Column(above[stage], [next(made) for _item in pages[stage].items], pages[stage].next)
        if stage in pages
        else Column(above[stage], None)
        for stage in shown
    ]


@require_safe
@brand_page(Can.VIEW)
def column(request: BrandRequest, stage: str) -> HttpResponse:
    """More cards of a column, after the cursor."""
    if stage not in Stage.values:
        msg = f"There is no stage “{stage}”."
        raise Http404(msg)
    at, limits = timezone.now(), stage_limits(request.brand)
    found = CreatorFilter(request.GET, relationships_of(request.brand), request=request)
    is_valid = found.is_valid()
    rows = found.qs.filter(stage=stage).with_creator() if is_valid else found.qs.none()
    page = page_or_first(rows, NEWEST_FIRST, cursor=request.GET.get("cursor"), size=CARDS)
    here = Stage(stage)
    is_page = not request.htmx
    context = {
        "stage": here,
        "head": heads(request.brand, found, limits, at, only=[here])[here]
        if is_page and is_valid
        else None,
        "cards": cards(request.brand, page.items, limits, at),
        "next": page.next,
        "filter": found,
    }
    template = f"crm/board/{'column' if is_page else '_cards'}.html"
    return render(request, template, context)


@require_safe
@brand_page(Can.VIEW)
def changes(request: BrandRequest) -> HttpResponse:
    """What changed since the act whose number the browser has; 304 where nothing did."""
    number = latest(request.brand)
    tag = f'"{number}"'
    seen = _TAG.match(request.headers.get("If-None-Match", ""))
    if seen is None or int(seen.group(1)) >= number:
        return HttpResponse(status=304 if seen else 204, headers={"ETag": tag})
    told = feed(request.brand, request.user, after=int(seen.group(1)), until=number)
    if not (told.ids or told.is_many):
        return HttpResponse(status=204, headers={"ETag": tag})
    at, limits = timezone.now(), stage_limits(request.brand)
    found = _filter(request, request.GET)
    rows = list(found.qs.filter(pk__in=told.ids).with_creator())
    shown = {card.relationship.pk: card for card in cards(request.brand, rows, limits, at)}
    context = {
        "told": told,
        "cards": [shown[pk] for pk in told.ids if pk in shown],
        "gone": [pk for pk in told.ids if pk not in shown],
        "heads": heads(request.brand, found, limits, at),
    }
    response = render(request, "crm/board/_changes.html", context)
    response["ETag"] = tag
    return response


def _filter(request: BrandRequest, given: Mapping[str, str]) -> CreatorFilter:
    """What the board is filtered by, so that counts stay those of the filter; all if it is bad."""
    found = CreatorFilter(given, relationships_of(request.brand), request=request)
    if found.is_valid():
        return found
    return CreatorFilter({}, relationships_of(request.brand), request=request)


@require_POST
@brand_page(Can.MOVE_STAGES)
def move(request: BrandRequest, pk: int) -> HttpResponse:
    """Move a card; the answer is the card where it now is, with the refusal if there was one."""
    form = MoveForm(request.POST)
    rows = relationships_of(request.brand).with_creator()
    found = rows.filter(pk=pk).first()
    if found is None:
        msg = "Your brand does not know this creator."
        raise Http404(msg)
    at, before = timezone.now(), Stage(found.stage)
    refusal, needs_reason = "", False
    to = Stage(form.cleaned_data["to"]) if form.is_valid() else before
    if not form.is_valid():
        refusal = " ".join(str(error) for errors in form.errors.values() for error in errors)
    else:
        try:
            relationships.move_stage(
                relationship_id=pk,
                to=to,
                actor=request.user,
                at=at,
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
    response = _moved(
        request, rows.get(pk=pk), at, refusal=refusal, asked_for=to if needs_reason else None
    )
    if refusal and not needs_reason:
        response.status_code = 409
    # Where the keyboard goes on.
    return trigger_client_event(response, "rapport:card", {"id": f"card-{pk}"}, after="settle")


def _moved(
    request: BrandRequest,
    row: Relationship,
    at: datetime,
    *,
    refusal: str,
    asked_for: Stage | None,
) -> HttpResponse:
    """The card as it is now: in another column where it is no longer where the browser has it."""
    limits, here = stage_limits(request.brand), Stage(row.stage)
    shown_in = request.POST.get("from", "")
    touched: Sequence[Stage] = tuple(stage for stage in Stage if stage in {here.value, shown_in})
    (card,) = cards(request.brand, [row], limits, at)
    context = {
        "card": card,
        "here": here,
        "has_moved": shown_in != here,
        "refusal": refusal,
        "asked_for": asked_for,
        "heads": heads(request.brand, _filter(request, request.POST), limits, at, only=touched),
    }
    return render(request, "crm/board/_moved.html", context)
