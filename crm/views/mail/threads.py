"""One conversation: read it, answer it, say whose it is or that it is done."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from crm.choices import MailDirection, MailKind, MailStatus
from crm.forms.mail import AssignForm, MailForm
from crm.models import Mailbox, Message, Relationship, Thread
from crm.outreach import matching
from crm.permissions import BrandRequest, Can, brand_page, may
from crm.selectors import relationships_of
from crm.services.mail import threads as service
from crm.services.mail.composing import MailRefused
from crm.views.mail.writing import preview, templates_for, write

FOUND_MAX = 8
# While one of these is among the mails, the page looks again by itself.
MOVING = (MailStatus.QUEUED, MailStatus.SENDING)


@brand_page(Can.READ_MAIL, post=Can.SEND_MAIL)
def thread(request: BrandRequest, pk: int) -> HttpResponse:
    """The mails from the first to the last, and below them the answer."""
    found = visible_thread(request, pk)
    form: MailForm | None = None
    context: dict[str, Any] = {}
    if found.relationship and may(request.role, Can.SEND_MAIL):
        mailboxes = Mailbox.objects.filter(brand=request.brand).usable_by(request.user)
        if request.method == "POST":
            form = MailForm(request.POST, request.FILES, mailboxes=mailboxes)
            if form.is_valid():
                answer = write(request, form, relationship=found.relationship, thread=found)
                if answer:
                    return answer
        else:
            form = MailForm(initial=_initial(found, list(mailboxes)), mailboxes=mailboxes)
        context = preview(request, form, found.relationship, found)
        context["templates"] = templates_for(request, found.relationship)
    elif request.method == "POST":
        raise Http404("This conversation is with no creator yet.")
    mails = list(
        Message.objects.filter(thread=found)
        .select_related("author", "mailbox")
        .prefetch_related("attachments")
        .order_by("at", "pk")
    )
    context |= {
        "thread": found,
        "mails": mails,
        "newest": mails[-1].pk if mails else None,
        "is_moving": any(mail.status in MOVING for mail in mails),
        "form": form,
        "candidates": _candidates(request, found, mails),
        "find": request.GET.get("find", "").strip(),
    }
    status = 422 if form and form.errors else 200
    return render(request, "crm/mail/thread.html", context, status=status)


@require_POST
@brand_page(Can.SEND_MAIL)
def done(request: BrandRequest, pk: int) -> HttpResponse:
    """Nobody waits for an answer any more."""
    found = visible_thread(request, pk)
    service.finish(thread_id=found.pk, actor=request.user, at=timezone.now())
    messages.success(request, "Done: nobody waits for an answer here.")
    return redirect("crm:inbox", brand=request.brand.slug)


@require_POST
@brand_page(Can.SEND_MAIL)
def reopen(request: BrandRequest, pk: int) -> HttpResponse:
    """It waits for an answer again."""
    found = visible_thread(request, pk)
    try:
        service.reopen(thread_id=found.pk, actor=request.user, at=timezone.now())
    except MailRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "It waits for an answer again.")
    return redirect("crm:thread", brand=request.brand.slug, pk=pk)


@require_POST
@brand_page(Can.SEND_MAIL)
def set_aside(request: BrandRequest, pk: int) -> HttpResponse:
    """It is about no creator."""
    found = visible_thread(request, pk)
    try:
        service.set_aside(thread_id=found.pk, actor=request.user, at=timezone.now())
    except MailRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("crm:thread", brand=request.brand.slug, pk=pk)
    messages.success(request, "Set aside: it is about no creator.")
    return redirect(reverse("crm:inbox", args=[request.brand.slug]) + "?box=unmatched")


@require_POST
@brand_page(Can.SEND_MAIL)
def assign(request: BrandRequest, pk: int) -> HttpResponse:
    """Say which creator it is with."""
    found = visible_thread(request, pk)
    form = AssignForm(request.POST)
    relationship = (
        relationships_of(request.brand)
        .select_related("creator", "brand")
        .filter(creator__uid=form.cleaned_data["creator"])
        .first()
        if form.is_valid()
        else None
    )
    if relationship is None:
        messages.error(request, "Choose a creator.")
        return redirect("crm:thread", brand=request.brand.slug, pk=pk)
    try:
        service.assign(
            thread_id=found.pk,
            relationship=relationship,
            remember=form.cleaned_data["remember"],
            actor=request.user,
            at=timezone.now(),
        )
    except MailRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"This conversation is with {relationship.creator} now.")
    return redirect("crm:thread", brand=request.brand.slug, pk=pk)


def visible_thread(request: BrandRequest, pk: int) -> Thread:
    """The brand's conversation, if the user may see it; 404 otherwise."""
    rows = Thread.objects.visible_to(request.user).select_related(
        "brand", "mailbox", "relationship__brand", "relationship__creator"
    )
    return get_object_or_404(rows, brand=request.brand, pk=pk)


def _initial(thread: Thread, mailboxes: list[Mailbox]) -> dict[str, Any]:
    """An answer to whoever wrote last, with everybody who was in copy, from where it came to."""
    last = (
        thread.mails.filter(direction=MailDirection.IN, kind=MailKind.PERSONAL)
        .order_by("-at", "-pk")
        .first()
    ) or thread.mails.order_by("-at", "-pk").first()
    box = thread.mailbox if thread.mailbox in mailboxes else next(iter(mailboxes), None)
    if last is None:
        return {"mailbox": box}
    ours = {mailbox.address for mailbox in mailboxes} | {thread.mailbox and thread.mailbox.address}
    is_in = last.direction == MailDirection.IN
    to = [last.from_address] if is_in else last.to
    others = [*last.to, *last.cc] if is_in else last.cc
    subject = last.subject if matching.bare(last.subject) != last.subject.lower() else ""
    return {
        "mailbox": box,
        "to": ", ".join(to),
        "cc": ", ".join(address for address in others if address not in {*ours, *to}),
        "subject": subject or f"Re: {last.subject}",
    }


def _candidates(request: BrandRequest, thread: Thread, mails: list[Message]) -> list[Relationship]:
    """Whose it may be: known by the address, or found by what somebody looks for."""
    find = request.GET.get("find", "").strip()[:100]
    if not find and thread.relationship:
        return []
    if not find:
        return matching.known(request.brand, [mail.from_address for mail in mails])[:FOUND_MAX]
    by_name = Q(creator__name__icontains=find) | Q(creator__profiles__handle__icontains=find)
    rows = relationships_of(request.brand).filter(by_name).select_related("creator").distinct()
    return list(rows.order_by("creator__name", "pk")[:FOUND_MAX])
