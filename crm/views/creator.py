"""One creator: how we stand, accounts and numbers, posts, timeline, and the changes to them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.timesince import timesince
from django.views.decorators.http import require_POST, require_safe

from crm.choices import Stage
from crm.forms import CreatorForm, NewProfileForm, NoteForm, RelationshipForm, put_error
from crm.models import Relationship
from crm.paging import BadCursor, paginate
from crm.permissions import BrandRequest, Can, brand_page
from crm.selectors import (
    POSTS,
    CreatorRow,
    creator_page,
    held_fields,
    posts_of,
    relationships_of,
)
from crm.services import relationships
from crm.services.creators import CreatorRefused, add_profile, change_creator
from crm.services.notes import NoteRefused, add_note
from crm.timeline import timeline

TEMPLATE = "crm/creators/creator.html"
POSTS_ON_PAGE = 10
EVENTS_ON_PAGE = 20


def _relationship(request: BrandRequest, uid: UUID) -> Relationship:
    """With everything that the page's head shows; 404 for a creator the brand does not know."""
    rows = relationships_of(request.brand).with_creator().select_related("brand__tier_scheme")
    found = rows.filter(creator__uid=uid).first()
    if found is None:
        msg = "Your brand does not know this creator."
        raise Http404(msg)
    return found


@require_safe
@brand_page(Can.VIEW)
def creator(request: BrandRequest, uid: UUID) -> HttpResponse:
    """The page; with htmx, one page of its posts or of its timeline."""
    relationship = _relationship(request, uid)
    part = request.htmx.target if request.htmx else None
    if part == "posts":
        context = {"relationship": relationship, "posts": _posts(request, relationship)}
        return render(request, f"{TEMPLATE}#posts", context)
    if part == "timeline":
        context = {"relationship": relationship, "events": _events(request, relationship)}
        return render(request, f"{TEMPLATE}#timeline", context)
    return _whole(request, relationship)


def _whole(
    request: BrandRequest, relationship: Relationship, status: int = 200, **forms: Any
) -> HttpResponse:
    """The whole page, with forms that hold what was refused in place of fresh ones."""
    bundle = creator_page(relationship)
    context = {
        "relationship": relationship,
        "bundle": bundle,
        "row": bundle.row,
        "chart": bundle.chart.data if bundle.chart else None,
        "sentence": how_we_stand(bundle.row, timezone.now()),
        "held_fields": held_fields(request.brand, relationship.creator, timezone.now()),
        "posts": _posts(request, relationship),
        "events": _events(request, relationship),
        "relationship_form": RelationshipForm.of(relationship),
        "note_form": NoteForm(),
        "profile_form": NewProfileForm(),
    } | forms
    return render(request, TEMPLATE, context, status=status)


def _posts(request: BrandRequest, relationship: Relationship) -> Any:
    rows = posts_of(relationship.creator)
    try:
        return paginate(rows, POSTS, cursor=request.GET.get("posts"), size=POSTS_ON_PAGE)
    except BadCursor:
        return paginate(rows, POSTS, size=POSTS_ON_PAGE)


def _events(request: BrandRequest, relationship: Relationship) -> Any:
    try:
        return timeline(relationship, cursor=request.GET.get("events"), size=EVENTS_ON_PAGE)
    except BadCursor:
        return timeline(relationship, size=EVENTS_ON_PAGE)


def how_we_stand(row: CreatorRow, at: datetime) -> str:
    """One sentence: the stage and since when, whose, what comes next, the newest known post."""
    relationship = row.relationship
    stage = Stage(relationship.stage).label
    parts = [f"{stage} since {relationship.stage_since:%-d %B %Y}"]
    owner = relationship.owner
    parts.append(f"with {owner.display_name}" if owner else "nobody owns the relationship")
    if relationship.next_step:
        by = relationship.next_step_on
        overdue = " (overdue)" if by and by < at.date() else ""
        day = f" by {by:%-d %B}{overdue}" if by else ""
        parts.append(f"next: {relationship.next_step}{day}")
    if row.last_post_at and row.last_post_at <= at:
        parts.append(f"last known post {timesince(row.last_post_at, at, depth=1)} ago")
    return ", ".join(parts) + "."


@require_POST
@brand_page(Can.MOVE_STAGES)
def relationship(request: BrandRequest, uid: UUID) -> HttpResponse:
    """Save stage, owner and next step: all of them or none."""
    found = _relationship(request, uid)
    form = RelationshipForm(request.POST, brand=request.brand)
    if form.is_valid():
        wanted = form.cleaned_data
        try:
            relationships.change(
                relationship_id=found.pk,
                changes={
                    "stage": Stage(wanted["stage"]),
                    "reason": wanted["reason"],
                    "owner": wanted["owner"],
                    "next_step": wanted["next_step"],
                    "next_step_on": wanted["next_step_on"],
                },
                actor=request.user,
                at=timezone.now(),
                expected_version=wanted["version"],
            )
        except relationships.ReasonNeeded as refusal:
            put_error(form, "reason", str(refusal))
        except relationships.StageMoveRefused as refusal:
            put_error(form, "stage", str(refusal))
        except relationships.RelationshipRefused as refusal:
            put_error(form, "", str(refusal))
        else:
            messages.success(request, "Saved.")
            return redirect("crm:creator", brand=request.brand.slug, uid=uid)
    return _whole(request, found, status=422, relationship_form=form)


@require_POST
@brand_page(Can.WRITE_NOTES)
def notes(request: BrandRequest, uid: UUID) -> HttpResponse:
    """Write a note."""
    found = _relationship(request, uid)
    form = NoteForm(request.POST)
    if form.is_valid():
        try:
            add_note(
                relationship=found,
                text=form.cleaned_data["text"],
                author=request.user,
                at=timezone.now(),
            )
        except NoteRefused as refusal:
            put_error(form, "text", str(refusal))
        else:
            messages.success(request, "The note is in the timeline.")
            return redirect("crm:creator", brand=request.brand.slug, uid=uid)
    return _whole(request, found, status=422, note_form=form)


@require_POST
@brand_page(Can.EDIT_CREATORS)
def profiles(request: BrandRequest, uid: UUID) -> HttpResponse:
    """Add an account, or a newer follower count of one."""
    found = _relationship(request, uid)
    form = NewProfileForm(request.POST)
    if form.is_valid():
        try:
            profile = add_profile(
                relationship=found, actor=request.user, at=timezone.now(), **form.cleaned_data
            )
        except CreatorRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, f"Saved {profile.platform} {profile.handle}.")
            return redirect("crm:creator", brand=request.brand.slug, uid=uid)
    return _whole(request, found, status=422, profile_form=form)


@brand_page(Can.EDIT_CREATORS)
def edit(request: BrandRequest, uid: UUID) -> HttpResponse:
    """Correct what is known of the person."""
    found = _relationship(request, uid)
    form = CreatorForm(request.POST or None, instance=found.creator)
    if form.is_valid():
        change_creator(
            relationship=found, changes=form.cleaned_data, actor=request.user, at=timezone.now()
        )
        messages.success(request, "Saved.")
        return redirect("crm:creator", brand=request.brand.slug, uid=uid)
    context = {"form": form, "relationship": found}
    status = 422 if form.errors else 200
    return render(request, "crm/creators/edit.html", context, status=status)
