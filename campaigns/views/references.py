"""Links to the brand's sites and mentions of its accounts in what creators wrote."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from campaigns.choices import ReferenceKind
from campaigns.forms.keywords import SearchForm
from campaigns.models import PostReference
from campaigns.services.keywords import referring
from campaigns.services.keywords.keeping import KeywordsRefused
from campaigns.tasks import count_keywords
from crm.exports import Format, respond
from crm.paging import Order, page_or_first
from crm.permissions import BrandRequest, Can, brand_page
from crm.styled import put_error

PAGE = 50
NEWEST = Order("references", key="id", descending=True)
COLUMNS = ("Kind", "To", "Creator", "Platform", "Post", "Published", "First seen", "Gone")


@require_http_methods(["GET", "HEAD", "POST"])
@brand_page(Can.VIEW, post=Can.PLAN_CAMPAIGNS)
def references(request: BrandRequest) -> HttpResponse:
    """What points to the brand, the last to be seen first; posting says by what that is told."""
    decided = referring.settings_of(request.brand)
    form = SearchForm(
        request.POST if request.method == "POST" else None,
        initial={
            "hosts": "\n".join(decided.hosts),
            "accounts": "\n".join(decided.accounts),
            "version": decided.version,
        },
    )
    if form.is_valid():
        try:
            referring.set_search(
                brand=request.brand,
                **form.cleaned_data,
                actor=request.user,
                at=timezone.now(),
            )
        except KeywordsRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            count_keywords.delay_on_commit(brand_id=request.brand.pk)
            messages.success(request, "Kept. Posts are being read for it.")
            return redirect("campaigns:post_references", request.brand.slug)
    kind = request.GET.get("kind", "")
    rows = _rows(request)
    if kind in ReferenceKind.values:
        rows = rows.filter(kind=kind)
    page = page_or_first(rows, NEWEST, cursor=request.GET.get("cursor"), size=PAGE)
    context = {"page": page, "decided": decided, "form": form, "kinds": ReferenceKind, "kind": kind}
    status = 422 if form.errors else 200
    return render(request, "campaigns/keywords/references.html", context, status=status)


@require_safe
@brand_page(Can.VIEW)
def export(request: BrandRequest, form: Format) -> HttpResponseBase:
    """All of them as a file."""
    rows = _rows(request).order_by("pk").iterator(chunk_size=500)
    cells = (
        (
            one.get_kind_display(),
            one.target,
            one.post.creator.name,
            one.post.profile.platform.name,
            one.post.url,
            one.post.posted_at,
            one.first_seen_at,
            one.gone_at,
        )
        for one in rows
    )
    return respond(f"references-{request.brand.slug}", COLUMNS, cells, form=form)


def _rows(request: BrandRequest):  # type: ignore[no-untyped-def]
    rows = PostReference.objects.visible_to(request.user).filter(brand=request.brand)
    return rows.select_related("post__creator", "post__profile__platform")
