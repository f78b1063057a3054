"""Where a creator stands with the rules of stages, and the answers to suggested moves."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import trigger_client_event

from crm.choices import Stage
from crm.models import Relationship
from crm.panels import creator_panel
from crm.permissions import BrandRequest, Can, brand_page
from segmentation.selectors import stage_rules as selectors
from segmentation.services import stage_suggestions as service
from segmentation.services.stage_suggestions import SuggestionRefused

ANSWERS = ("accept", "dismiss")


@require_safe
@brand_page(Can.VIEW)
@creator_panel("stage")
def creator_stage(request: BrandRequest, uid: UUID) -> HttpResponse:
    """What is suggested for the creator, and what leaving and going on asks: a fragment."""
    found = _find(request, uid)
    return render(request, "segmentation/stages/_stage.html", _context(found))


@require_safe
@brand_page(Can.VIEW)
def checks(request: BrandRequest, uid: UUID) -> HttpResponse:
    """What a move of the creator to `to` asks: a fragment for the question why."""
    found, to = _find(request, uid), request.GET.get("to", "")
    if to not in Stage.values:
        msg = f"There is no stage “{to}”."
        raise Http404(msg)
    standing = selectors.standing(found, timezone.now(), Stage(to))
    return render(request, "segmentation/stages/_checks.html", {"lists": standing.lists})


@require_POST
@brand_page(Can.MOVE_STAGES)
def answer(request: BrandRequest, pk: int, answer: str) -> HttpResponse:
    """Accept a suggested move, or leave the creator where they are."""
    found = selectors.suggestion_of(request.user, request.brand, pk)
    if found is None or answer not in ANSWERS:
        raise Http404
    note, now, refusal = request.POST.get("note", ""), timezone.now(), ""
    try:
        if answer == "accept":
            service.accept(suggestion_id=pk, at=now, actor=request.user, note=note)
        else:
            service.dismiss(suggestion_id=pk, at=now, actor=request.user, note=note)
    except SuggestionRefused as error:
        refusal = str(error)
    creator = found.relationship.creator
    done = f"{creator} stays in “{Stage(found.from_stage).label}”."
    if answer == "accept":
        done = f"{creator} is in “{Stage(found.to_stage).label}” now."
    if not request.htmx:
        messages.add_message(
            request, messages.ERROR if refusal else messages.SUCCESS, refusal or done
        )
        return redirect("crm:creator", request.brand.slug, creator.uid)
    context = _context(_find(request, creator.uid)) | {"refusal": refusal, "done": done}
    response = render(
        request, "segmentation/stages/_stage.html", context, status=409 if refusal else 200
    )
    # The board behind looks at once where the card is.
    return trigger_client_event(response, "rapport:look")


def _find(request: BrandRequest, uid: UUID) -> Relationship:
    found = selectors.relationship_with(request.brand, uid)
    if found is None:
        msg = f"{request.brand} knows no such creator."
        raise Http404(msg)
    return found


def _context(found: Relationship) -> dict[str, object]:
    return {
        "standing": selectors.standing(found, timezone.now()),
        "creator": found.creator,
        "here": Stage(found.stage),
        "refusal": "",
        "done": "",
    }
