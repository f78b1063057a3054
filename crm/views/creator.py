"""One creator: how we stand and what is next, the other sections, and the changes to them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from crm.choices import Stage
from crm.forms import CreatorForm, NewNoteForm, NewProfileForm, RelationshipForm, put_error
from crm.models import Relationship
from crm.paging import page_or_first
from crm.panels import creator_panel
from crm.permissions import BrandRequest, Can, brand_page
from crm.portraits.contacts import reached
from crm.portraits.sections import Section
from crm.portraits.similar import similar
from crm.portraits.standing import standing
from crm.selectors import POSTS, creator_row, follower_chart, held_fields, posts_of
from crm.services import relationships
from crm.services.creators import CreatorRefused, add_profile, change_creator
from crm.services.notes import NoteRefused, add_note
from crm.views.of_creator import of_creator
from crm.views.tags import suggestions, tags_of
from crm.views.timeline import timeline_part

TEMPLATE = "crm/creators/creator.html"
FACT = "crm/creators/_fact.html"
POSTS_ON_PAGE = 10
# What can be corrected in its place, and what it is called there.
FACTS = {
    "creator_type": "Kind",
    "country": "Country",
    "language": "Language",
    "timezone": "Time zone",
    "profession": "Profession",
}


@require_safe
@brand_page(Can.VIEW)
@of_creator
def creator(request: BrandRequest, relationship: Relationship) -> HttpResponse:
    """One section of the page; with htmx, one page of its posts."""
    if request.htmx and request.htmx.target == "posts":
        context = {"relationship": relationship, "posts": _posts(request, relationship)}
        return render(request, f"{Section.CONTENT.template}#posts", context)
    asked = request.GET.get("section", Section.OVERVIEW)
    if asked not in Section.values:
        msg = "A creator's page has no such section."
        raise Http404(msg)
    return _whole(request, relationship, Section(asked))


def _whole(
    request: BrandRequest,
    relationship: Relationship,
    section: Section = Section.OVERVIEW,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """The page with one section, and forms that hold what was refused in place of fresh ones."""
    row = creator_row(relationship)
    now = timezone.now()
    context: dict[str, Any] = {
        "relationship": relationship,
        "creator": relationship.creator,
        "row": row,
        "standing": standing(row, now),
        "sections": list(Section),
        "section": section,
    }
    if section is Section.OVERVIEW:
        context |= {
            "niches": list(relationship.creator.niches.all()),
            "reached": reached(relationship),
            "facts": [(name, label, _shown(relationship, name)) for name, label in FACTS.items()],
            "tags": tags_of(relationship),
            "suggested": suggestions(relationship),
            "part": timeline_part(request, relationship),
            "differences": [],
            "relationship_form": RelationshipForm.of(relationship),
            "note_form": NewNoteForm(),
        }
    elif section is Section.CONTENT:
        chart = follower_chart(row.profiles)
        context |= {
            "followers": chart,
            "chart": chart.data if chart else None,
            "posts": _posts(request, relationship),
            "profile_form": NewProfileForm(),
        }
    elif section is Section.ABOUT:
        context["held_fields"] = held_fields(request.brand, relationship.creator, now)
    return render(request, TEMPLATE, context | more, status=status)


def _posts(request: BrandRequest, relationship: Relationship) -> Any:
    rows = posts_of(relationship.creator)
    return page_or_first(rows, POSTS, cursor=request.GET.get("posts"), size=POSTS_ON_PAGE)


@require_POST
@brand_page(Can.MOVE_STAGES)
@of_creator
def relationship(request: BrandRequest, found: Relationship) -> HttpResponse:
    """Save stage, owner and next step: all of them or none."""
    form = RelationshipForm(request.POST, brand=request.brand)
    more: dict[str, Any] = {}
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
        except relationships.Outdated as refusal:
            more["differences"] = _differences(found, wanted)
            # Whoever has seen what the colleague did may save all the same.
            sent = request.POST.copy()
            sent["version"] = str(found.version)
            form = RelationshipForm(sent, brand=request.brand)
            put_error(form, "", str(refusal))
        except relationships.RelationshipRefused as refusal:
            put_error(form, "", str(refusal))
        else:
            messages.success(request, "Saved.")
            return redirect("crm:creator", brand=request.brand.slug, uid=found.creator.uid)
    return _whole(request, found, status=422, relationship_form=form, **more)


def _differences(found: Relationship, wanted: dict[str, Any]) -> list[tuple[str, str, str]]:
    """What a colleague saved meanwhile, beside what was about to overwrite it."""
    owner = wanted["owner"]
    compared = [
        ("Stage", found.get_stage_display(), str(Stage(wanted["stage"]).label)),
        (
            "Owner",
            found.owner.display_name if found.owner else "nobody",
            owner.display_name if owner else "nobody",
        ),
        ("Next step", found.next_step or "none", wanted["next_step"] or "none"),
        ("By", _day(found.next_step_on), _day(wanted["next_step_on"])),
    ]
    return [(label, now, yours) for label, now, yours in compared if now != yours]


def _day(day: Any) -> str:
    return f"{day:%-d %b %Y}" if day else "no day"


@brand_page(Can.VIEW, post=Can.EDIT_CREATORS)
@of_creator
def fact(request: BrandRequest, found: Relationship, name: str) -> HttpResponse:
    """One thing that is known of the person, corrected in its place (`?part=row`: only read)."""
    if name not in FACTS:
        msg = "There is no such fact."
        raise Http404(msg)
    form = _fact_form(found, name, request.POST or None)
    if request.method == "POST" and form.is_valid():
        change_creator(
            relationship=found,
            changes={name: form.cleaned_data[name]},
            actor=request.user,
            at=timezone.now(),
        )
        if not request.htmx:
            messages.success(request, f"{FACTS[name]} is saved.")
            return redirect("crm:creator", brand=request.brand.slug, uid=found.creator.uid)
        found.creator.refresh_from_db()
    elif not request.htmx:
        return redirect("crm:creator_edit", brand=request.brand.slug, uid=found.creator.uid)
    is_row = request.GET.get("part") == "row" or (request.method == "POST" and not form.errors)
    context = {
        "creator": found.creator,
        "name": name,
        "label": FACTS[name],
        "value": _shown(found, name),
        "field": None if is_row else form[name],
        "is_back": is_row,
    }
    return render(request, FACT, context, status=422 if form.errors else 200)


def _fact_form(found: Relationship, name: str, data: Any) -> forms.BaseForm:
    """Only this field of the form of the whole person."""
    form = CreatorForm(data, instance=found.creator)
    for other in set(form.fields) - {name}:
        del form.fields[other]
    form.fields[name].widget.attrs["autofocus"] = True
    return form


def _shown(found: Relationship, name: str) -> str:
    if name == "creator_type":
        return str(found.creator.get_creator_type_display())
    return str(getattr(found.creator, name))


@require_safe
@brand_page(Can.VIEW)
@creator_panel("similar creators")
@of_creator
def alike(request: BrandRequest, found: Relationship) -> HttpResponse:
    """Creators who are like this one, as a part of the page."""
    context = {"creator": found.creator, "alike": similar(found)}
    return render(request, "crm/creators/_similar.html", context)


@require_POST
@brand_page(Can.WRITE_NOTES)
@of_creator
def notes(request: BrandRequest, found: Relationship) -> HttpResponse:
    """Write a note."""
    form = NewNoteForm(request.POST)
    if form.is_valid():
        try:
            add_note(
                relationship=found,
                text=form.cleaned_data["text"],
                author=request.user,
                is_restricted=form.cleaned_data["is_restricted"],
                at=timezone.now(),
            )
        except NoteRefused as refusal:
            put_error(form, "text", str(refusal))
        else:
            messages.success(request, "The note is in the timeline.")
            return redirect("crm:creator", brand=request.brand.slug, uid=found.creator.uid)
    return _whole(request, found, status=422, note_form=form)


@require_POST
@brand_page(Can.EDIT_CREATORS)
@of_creator
def profiles(request: BrandRequest, found: Relationship) -> HttpResponse:
    """Add an account, or a newer follower count of one."""
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
            return redirect(Section.CONTENT.address(request.brand.slug, found.creator.uid))
    return _whole(request, found, Section.CONTENT, 422, profile_form=form)


@brand_page(Can.EDIT_CREATORS)
@of_creator
def edit(request: BrandRequest, found: Relationship) -> HttpResponse:
    """Correct what is known of the person."""
    form = CreatorForm(request.POST or None, instance=found.creator)
    if form.is_valid():
        change_creator(
            relationship=found, changes=form.cleaned_data, actor=request.user, at=timezone.now()
        )
        messages.success(request, "Saved.")
        return redirect("crm:creator", brand=request.brand.slug, uid=found.creator.uid)
    context = {"form": form, "relationship": found}
    status = 422 if form.errors else 200
    return render(request, "crm/creators/edit.html", context, status=status)
