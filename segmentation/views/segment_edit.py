"""Changing a segment: what it is for, its playbook, its examples, and taking it out of use."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from crm.models import Creator
from crm.permissions import BrandRequest, Can, brand_page
from crm.styled import put_error
from segmentation.choices import SegmentStatus
from segmentation.forms.segments import ExampleForm, MetadataForm, PlaybookForm, ReasonForm
from segmentation.models import Segment
from segmentation.selectors.creators import find_by_name
from segmentation.selectors.uses import uses_of
from segmentation.services import metadata, playbooks
from segmentation.services.edits import EditRefused
from segmentation.services.segments import SegmentRefused, archive_segment
from segmentation.views.finding import segment_or_404

FORM = "segmentation/segments/form.html"


@brand_page(Can.EDIT_SEGMENTS)
def edit(request: BrandRequest, key: str) -> HttpResponse:
    """What the segment is for, and whose it is."""
    found = segment_or_404(request, key)
    form = MetadataForm(request.POST if request.method == "POST" else None, segment=found)
    if form.is_valid():
        values = dict(form.cleaned_data)
        seen = values.pop("seen")
        try:
            metadata.change_segment(
                segment_id=found.pk,
                changes=values,
                at=timezone.now(),
                actor=request.user,
                seen=seen,
            )
        except EditRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, "Saved.")
            return _back(request, found)
    context = {"segment": found, "form": form, "title": f"Edit {found.name}"}
    return render(request, FORM, context, status=422 if form.errors else 200)


@brand_page(Can.EDIT_SEGMENTS)
def playbook(request: BrandRequest, key: str) -> HttpResponse:
    """How to work with the creators of the segment."""
    found = segment_or_404(request, key)
    held = playbooks.playbook_of(found)
    form = PlaybookForm(request.POST if request.method == "POST" else None, playbook=held)
    if form.is_valid():
        try:
            playbooks.save_playbook(
                segment_id=found.pk,
                changes=form.changes(),
                at=timezone.now(),
                actor=request.user,
                seen=form.cleaned_data["seen"],
            )
        except EditRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, "The playbook is saved.")
            return _back(request, found, "playbook")
    context = {"segment": found, "form": form, "title": f"Playbook of {found.name}"}
    return render(request, FORM, context, status=422 if form.errors else 200)


@brand_page(Can.EDIT_SEGMENTS)
def examples(request: BrandRequest, key: str) -> HttpResponse:
    """The creators who show what the segment means; add one."""
    found = segment_or_404(request, key)
    form = ExampleForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        creators = find_by_name(request.brand, form.cleaned_data["handle"])
        if len(creators) == 1:
            try:
                playbooks.set_example(
                    segment_id=found.pk,
                    creator_id=creators[0].pk,
                    belongs=form.cleaned_data["belongs"],
                    note=form.cleaned_data["note"],
                    at=timezone.now(),
                    actor=request.user,
                )
            except EditRefused as refusal:
                put_error(form, refusal.field, str(refusal))
            else:
                messages.success(request, f"{creators[0].name} is an example now.")
                return redirect("segmentation:examples", request.brand.slug, found.key)
        else:
            put_error(form, "handle", _which(request, form.cleaned_data["handle"], creators))
    held = list(found.examples.select_related("creator", "added_by"))
    context = {"segment": found, "form": form, "examples": held}
    status = 422 if form.errors else 200
    return render(request, "segmentation/segments/examples.html", context, status=status)


def _which(request: BrandRequest, words: str, found: list[Creator]) -> str:
    if not found:
        return f"{request.brand} knows nobody of the name or handle “{words}”."
    return f"Several creators are called “{words}”; write the handle of one."


@require_POST
@brand_page(Can.EDIT_SEGMENTS)
def remove_example(request: BrandRequest, key: str, pk: int) -> HttpResponse:
    """Show a creator as an example no more."""
    found = segment_or_404(request, key)
    example = get_object_or_404(found.examples, pk=pk)
    try:
        playbooks.remove_example(
            segment_id=found.pk,
            creator_id=example.creator_id,
            at=timezone.now(),
            actor=request.user,
        )
    except EditRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "The example is removed.")
    return redirect("segmentation:examples", request.brand.slug, found.key)


@brand_page(Can.EDIT_SEGMENTS)
def archive(request: BrandRequest, key: str) -> HttpResponse:
    """Take the segment out of use, after saying what becomes of its members and who uses it."""
    found = segment_or_404(request, key)
    form = ReasonForm(
        request.POST if request.method == "POST" else None,
        help_text="Kept in the audit ledger.",
    )
    if form.is_valid():
        try:
            archive_segment(
                segment_id=found.pk,
                at=timezone.now(),
                actor=request.user,
                reason=form.cleaned_data["reason"],
            )
        except SegmentRefused as refusal:
            put_error(form, "", str(refusal))
        else:
            messages.success(request, f"{found.name} is archived.")
            return _back(request, found)
    context = {
        "segment": found,
        "form": form,
        "uses": uses_of(found),
        "is_archived": found.status == SegmentStatus.ARCHIVED,
    }
    status = 422 if form.errors else 200
    return render(request, "segmentation/segments/archive.html", context, status=status)


def _back(request: BrandRequest, found: Segment, place: str = "") -> HttpResponse:
    answer = redirect("segmentation:segment", request.brand.slug, found.key)
    if place:
        answer["Location"] += f"#{place}"
    return answer
