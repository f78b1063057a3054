"""Values that classifiers suggest: the queue of those that wait, how right they were, settings."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from crm.models import Creator
from crm.panels import creator_panel
from crm.permissions import BrandRequest, Can, brand_page
from crm.styled import put_error
from segmentation.forms.suggested_values import AcceptManyForm, SettingsForm
from segmentation.models import ClassifierSettings, SuggestedValue
from segmentation.selectors import suggested_values as selectors
from segmentation.services.suggesting import answering, settings
from segmentation.services.suggesting.answering import BULK_LOOKED_AT, AnswerRefused
from segmentation.services.suggesting.refreshing import waiting
from segmentation.services.suggesting.settings import SettingsRefused
from segmentation.services.suggesting.subjects import Subject, subjects_of


@require_safe
@brand_page(Can.VIEW)
def queue(request: BrandRequest) -> HttpResponse:
    """What waits for an answer, what helps most first; of one fact with `fact`."""
    subjects = subjects_of(request.brand)
    fact = request.GET.get("fact", "")
    if fact and fact not in subjects:
        msg = f"Nothing is suggested for “{fact[:60]}”."
        raise Http404(msg)
    page = selectors.queue(request.brand, subjects, fact=fact, cursor=request.GET.get("cursor"))
    numbers = waiting(request.brand)
    context = {
        "subjects": [(one, numbers.get(one.fact, 0)) for one in subjects.values()],
        "all": sum(numbers.get(one, 0) for one in subjects),
        "fact": fact,
        "subject": subjects.get(fact),
        "rows": selectors.shown(page.items, subjects),
        "page": page,
        **_many(request, subjects.get(fact)),
    }
    return render(request, "segmentation/suggestions/queue.html", context)


def _many(request: BrandRequest, subject: Subject | None) -> dict[str, object]:
    """What accepting many at once meant in the past, for each of the bounds."""
    if subject is None:
        return {"form": None, "pasts": (), "looked_at": BULK_LOOKED_AT}
    form = AcceptManyForm()
    pasts = [
        (label, selectors.past_from(request.brand, subject.fact, int(bound) / 100))
        for bound, label in form.fields["least"].choices  # type: ignore[attr-defined]
    ]
    return {"form": form, "pasts": pasts, "looked_at": BULK_LOOKED_AT}


@require_safe
@brand_page(Can.EDIT_CREATORS)
@creator_panel("suggestions")
def of_creator(request: BrandRequest, uid: UUID) -> HttpResponse:
    """What waits of a creator, with its answers: a fragment, empty where nothing does."""
    creator = get_object_or_404(Creator.objects.filter(relationships__brand=request.brand), uid=uid)
    subjects = subjects_of(request.brand)
    rows = selectors.shown(selectors.waiting_of(request.brand, creator, subjects), subjects)
    return render(request, "segmentation/suggestions/_creator.html", {"rows": rows})


@require_POST
@brand_page(Can.EDIT_CREATORS)
def answer(request: BrandRequest, pk: int) -> HttpResponse:
    """Accept a suggestion, give other values, say that it is not enough, or take an answer back."""
    found = _find(request, pk)
    act, note, at = request.POST.get("act", ""), request.POST.get("note", ""), timezone.now()
    refusal = ""
    try:
        match act:
            case "accept":
                answering.accept(suggestion_id=pk, at=at, actor=request.user, note=note)
            case "other":
                values = [*request.POST.getlist("value"), *request.POST.get("words", "").split(",")]
                answering.override(
                    suggestion_id=pk, values=values, at=at, actor=request.user, note=note
                )
            case "not_enough":
                answering.not_enough(suggestion_id=pk, at=at, actor=request.user, note=note)
            case "take_back":
                answering.take_back(suggestion_id=pk, at=at, actor=request.user)
            case _:
                raise Http404
    except AnswerRefused as error:
        refusal = str(error)
    if not request.htmx:
        if refusal:
            messages.error(request, refusal)
        return redirect("segmentation:suggestions", request.brand.slug)
    subjects = subjects_of(request.brand)
    rows = selectors.shown([_find(request, found.pk)], subjects)
    if not rows:
        raise Http404
    context = {"row": rows[0], "refusal": refusal, "is_answer": True}
    return render(
        request, "segmentation/suggestions/_row.html", context, status=409 if refusal else 200
    )


@require_POST
@brand_page(Can.EDIT_CREATORS)
def accept_many(request: BrandRequest, fact: str) -> HttpResponse:
    """Accept all of a fact that wait and are sure enough, where that was shown to be right."""
    form = AcceptManyForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Say from which confidence on.")
    else:
        try:
            number, past = answering.accept_all(
                brand=request.brand,
                fact=fact,
                least=int(form.cleaned_data["least"]) / 100,
                at=timezone.now(),
                actor=request.user,
            )
        except AnswerRefused as refusal:
            if refusal.code == "unknown_fact":
                raise Http404(str(refusal)) from refusal
            messages.error(request, str(refusal))
        else:
            messages.success(
                request,
                f"{number} accepted. Of {past.looked_at} as sure that people looked at, "
                f"{past.right} were right.",
            )
    return redirect("segmentation:suggestions", request.brand.slug)


@require_safe
@brand_page(Can.VIEW)
def record(request: BrandRequest) -> HttpResponse:
    """How right suggestions were by confidence, how often overridden, and the versions."""
    subjects = subjects_of(request.brand)
    context = {"records": selectors.records(request.brand, subjects)}
    return render(request, "segmentation/suggestions/record.html", context)


@brand_page(Can.MANAGE_BRAND)
def change_settings(request: BrandRequest) -> HttpResponse:
    """How sure a suggestion has to be, and the language model outside."""
    held = ClassifierSettings.objects.filter(brand=request.brand).first()
    form = SettingsForm(request.POST or None, initial=SettingsForm.told(held))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            settings.change(
                brand=request.brand,
                changes=given | {"least_confidence": given["least_confidence"] / 100},
                actor=request.user,
                at=timezone.now(),
            )
        except SettingsRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, "Saved. It holds from the next night on.")
            return redirect("segmentation:suggestion_record", request.brand.slug)
    context = {"form": form, "held": held}
    status = 422 if request.method == "POST" else 200
    return render(request, "segmentation/suggestions/settings.html", context, status=status)


@require_POST
@brand_page(Can.EDIT_CREATORS)
def look_now(request: BrandRequest) -> HttpResponse:
    """Have a worker look now instead of in the night."""
    settings.look_soon(brand=request.brand)
    messages.success(request, "A worker reads the newest posts now: look again in a minute.")
    return redirect("segmentation:suggestions", request.brand.slug)


def _find(request: BrandRequest, pk: int) -> SuggestedValue:
    rows = SuggestedValue.objects.visible_to(request.user).filter(brand=request.brand, pk=pk)
    found = rows.select_related("creator", "classifier", "closed_by").first()
    if found is None:
        raise Http404
    return found
