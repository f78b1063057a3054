"""Files that hang on mails: always a download, never a page of ours."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from crm.models import Attachment, Thread
from crm.outreach import attachments
from crm.permissions import BrandRequest, Can, brand_page
from crm.stored import download


@require_safe
@brand_page(Can.READ_MAIL)
def file(request: BrandRequest, pk: int) -> HttpResponseBase:
    """Download a file; one that could run something asks first."""
    threads = Thread.objects.visible_to(request.user)
    found = get_object_or_404(
        Attachment.objects.select_related("message"),
        brand=request.brand,
        message__thread__in=threads,
        pk=pk,
    )
    if not found.is_kept:
        raise Http404("This file was too large to be kept. It lies in the mailbox.")
    if found.is_risky and request.GET.get("anyway") != "yes":
        return _ask(request, found)
    if not attachments.STORE.has(found.brand_id, found.sha256):
        raise Http404("This file is not in the store any more.")
    return download(
        attachments.STORE.open(found.brand_id, found.sha256),
        name=found.name,
        # A browser that opens it after all must not take it for a page.
        content_type=attachments.PLAIN if found.is_risky else found.content_type,
    )


def _ask(request: BrandRequest, found: Attachment) -> HttpResponse:
    return render(request, "crm/mail/risky.html", {"file": found})
