"""Tags of a creator, and the brand's words for them."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from crm.choices import TagColour
from crm.models import CreatorTag, Relationship, Tag
from crm.permissions import BrandRequest, Can, brand_page
from crm.services import tags as service
from crm.views.of_creator import of_creator

PANEL = "crm/creators/_tags.html"


class TagNameForm(forms.Form):
    """A word, as somebody typed it."""

    name = forms.CharField(max_length=200, required=False)
    colour = forms.ChoiceField(choices=TagColour.choices, required=False)


@brand_page(Can.VIEW, post=Can.EDIT_CREATORS)
@of_creator
def creator_tags(request: BrandRequest, relationship: Relationship) -> HttpResponse:
    """The tags of a creator; give them another one."""
    if request.method != "POST":
        return _panel(request, relationship)
    form = TagNameForm(request.POST)
    form.full_clean()
    name = form.cleaned_data.get("name", "")
    try:
        tag, number = service.add_tag(
            brand=request.brand,
            creator_ids=[relationship.creator_id],
            name=name,
            actor=request.user,
            at=timezone.now(),
        )
    except service.TagRefused as refusal:
        return _panel(request, relationship, problem=str(refusal), typed=name)
    return _panel(request, relationship, said=f"Tagged {tag}." if number else f"{tag} is there.")


@require_POST
@brand_page(Can.EDIT_CREATORS)
@of_creator
def creator_untag(request: BrandRequest, relationship: Relationship, pk: int) -> HttpResponse:
    """Take a tag from a creator."""
    tag = get_object_or_404(Tag, brand=request.brand, pk=pk)
    service.remove_tag(
        tag=tag, creator_ids=[relationship.creator_id], actor=request.user, at=timezone.now()
    )
    return _panel(request, relationship, said=f"{tag} is taken away.")


def _panel(
    request: BrandRequest,
    relationship: Relationship,
    *,
    said: str = "",
    problem: str = "",
    typed: str = "",
) -> HttpResponse:
    if request.method == "POST" and not request.htmx:
        if problem:
            messages.error(request, problem)
        elif said:
            messages.success(request, said)
        return redirect("crm:creator", brand=request.brand.slug, uid=relationship.creator.uid)
    context = {
        "creator": relationship.creator,
        "tags": tags_of(relationship),
        "suggested": suggestions(relationship),
        "said": said,
        "problem": problem,
        "typed": typed,
    }
    return render(request, PANEL, context, status=422 if problem else 200)


def tags_of(relationship: Relationship) -> list[CreatorTag]:
    """What the brand tagged the creator with, in order of the words."""
    rows = CreatorTag.objects.filter(
        tag__brand=relationship.brand_id, creator=relationship.creator_id
    )
    return list(rows.select_related("tag", "author", "import_batch").order_by("tag__name"))


def suggestions(relationship: Relationship) -> list[Tag]:
    """The brand's other words, for the list below the input."""
    rows = Tag.objects.filter(brand=relationship.brand_id)
    return list(rows.exclude(creator_tags__creator=relationship.creator_id).order_by("name"))


@require_safe
@brand_page(Can.VIEW)
def tags(request: BrandRequest) -> HttpResponse:
    """The brand's words, and how many creators have each."""
    rows = Tag.objects.filter(brand=request.brand).annotate(creators_count=Count("creator_tags"))
    context = {"tags": rows.order_by("name"), "colours": TagColour.choices}
    return render(request, "crm/creators/tags.html", context)


@require_POST
@brand_page(Can.EDIT_CREATORS)
def tag(request: BrandRequest, pk: int) -> HttpResponse:
    """Call a tag otherwise, colour it, or take it from everybody."""
    found = get_object_or_404(Tag, brand=request.brand, pk=pk)
    if "delete" in request.POST:
        number = service.delete_tag(tag=found, actor=request.user, at=timezone.now())
        messages.success(request, f"{found} is deleted; {number:,} creators had it.")
        return redirect("crm:tags", brand=request.brand.slug)
    form = TagNameForm(request.POST)
    form.full_clean()
    try:
        service.change_tag(
            tag=found,
            name=form.cleaned_data.get("name", ""),
            colour=form.cleaned_data.get("colour", "") or found.colour,
            actor=request.user,
            at=timezone.now(),
        )
    except service.TagRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "Saved.")
    return redirect("crm:tags", brand=request.brand.slug)
