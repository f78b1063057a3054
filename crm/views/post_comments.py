"""Comments below posts: the posts that have some, files, and what goes when."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from crm.choices import Source
from crm.forms.post_comments import CommentsForm, ForgetForm, KeepingForm
from crm.importers.tables import TableRefused
from crm.models import CommentBatch, CommentThread, PostComment
from crm.paging import Order, page_or_first
from crm.permissions import BrandRequest, Can, brand_page
from crm.services.post_comments import forgetting, importing
from crm.services.post_comments.keeping import CommentsRefused
from crm.services.post_comments.scorer import NEGATIVE, POSITIVE, RELEVANT
from crm.styled import put_error

PAGE = 50
FILES_SHOWN = 10
MOST_FIRST = Order("threads", "comments", "id", descending=True)
NEWEST = Order("comments", key="id", descending=True)


@require_safe
@brand_page(Can.VIEW)
def post_comments(request: BrandRequest) -> HttpResponse:
    """Posts with comments, those with the most first."""
    return _show(request)


@require_safe
@brand_page(Can.VIEW)
def thread(request: BrandRequest, pk: int) -> HttpResponse:
    """The comments below a post, the last to come in first."""
    rows = CommentThread.objects.visible_to(request.user).for_list_page()
    found = get_object_or_404(rows, brand=request.brand, post=pk)
    comments = PostComment.objects.filter(brand=request.brand, post=found.post)
    comments = comments.select_related("score", "label")
    page = page_or_first(comments, NEWEST, cursor=request.GET.get("cursor"), size=PAGE)
    context = {
        "thread": found,
        "page": page,
        "positive": POSITIVE,
        "negative": NEGATIVE,
        "relevant": RELEVANT,
    }
    return render(request, "crm/post_comments/thread.html", context)


@require_POST
@brand_page(Can.KEEP_SERIES)
def take_file(request: BrandRequest) -> HttpResponse:
    """Take a file in, whole or not at all."""
    form = CommentsForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            batch = importing.import_comments(
                brand=request.brand,
                upload=form.cleaned_data["file"],
                source=Source(form.cleaned_data["source"]),
                mapping=form.cleaned_data["names"],
                actor=request.user,
                at=timezone.now(),
            )
        except TableRefused as refusal:
            for fault in refusal.faults:
                put_error(form, "file", fault)
        else:
            messages.success(
                request,
                f"{batch.comments_new} new comments below {batch.posts} posts, "
                f"{batch.comments_known} known already. They are scored within minutes.",
            )
            return redirect("crm:post_comments", request.brand.slug)
    return _show(request, 422, file_form=form)


@require_POST
@brand_page(Can.KEEP_SERIES)
def undo_file(request: BrandRequest, pk: int) -> HttpResponse:
    """Take a file back."""
    rows = CommentBatch.objects.visible_to(request.user)
    batch = get_object_or_404(rows, brand=request.brand, pk=pk)
    try:
        importing.undo_import(
            batch_id=batch.pk, brand=request.brand, actor=request.user, at=timezone.now()
        )
    except CommentsRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"The comments of {batch.file_name} are taken back.")
    return redirect("crm:post_comments", request.brand.slug)


@require_POST
@brand_page(Can.MANAGE_BRAND)
def keeping(request: BrandRequest) -> HttpResponse:
    """Say for how long words are kept."""
    form = KeepingForm(request.POST)
    if form.is_valid():
        try:
            forgetting.set_keeping(
                brand=request.brand, **form.cleaned_data, actor=request.user, at=timezone.now()
            )
        except CommentsRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, "Kept. Words that are older go tonight.")
            return redirect("crm:post_comments", request.brand.slug)
    return _show(request, 422, keeping_form=form)


@require_POST
@brand_page(Can.HANDLE_PRIVACY)
def forget(request: BrandRequest) -> HttpResponse:
    """Delete the comments of somebody who asks for it."""
    form = ForgetForm(request.POST)
    if form.is_valid():
        try:
            gone = forgetting.forget_author(
                brand=request.brand,
                platform=form.cleaned_data["platform"].pk,
                key=form.cleaned_data["author"],
                actor=request.user,
                at=timezone.now(),
            )
        except CommentsRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, f"{gone} comments of theirs are deleted.")
            return redirect("crm:post_comments", request.brand.slug)
    return _show(request, 422, forget_form=form)


def _show(request: BrandRequest, status: int = 200, **forms: Any) -> HttpResponse:
    brand = request.brand
    rows = CommentThread.objects.filter(brand=brand).for_list_page()
    page = page_or_first(rows, MOST_FIRST, cursor=request.GET.get("cursor"), size=PAGE)
    decided = forgetting.settings_of(brand)
    batches = CommentBatch.objects.filter(brand=brand)
    context = {
        "page": page,
        "batches": batches[:FILES_SHOWN],
        "decided": decided,
        "file_form": CommentsForm(),
        "keeping_form": KeepingForm(
            initial={"keep_months": decided.keep_months, "version": decided.version}
        ),
        "forget_form": ForgetForm(),
        **forms,
    }
    return render(request, "crm/post_comments/list.html", context, status=status)
