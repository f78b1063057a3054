"""Mailboxes: who writes from where. Everybody keeps their own, an admin the shared ones."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from crm.forms import put_error
from crm.forms.mail import MailboxForm
from crm.models import Mailbox, User
from crm.outreach.servers import ServerTrouble, no_delivery
from crm.permissions import BrandRequest, Can, brand_page, may
from crm.selectors import people_of
from crm.services.mail import mailboxes as service

NAMES = tuple(service.Settings.__annotations__)


@require_safe
@brand_page(Can.SEND_MAIL)
def mailboxes(request: BrandRequest) -> HttpResponse:
    """All mailboxes of the brand, and how their servers are."""
    rows = Mailbox.objects.filter(brand=request.brand).select_related("owner")
    shown = [
        {"mailbox": row, "no_delivery": no_delivery(row), "is_mine": _may_edit(request, row)}
        for row in rows.order_by("address", "pk")
    ]
    return render(request, "crm/mail/mailboxes.html", {"rows": shown})


@brand_page(Can.SEND_MAIL)
def new(request: BrandRequest) -> HttpResponse:
    """Add a mailbox."""
    form = _form(request, initial=MailboxForm.of_new(request.user.email))
    if request.method == "POST" and form.is_valid():
        found = _save(request, form, None)
        if found:
            messages.success(request, f"{found} is added. See whether its servers answer.")
            return redirect("crm:mailbox", brand=request.brand.slug, pk=found.pk)
    status = 422 if form.errors else 200
    return render(request, "crm/mail/mailbox.html", {"form": form}, status=status)


@brand_page(Can.SEND_MAIL)
def mailbox(request: BrandRequest, pk: int) -> HttpResponse:
    """Change a mailbox."""
    found = _mine(request, pk)
    initial = {name: getattr(found, name) for name in NAMES}
    form = _form(request, initial=initial)
    if request.method == "POST" and form.is_valid() and _save(request, form, found):
        messages.success(request, "Saved.")
        return redirect("crm:mailbox", brand=request.brand.slug, pk=pk)
    context = {"form": form, "mailbox": found, "no_delivery": no_delivery(found)}
    status = 422 if form.errors else 200
    return render(request, "crm/mail/mailbox.html", context, status=status)


@require_POST
@brand_page(Can.SEND_MAIL)
def test(request: BrandRequest, pk: int) -> HttpResponse:
    """Send a test mail to oneself."""
    found = _mine(request, pk)
    try:
        words = service.send_test(mailbox=found, to=request.user, at=timezone.now())
    except ServerTrouble as trouble:
        messages.error(request, str(trouble))
    else:
        messages.success(request, words)
    return redirect("crm:mailbox", brand=request.brand.slug, pk=pk)


@require_POST
@brand_page(Can.SEND_MAIL)
def check(request: BrandRequest, pk: int) -> HttpResponse:
    """See whether the IMAP server lets us in and has the folders."""
    found = _mine(request, pk)
    try:
        words = service.check_imap(mailbox=found)
    except ServerTrouble as trouble:
        messages.error(request, str(trouble))
    else:
        messages.success(request, words)
    return redirect("crm:mailbox", brand=request.brand.slug, pk=pk)


@require_POST
@brand_page(Can.SEND_MAIL)
def remove(request: BrandRequest, pk: int) -> HttpResponse:
    """Take a mailbox away; an admin may take away anybody's."""
    found = get_object_or_404(Mailbox, brand=request.brand, pk=pk)
    if not _may_edit(request, found) and not may(request.role, Can.MANAGE_BRAND):
        raise Http404("This is a colleague's own mailbox.")
    service.remove(mailbox=found, actor=request.user, at=timezone.now())
    messages.success(request, f"{found} is taken away. What was said from it stays.")
    return redirect("crm:mailboxes", brand=request.brand.slug)


def _may_edit(request: BrandRequest, mailbox: Mailbox) -> bool:
    if mailbox.owner_id is None:
        return may(request.role, Can.MANAGE_BRAND)
    return mailbox.owner_id == request.user.pk


def _mine(request: BrandRequest, pk: int) -> Mailbox:
    found = get_object_or_404(Mailbox, brand=request.brand, pk=pk)
    if not _may_edit(request, found):
        raise Http404("Only its owner changes this mailbox; a shared one is an admin's to change.")
    return found


def _form(request: BrandRequest, *, initial: dict[str, Any]) -> MailboxForm:
    can_share = may(request.role, Can.MANAGE_BRAND)
    mine = people_of(request.brand).filter(pk=request.user.pk)
    data = request.POST if request.method == "POST" else None
    return MailboxForm(data, initial=initial, owners=mine, can_share=can_share)


def _save(request: BrandRequest, form: MailboxForm, mailbox: Mailbox | None) -> Mailbox | None:
    given = dict(form.cleaned_data)
    passwords = {kind: str(given.pop(f"{kind}_password")) for kind in ("smtp", "imap")}
    owner: User | None = given.get("owner", request.user)
    try:
        return service.save(
            brand=request.brand,
            mailbox=mailbox,
            values=cast("service.Settings", {**given, "owner": owner}),
            passwords=passwords,
            actor=request.user,
            at=timezone.now(),
        )
    except service.MailboxRefused as refusal:
        put_error(form, refusal.field, str(refusal))
        return None
