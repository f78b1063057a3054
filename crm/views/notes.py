"""One's own notes: correct them, take them back; and who can be named in them."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from crm.forms import NoteForm, put_error
from crm.models import Note
from crm.permissions import BrandRequest, Can, brand_page, may
from crm.selectors import people_of
from crm.services import notes as service
from crm.services.mentions import handle_of, handles


@brand_page(Can.VIEW, post=Can.WRITE_NOTES)
def note(request: BrandRequest, pk: int) -> HttpResponse:
    """A note with what it said before; its author can change it, or bring back a deleted one."""
    found = _note(request, pk, is_deleted=None)
    if found.deleted_at:
        is_own = found.author == request.user
        return render(request, "crm/notes/deleted.html", {"note": found, "is_own": is_own})
    form = NoteForm(initial={"text": found.text})
    if request.method == "POST":
        form = NoteForm(request.POST)
        if form.is_valid():
            try:
                service.change_note(
                    note_id=pk,
                    brand=request.brand,
                    text=form.cleaned_data["text"],
                    actor=request.user,
                    at=timezone.now(),
                )
            except service.NoteRefused as refusal:
                put_error(form, "text", str(refusal))
            else:
                messages.success(request, "Saved.")
                uid = found.relationship.creator.uid
                return redirect("crm:creator", brand=request.brand.slug, uid=uid)
    context = {
        "note": found,
        "form": form,
        "is_own": found.author == request.user,
        "versions": found.versions.all(),
        "mentioned": [one.user for one in found.mentions.select_related("user").order_by("pk")],
        "handles": handles(people_of(request.brand)),
    }
    status = 422 if form.is_bound else 200
    return render(request, "crm/notes/note.html", context, status=status)


@require_POST
@brand_page(Can.WRITE_NOTES)
def delete(request: BrandRequest, pk: int) -> HttpResponse:
    """Take one's own note back."""
    found = _note(request, pk)
    try:
        service.delete_note(note_id=pk, brand=request.brand, actor=request.user, at=timezone.now())
    except service.NoteRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("crm:note", brand=request.brand.slug, pk=pk)
    undo = reverse("crm:note_restore", args=[request.brand.slug, pk])
    messages.success(request, "The note is deleted.", extra_tags=undo)
    return redirect("crm:creator", brand=request.brand.slug, uid=found.relationship.creator.uid)


@require_POST
@brand_page(Can.WRITE_NOTES)
def restore(request: BrandRequest, pk: int) -> HttpResponse:
    """Bring back one's own note."""
    found = _note(request, pk, is_deleted=True)
    try:
        service.restore_note(note_id=pk, brand=request.brand, actor=request.user, at=timezone.now())
    except service.NoteRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("crm:note", brand=request.brand.slug, pk=pk)
    messages.success(request, "The note is back.")
    return redirect("crm:creator", brand=request.brand.slug, uid=found.relationship.creator.uid)


@require_safe
@brand_page(Can.VIEW)
def people(request: BrandRequest) -> HttpResponse:
    """Who can be named with @ in this brand."""
    everybody = list(people_of(request.brand))
    known = handles(everybody)
    rows = [{"handle": handle_of(one, known), "name": one.display_name} for one in everybody]
    return JsonResponse({"people": rows})


def _note(request: BrandRequest, pk: int, *, is_deleted: bool | None = False) -> Note:
    """A note of the brand that is deleted or not; None: either."""
    rows = Note.objects.filter(relationship__brand=request.brand, pk=pk).readable(
        by=request.user, reads_restricted=may(request.role, Can.READ_RESTRICTED)
    )
    if is_deleted is not None:
        rows = rows.filter(deleted_at__isnull=not is_deleted)
    found = rows.select_related("author", "relationship__creator").first()
    if found is None:
        msg = "There is no such note."
        raise Http404(msg)
    return found
