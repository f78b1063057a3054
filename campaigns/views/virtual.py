"""A virtual creator: who owns the character, whom it is like, whether they allowed it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from campaigns.forms.virtual import LikenessForm, VirtualForm
from campaigns.models import Likeness, VirtualCreator
from campaigns.selectors.rule_view import rule_view
from campaigns.services.days import today_of
from campaigns.services.refusals import CampaignRefused
from campaigns.services.registers import virtual as service
from campaigns.views.finding import relationship_with
from crm.choices import CreatorType
from crm.models import Relationship
from crm.permissions import BrandRequest, Can, brand_page
from crm.stored import download
from crm.styled import put_error


@brand_page(Can.VIEW, post=Can.KEEP_REGISTERS)
def virtual(request: BrandRequest, uid: UUID) -> HttpResponse:
    """What is written down of the character, to be read or changed."""
    relationship = _virtual_with(request, uid)
    row = VirtualCreator.objects.select_related("dignity_by").filter(relationship=relationship)
    found = row.first()
    is_sent = request.method == "POST"
    form = VirtualForm(request.POST if is_sent else None, virtual=found)
    if is_sent and form.is_valid():
        try:
            service.save(
                relationship=relationship,
                wanted=form.wanted,
                actor=request.user,
                at=timezone.now(),
                expected_version=form.cleaned_data["version"],
            )
        except CampaignRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, "Written down: checks of disclosure know it from now on.")
            return redirect("campaigns:virtual", request.brand.slug, uid)
    today = today_of(relationship.brand, timezone.now())
    context = {
        "creator": relationship.creator,
        "row": found,
        "form": form,
        "people": rule_view(relationship, today).likenesses,
        "today": today,
    }
    status = 422 if is_sent else 200
    return render(request, "campaigns/connections/virtual.html", context, status=status)


@brand_page(Can.KEEP_REGISTERS)
def new(request: BrandRequest, uid: UUID) -> HttpResponse:
    """Write down somebody whom the character is like."""
    return _edit(request, _virtual_with(request, uid), None)


@brand_page(Can.KEEP_REGISTERS)
def likeness(request: BrandRequest, uid: UUID, pk: int) -> HttpResponse:
    """Somebody whom the character is like, to be changed."""
    relationship = _virtual_with(request, uid)
    return _edit(request, relationship, _likeness(relationship, pk))


@require_POST
@brand_page(Can.KEEP_REGISTERS)
def away(request: BrandRequest, uid: UUID, pk: int) -> HttpResponse:
    """Put somebody away."""
    relationship = _virtual_with(request, uid)
    found = _likeness(relationship, pk)
    try:
        service.put_away(
            relationship=relationship, likeness_id=found.pk, actor=request.user, at=timezone.now()
        )
    except Likeness.DoesNotExist as gone:
        raise Http404("They were put away already.") from gone
    messages.success(request, f"“{found}” counts no more. The ledger keeps that they did.")
    return redirect("campaigns:virtual", request.brand.slug, uid)


@require_safe
@brand_page(Can.VIEW)
def paper(request: BrandRequest, uid: UUID, pk: int) -> HttpResponseBase:
    """Download a consent."""
    found = _likeness(_virtual_with(request, uid), pk)
    if not found.file_sha256 or not service.STORE.has(request.brand.pk, found.file_sha256):
        raise Http404("There is no such file in the store.")
    return download(
        service.STORE.open(request.brand.pk, found.file_sha256),
        name=found.file_name,
        content_type=found.file_type,
    )


def _edit(
    request: BrandRequest, relationship: Relationship, found: Likeness | None
) -> HttpResponse:
    is_sent = request.method == "POST"
    form = LikenessForm(
        request.POST if is_sent else None, request.FILES if is_sent else None, likeness=found
    )
    uid = relationship.creator.uid
    if is_sent and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            service.save_person(
                relationship=relationship,
                wanted=form.wanted,
                actor=request.user,
                at=timezone.now(),
                paper=service.keep(brand=request.brand, name=file.name, content=file.read())
                if file
                else None,
                likeness_id=found.pk if found else None,
                expected_version=form.cleaned_data["version"] if found else None,
            )
        except Likeness.DoesNotExist as gone:
            raise Http404("They were put away.") from gone
        except CampaignRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, "Written down: checks of disclosure know it from now on.")
            return redirect("campaigns:virtual", request.brand.slug, uid)
    context = {"form": form, "likeness": found, "creator": relationship.creator}
    status = 422 if is_sent else 200
    return render(request, "campaigns/connections/likeness.html", context, status=status)


def _virtual_with(request: BrandRequest, uid: UUID) -> Relationship:
    found = relationship_with(request, uid)
    if found.creator.creator_type != CreatorType.VIRTUAL:
        msg = "This creator is a person."
        raise Http404(msg)
    return found


def _likeness(relationship: Relationship, pk: int) -> Likeness:
    rows = Likeness.objects.filter(virtual__relationship=relationship, archived_at=None)
    return get_object_or_404(rows, pk=pk)
