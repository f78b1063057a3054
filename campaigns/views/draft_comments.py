"""Remarks about drafts: written, answered, settled, shown to the creator."""

from __future__ import annotations

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from campaigns.forms.drafts import RemarkForm
from campaigns.models import Comment, Draft
from campaigns.services.deliverables import comments
from campaigns.services.deliverables.record import Actor
from campaigns.services.refusals import CampaignRefused
from campaigns.views.deliverables import piece_of, show
from crm.permissions import BrandRequest, Can, brand_page
from crm.styled import put_error


@require_POST
@brand_page(Can.WRITE_NOTES)
def write(request: BrandRequest, pk: int, number: int) -> HttpResponseBase:
    """A remark about a version."""
    piece = piece_of(request, pk)
    draft = get_object_or_404(Draft, deliverable=piece, number=number)
    form = RemarkForm(request.POST)
    if form.is_valid():
        try:
            made = comments.comment(
                draft_id=draft.pk,
                brand=request.brand,
                remark=form.remark(draft),
                actor=Actor(request.user),
                at=timezone.now(),
            )
        except CampaignRefused as refusal:
            put_error(form, _shown_at(refusal.field), str(refusal))
        else:
            return redirect(_place(request, made))
    return show(request, piece, status=422, remark_form=form)


@require_POST
@brand_page(Can.WRITE_NOTES)
def settle(request: BrandRequest, pk: int) -> HttpResponseBase:
    """Settle a remark, or open it again."""
    found = _comment_of(request, pk)
    comments.settle(
        comment_id=pk,
        brand=request.brand,
        is_settled=request.POST.get("settled") != "no",
        actor=request.user,
        at=timezone.now(),
    )
    return redirect(_place(request, found))


@require_POST
@brand_page(Can.RUN_CAMPAIGNS)
def reveal(request: BrandRequest, pk: int) -> HttpResponseBase:
    """Show a remark to the creator."""
    found = _comment_of(request, pk)
    try:
        comments.show(comment_id=pk, brand=request.brand, actor=request.user, at=timezone.now())
    except CampaignRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "The creator sees it now.")
    return redirect(_place(request, found))


def _comment_of(request: BrandRequest, pk: int) -> Comment:
    rows = Comment.objects.visible_to(request.user).select_related("draft")
    return get_object_or_404(rows, deliverable__engagement__campaign__brand=request.brand, pk=pk)


def _place(request: BrandRequest, comment: Comment) -> str:
    page = reverse("campaigns:deliverable", args=[request.brand.slug, comment.deliverable_id])
    return f"{page}#remark-{comment.parent_id or comment.pk}"


def _shown_at(field: str) -> str:
    return "quote" if field in {"start", "end"} else field
