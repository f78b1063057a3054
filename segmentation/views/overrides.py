"""Forcing a creator into a segment or out of it, and letting the rule decide again."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from crm.paging import BadCursor, Order, Page, paginate
from crm.permissions import BrandRequest, Can, brand_page
from crm.sent import page_of_ours
from crm.styled import put_error
from segmentation.choices import OverrideKind
from segmentation.forms.overrides import OverrideForm
from segmentation.models import Override
from segmentation.selectors.creators import find_creator
from segmentation.services import overrides as service
from segmentation.views.finding import segment_or_404

BY_TIME = Order("-starts", "starts_at", "pk", descending=True)


@brand_page(Can.VIEW, post=Can.EDIT_SEGMENTS)
def override(request: BrandRequest, uid: UUID, key: str) -> HttpResponse:
    """What people decided about the creator and the segment; decide anew. Also in the drawer."""
    creator = find_creator(request.brand, uid)
    if creator is None:
        msg = f"{request.brand} knows no such creator."
        raise Http404(msg)
    segment = segment_or_404(request, key)
    kind = request.GET.get("kind", "")
    form = OverrideForm(
        request.POST if request.method == "POST" else None,
        brand=request.brand,
        kind=kind if kind in OverrideKind.values else "",
    )
    if form.is_valid():
        try:
            made = service.force(
                segment_id=segment.pk,
                creator_id=creator.pk,
                kind=OverrideKind(form.cleaned_data["kind"]),
                reason=form.cleaned_data["reason"],
                until=form.cleaned_data["until"],
                at=timezone.now(),
                actor=request.user,
            )
        except service.OverrideRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            words = f"{creator.name}: {made.get_kind_display().lower()} {segment.name}."
            messages.success(request, f"{words} It takes effect within seconds.")
            creator_page = reverse("crm:creator", args=[request.brand.slug, uid])
            return redirect(page_of_ours(request.POST.get("next", ""), otherwise=creator_page))
    now = timezone.now()
    decided = Override.objects.filter(segment=segment, creator=creator)
    context = {
        "creator": creator,
        "segment": segment,
        "form": form,
        "next": request.POST.get("next", request.GET.get("next", "")),
        "held": decided.in_force(now).select_related("author").first(),
        "past": list(
            decided.filter(ends_at__lte=now).select_related("author", "withdrawn_by")[:20]
        ),
    }
    template = "segmentation/overrides/override.html"
    if request.htmx and not request.htmx.boosted:
        template += "#panel"
    return render(request, template, context, status=422 if form.errors else 200)


@require_safe
@brand_page(Can.VIEW)
def overrides(request: BrandRequest, key: str) -> HttpResponse:
    """Every decision about members of the segment, the ended ones too."""
    segment = segment_or_404(request, key)
    rows = Override.objects.filter(segment=segment).select_related(
        "creator", "author", "withdrawn_by"
    )
    try:
        page: Page[Override] = paginate(rows, BY_TIME, cursor=request.GET.get("cursor"), size=50)
    except BadCursor as refusal:
        messages.error(request, str(refusal))
        return redirect("segmentation:overrides", request.brand.slug, segment.key)
    context = {"segment": segment, "page": page, "now": timezone.now()}
    template = "segmentation/overrides/list.html"
    if request.htmx and not request.htmx.boosted:
        template += "#rows"
    return render(request, template, context)


@require_POST
@brand_page(Can.EDIT_SEGMENTS)
def withdraw(request: BrandRequest, pk: int) -> HttpResponse:
    """Let the rule decide about the creator again."""
    rows = Override.objects.filter(segment__brand=request.brand)
    found = get_object_or_404(rows.select_related("segment", "creator"), pk=pk)
    try:
        service.withdraw(override_id=found.pk, at=timezone.now(), actor=request.user)
    except service.OverrideRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request, f"The rule of {found.segment.name} decides about {found.creator.name} again."
        )
    segment_page = reverse("segmentation:segment", args=[request.brand.slug, found.segment.key])
    return redirect(page_of_ours(request.POST.get("next", ""), otherwise=segment_page))
