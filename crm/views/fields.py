"""The fields of a brand: which there are, and what one holds for a creator."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from crm.choices import FieldType, Source
from crm.forms import FieldForm, NewFieldForm, ValueForm, put_error
from crm.models import CustomField, Relationship
from crm.permissions import BrandRequest, Can, brand_page
from crm.portraits.sections import Section
from crm.selectors import HeldField, field_history, held_fields, relationships_of
from crm.services.field_values import FieldValuesRefused, set_values
from crm.services.fields import (
    CHANGEABLE,
    FieldRefused,
    archive_field,
    change_field,
    define_field,
    restore_field,
)

LIST = "crm/fields/list.html"
VALUE = "crm/fields/value.html"
HISTORY_SHOWN = 50


@brand_page(Can.VIEW, post=Can.EDIT_SEGMENTS)
def fields(request: BrandRequest) -> HttpResponse:
    """All fields, and the form for a new one."""
    is_sent = request.method == "POST"
    form = NewFieldForm(request.POST) if is_sent else NewFieldForm()
    if is_sent and form.is_valid():
        given = dict(form.cleaned_data)
        given["type"] = FieldType(given["type"])
        try:
            field = define_field(
                brand=request.brand, at=timezone.now(), actor=request.user, **given
            )
        except FieldRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, f"There is a field “{field}” now. Rules call it {field.key}.")
            return redirect("crm:fields", brand=request.brand.slug)
    mine = CustomField.objects.filter(brand=request.brand)
    context = {
        "fields": mine.in_use(),
        "archived": mine.exclude(archived_at=None).order_by("label", "pk"),
        "form": form,
    }
    return render(request, LIST, context, status=422 if form.errors else 200)


@brand_page(Can.EDIT_SEGMENTS)
def field(request: BrandRequest, key: str) -> HttpResponse:
    """Reword a field."""
    found = _field(request, key)
    initial = {name: getattr(found, name) for name in CHANGEABLE}
    form = FieldForm(request.POST) if request.method == "POST" else FieldForm(initial=initial)
    if form.is_valid():
        try:
            change_field(
                field_id=found.pk, changes=form.cleaned_data, at=timezone.now(), actor=request.user
            )
        except FieldRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, "Saved.")
            return redirect("crm:fields", brand=request.brand.slug)
    context = {"field": found, "form": form}
    status = 422 if form.errors else 200
    return render(request, "crm/fields/edit.html", context, status=status)


@require_POST
@brand_page(Can.EDIT_SEGMENTS)
def archive(request: BrandRequest, key: str) -> HttpResponse:
    """Take a field out of use."""
    found = archive_field(field_id=_field(request, key).pk, at=timezone.now(), actor=request.user)
    messages.success(
        request,
        f"“{found}” is archived. Its values are kept. Segments whose rule asks for {found.key} "
        "keep their members and say that they are broken.",
    )
    return redirect("crm:fields", brand=request.brand.slug)


@require_POST
@brand_page(Can.EDIT_SEGMENTS)
def restore(request: BrandRequest, key: str) -> HttpResponse:
    """Bring a field back."""
    found = restore_field(field_id=_field(request, key).pk, at=timezone.now(), actor=request.user)
    messages.success(request, f"“{found}” is in use again, with the values it had.")
    return redirect("crm:fields", brand=request.brand.slug)


@brand_page(Can.VIEW, post=Can.EDIT_CREATORS)
def value(request: BrandRequest, uid: UUID, key: str) -> HttpResponse:
    """What a field holds for a creator: look at its history, say something else.

    With htmx the form takes the place of the field's row on the creator's page (`?part=row` gives
    the row back), and the row that of the form once it is saved.
    """
    relationship = _relationship(request, uid)
    found = get_object_or_404(CustomField.objects.filter(brand=request.brand).in_use(), key=key)
    is_part = bool(request.htmx and not request.htmx.boosted)
    if request.method == "POST":
        form = ValueForm(request.POST, field=found)
        if _saved(request, relationship, found, form):
            if is_part:
                return _row(request, relationship, found, is_saved=True)
            messages.success(request, f"{found} is saved.")
            return redirect(Section.ABOUT.address(request.brand.slug, uid))
    elif is_part and request.GET.get("part") == "row":
        return _row(request, relationship, found)
    else:
        form = _form(relationship, found)
    if is_part:
        # The link that had the focus is gone.
        form.fields["value"].widget.attrs["autofocus"] = True
    context = {
        "relationship": relationship,
        "creator": relationship.creator,
        "field": found,
        "form": form,
        "history": [] if is_part else field_history(found, relationship.creator, HISTORY_SHOWN),
    }
    template = f"{VALUE}#form" if is_part else VALUE
    return render(request, template, context, status=422 if form.errors else 200)


def _saved(
    request: BrandRequest, relationship: Relationship, found: CustomField, form: ValueForm
) -> bool:
    """Write what was sent; False where it is refused, and then the form says why."""
    is_taken_away = "clear" in request.POST
    if is_taken_away:
        # Only why it is taken away counts.
        form.fields["value"].required = False
    if not form.is_valid() and not (is_taken_away and set(form.errors) == {"value"}):
        return False
    try:
        set_values(
            brand=request.brand,
            creator_ids=[relationship.creator_id],
            values={found.key: None if is_taken_away else form.typed},
            at=timezone.now(),
            actor=request.user,
            source=Source(form.cleaned_data["source"]),
            note=form.cleaned_data["note"],
        )
    except FieldValuesRefused as refusal:
        for key, problem in refusal.problems.items():
            put_error(form, "note" if key == "note" else "value", str(problem))
        return False
    return True


def _form(relationship: Relationship, found: CustomField) -> ValueForm:
    held = _held(relationship, found)
    if held.row is None:
        return ValueForm.of(found, None, Source.MANUAL, "")
    return ValueForm.of(found, held.row.value, held.row.source, held.row.note)


def _held(relationship: Relationship, found: CustomField) -> HeldField:
    every = held_fields(relationship.brand, relationship.creator, timezone.now())
    held = next((one for one in every if one.field == found), None)
    if held is None:  # somebody has just put the field away
        raise Http404
    return held


def _row(
    request: BrandRequest, relationship: Relationship, found: CustomField, *, is_saved: bool = False
) -> HttpResponse:
    context = {
        "creator": relationship.creator,
        "held": _held(relationship, found),
        "is_saved": is_saved,
        "is_back": True,
    }
    return render(request, "crm/fields/_row.html", context)


def _relationship(request: BrandRequest, uid: UUID) -> Relationship:
    rows = relationships_of(request.brand).select_related("creator", "brand")
    found = rows.filter(creator__uid=uid).first()
    if found is None:
        msg = "Your brand does not know this creator."
        raise Http404(msg)
    return found


def _field(request: BrandRequest, key: str) -> CustomField:
    found: CustomField = get_object_or_404(CustomField, brand=request.brand, key=key)
    return found
