"""Themes of comments: the board, a theme, a comment with what is said of it, what was learned."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.choices import CommentKind, LearnedTask, ThemeState
from crm.forms.comment_themes import AnswerForm, LabelForm, RouteForm, VersionForm
from crm.models import CommentTheme, PostComment
from crm.paging import Order, page_or_first
from crm.permissions import BrandRequest, Can, brand_page
from crm.services.learning.learning import LABELS_SURE, used
from crm.services.learning.weighing import Weights
from crm.services.post_comments import deciding, kinds, labelling, showing
from crm.services.post_comments.grouping import DAYS, KINDS, WRITERS_MIN
from crm.services.post_comments.keeping import CommentsRefused
from crm.services.post_comments.scorer import NEGATIVE, POSITIVE, RELEVANT, SCORED_LANGUAGE
from crm.styled import put_error

PAGE = 50
THEMES_SHOWN = 12
NEWEST = Order("theme-comments", key="id", descending=True)
WHY = 6


@require_safe
@brand_page(Can.VIEW)
def board(request: BrandRequest) -> HttpResponse:
    """Themes by kind, with examples and what became of them."""
    state = request.GET.get("state", "")
    state = state if state in ThemeState.values else ""
    columns = [
        (kind, list(showing.themes(request.brand, kind, state)[:THEMES_SHOWN])) for kind in KINDS
    ]
    shown = [theme for _kind, found in columns for theme in found]
    examples = showing.examples(shown)
    context = {
        "columns": [
            (kind, [(theme, examples.get(theme.pk, [])) for theme in found])
            for kind, found in columns
        ],
        "state": state,
        "states": ThemeState,
        "days": DAYS,
        "writers_min": WRITERS_MIN,
        "counted_at": max((one.counted_at for one in shown if one.counted_at), default=None),
    }
    return render(request, "crm/comment_themes/board.html", context)


@require_safe
@brand_page(Can.VIEW)
def theme(request: BrandRequest, pk: int) -> HttpResponse:
    """One theme with its comments, the last to come in first."""
    return _theme(request, _found(request, pk))


def _theme(
    request: BrandRequest, found: CommentTheme, status: int = 200, **forms: Any
) -> HttpResponse:
    rows = showing.comments_of(found)
    page = page_or_first(rows, NEWEST, cursor=request.GET.get("cursor"), size=PAGE)
    start = {"version": found.version}
    context = {
        "theme": found,
        "page": page,
        "days": DAYS,
        "route_form": RouteForm(brand=request.brand, initial=start),
        "answer_form": AnswerForm(initial=start),
        "version_form": VersionForm(initial=start),
        **forms,
    }
    return render(request, "crm/comment_themes/theme.html", context, status=status)


@require_POST
@brand_page(Can.KEEP_SERIES)
def act(request: BrandRequest, pk: int, name: str) -> HttpResponse:
    """Give it to somebody, say that it is handled, or open it again."""
    found = _found(request, pk)
    form, key, service, words = _asked(request, name)
    if form.is_valid():
        try:
            service(
                brand=request.brand,
                theme_id=found.pk,
                actor=request.user,
                at=timezone.now(),
                **form.cleaned_data,
            )
        except CommentsRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, words)
            return redirect("crm:comment_theme", request.brand.slug, found.pk)
    return _theme(request, found, 422, **{key: form})


def _asked(request: BrandRequest, name: str) -> tuple[Any, str, Callable[..., Any], str]:
    if name == "route":
        form: Any = RouteForm(request.POST, brand=request.brand)
        return form, "route_form", deciding.route, "It is given, as a task that leads here."
    if name == "handle":
        form = AnswerForm(request.POST)
        return form, "answer_form", deciding.handle, "It is handled; new comments are counted."
    if name == "reopen":
        form = VersionForm(request.POST)
        return form, "version_form", deciding.reopen, "It is open again."
    raise Http404


@require_http_methods(["GET", "HEAD", "POST"])
@brand_page(Can.VIEW, post=Can.KEEP_SERIES)
def comment(request: BrandRequest, pk: int) -> HttpResponse:
    """One comment: what a machine says of it and why; posting says what it is."""
    rows = PostComment.objects.visible_to(request.user).filter(brand=request.brand)
    rows = rows.select_related(
        "post__creator", "score__scorer", "sorting__model", "sorting__theme", "label__labelled_by"
    )
    found = get_object_or_404(rows, pk=pk)
    said = getattr(found, "label", None)
    form = LabelForm(request.POST if request.method == "POST" else None, initial=_initial(said))
    if form.is_valid():
        try:
            labelling.label(
                brand=request.brand,
                comment_id=found.pk,
                **form.cleaned_data,
                actor=request.user,
                at=timezone.now(),
            )
        except CommentsRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(
                request, "Kept. It counts from the next count on, and is learned from."
            )
            return redirect("crm:comment", request.brand.slug, found.pk)
    score = getattr(found, "score", None)
    context = {
        "comment": found,
        "score": score,
        "sorting": getattr(found, "sorting", None),
        "kind": CommentKind,
        "said": said,
        "why": _why(request, found),
        "mood": labelling.mood_of(score),
        "is_relevant": labelling.relevant_of(score),
        "positive": POSITIVE,
        "negative": NEGATIVE,
        "relevant": RELEVANT,
        "form": form,
    }
    status = 422 if form.errors else 200
    return render(request, "crm/comment_themes/comment.html", context, status=status)


@require_safe
@brand_page(Can.VIEW)
def learned(request: BrandRequest) -> HttpResponse:
    """How far people agree with what is suggested of comments, and what was learned of it."""
    context = {"found": showing.agreements(request.brand), "sure": LABELS_SURE}
    return render(request, "crm/comment_themes/learned.html", context)


def _found(request: BrandRequest, pk: int) -> CommentTheme:
    rows = CommentTheme.objects.visible_to(request.user).select_related("task__assignee", "brand")
    return get_object_or_404(rows.select_related("decided_by"), brand=request.brand, pk=pk)


def _initial(said: Any) -> dict[str, str]:
    if said is None:
        return {}
    relevant = {True: "yes", False: "no", None: ""}[said.is_relevant]
    return {"kind": said.kind, "mood": said.mood, "is_relevant": relevant}


def _why(request: BrandRequest, found: PostComment) -> list[str]:
    """What speaks for its kind, by what is in use now; empty: nothing does."""
    score = getattr(found, "score", None)
    if not found.text or score is None or score.language != SCORED_LANGUAGE:
        return []
    model = used(request.brand.pk, LearnedTask.COMMENT_KIND)
    told = kinds.sort(found.text, Weights.of(model.weights) if model else None, why=WHY)
    return [f"{kinds.in_words(name)} ({weight:+.2g})" for name, weight in told.why]
