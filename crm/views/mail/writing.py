"""Write a mail: to a creator, as an answer, or a draft again; send it, or take it back."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from crm import tasks
from crm.forms import put_error
from crm.forms.mail import MailForm
from crm.models import Mailbox, MailTemplate, Message, Relationship, Thread
from crm.outreach import attachments
from crm.outreach.guard import may_send
from crm.outreach.parsing import File
from crm.outreach.servers import no_delivery
from crm.permissions import BrandRequest, Can, brand_page
from crm.selectors import relationships_of
from crm.services.mail import composing, threads
from crm.services.mail.composing import MailRefused
from crm.services.outreach.templates import newest_version, render_for

# So long a mail can be taken back after "Send".
UNDO = timedelta(seconds=10)


@brand_page(Can.SEND_MAIL)
def new(request: BrandRequest, uid: UUID) -> HttpResponse:
    """A new conversation with a creator."""
    relationship = get_object_or_404(
        relationships_of(request.brand).select_related("creator", "brand"), creator__uid=uid
    )
    mailboxes = Mailbox.objects.filter(brand=request.brand).usable_by(request.user)
    if request.method == "POST":
        form = MailForm(request.POST, request.FILES, mailboxes=mailboxes)
        if form.is_valid():
            answer = write(request, form, relationship=relationship)
            if answer:
                return answer
    else:
        form = MailForm(
            initial=_initial(request, relationship, mailboxes.first()), mailboxes=mailboxes
        )
    context = preview(request, form, relationship)
    context |= {
        "relationship": relationship,
        "creator": relationship.creator,
        "form": form,
        "templates": templates_for(request, relationship),
    }
    return render(request, "crm/mail/new.html", context, status=422 if form.errors else 200)


@brand_page(Can.SEND_MAIL)
def edit(request: BrandRequest, pk: int) -> HttpResponse:
    """A draft, or a mail that was refused, again."""
    message = _mine(request, pk)
    relationship = message.thread.relationship
    if relationship is None:
        raise Http404("This conversation is with no creator yet.")
    mailboxes = Mailbox.objects.filter(brand=request.brand).usable_by(request.user)
    if request.method == "POST":
        form = MailForm(request.POST, request.FILES, mailboxes=mailboxes)
        if form.is_valid():
            answer = write(request, form, relationship=relationship, draft=message)
            if answer:
                return answer
    else:
        initial = {
            "mailbox": message.mailbox,
            "to": ", ".join(message.to),
            "cc": ", ".join(message.cc),
            "subject": message.subject,
            "text": message.text,
        }
        form = MailForm(initial=initial, mailboxes=mailboxes)
    context = preview(request, form, relationship, message.thread)
    context |= {
        "relationship": relationship,
        "creator": relationship.creator,
        "form": form,
        "draft": message,
        "templates": [],
    }
    return render(request, "crm/mail/new.html", context, status=422 if form.errors else 200)


@require_POST
@brand_page(Can.SEND_MAIL)
def send(request: BrandRequest, pk: int) -> HttpResponse:
    """Let a draft go as it is."""
    message = _mine(request, pk)
    try:
        _send(request, message, timezone.now())
    except MailRefused as refusal:
        messages.error(request, str(refusal))
    return _back(request, message)


@require_POST
@brand_page(Can.SEND_MAIL)
def take_back(request: BrandRequest, pk: int) -> HttpResponse:
    """Make a mail that waits a draft again."""
    message = _mine(request, pk)
    try:
        composing.take_back(message_id=pk, actor=request.user, at=timezone.now())
    except MailRefused as refusal:
        messages.error(request, str(refusal))
        return _back(request, message)
    messages.success(request, "Taken back: it is a draft again.")
    return redirect("crm:mail_edit", brand=request.brand.slug, pk=pk)


@require_POST
@brand_page(Can.SEND_MAIL)
def discard(request: BrandRequest, pk: int) -> HttpResponse:
    """Throw a draft away."""
    message = _mine(request, pk)
    try:
        composing.discard(message_id=pk)
    except MailRefused as refusal:
        messages.error(request, str(refusal))
        return _back(request, message)
    messages.success(request, "Thrown away.")
    if Thread.objects.filter(pk=message.thread_id).exists():
        return _back(request, message)
    return redirect("crm:inbox", brand=request.brand.slug)


@require_POST
@brand_page(Can.SEND_MAIL)
def settle(request: BrandRequest, pk: int) -> HttpResponse:
    """Say whether a mail left of which nobody knows."""
    message = _mine(request, pk)
    try:
        threads.decide_unknown(
            message_id=pk,
            has_left=request.POST.get("left") == "yes",
            actor=request.user,
            at=timezone.now(),
        )
    except MailRefused as refusal:
        messages.error(request, str(refusal))
    return _back(request, message)


def write(
    request: BrandRequest,
    form: MailForm,
    *,
    relationship: Relationship,
    thread: Thread | None = None,
    draft: Message | None = None,
) -> HttpResponse | None:
    """Save what a valid form holds, and send it where that was asked; None where it is refused."""
    given, at = form.cleaned_data, timezone.now()
    text = {name: given[name] for name in ("mailbox", "subject", "text", "to", "cc")}
    try:
        with transaction.atomic():
            if draft:
                message = composing.change_draft(
                    message_id=draft.pk, actor=request.user, at=at, **text
                )
            else:
                message = composing.compose(
                    relationship=relationship,
                    author=request.user,
                    purpose=composing.purpose_of(relationship, thread),
                    thread=thread,
                    at=at,
                    **text,
                )
            if upload := given.get("file"):
                composing.attach(message_id=message.pk, file=_file(upload))
            if request.POST.get("do") == "send":
                _send(request, message, at)
            else:
                messages.success(request, "Saved as a draft.")
    except MailRefused as refusal:
        put_error(form, refusal.field, str(refusal))
        return None
    return _back(request, message)


def preview(
    request: BrandRequest,
    form: MailForm,
    relationship: Relationship,
    thread: Thread | None = None,
) -> dict[str, Any]:
    """What the guard would say now, and whether anything leaves at all."""
    box = form.initial.get("mailbox")
    address = str(form.initial.get("to", "")).split(",")[0].strip()
    if not isinstance(box, Mailbox) or not address:
        return {"verdict": None, "no_delivery": ""}
    verdict = may_send(
        relationship=relationship,
        mailbox=box,
        to=address,
        purpose=composing.purpose_of(relationship, thread),
        at=timezone.now(),
    )
    return {"verdict": verdict, "no_delivery": no_delivery(box)}


def templates_for(request: BrandRequest, relationship: Relationship) -> list[MailTemplate]:
    """The brand's templates that fit the creator's stage, those for it first."""
    rows = MailTemplate.objects.filter(brand=request.brand).in_use()
    fitting = rows.filter(stage__in=["", relationship.stage])
    return sorted(fitting, key=lambda template: not template.stage)


def _initial(
    request: BrandRequest, relationship: Relationship, box: Mailbox | None
) -> dict[str, Any]:
    """To the creator and their agents, with the words of a template where one is chosen."""
    initial: dict[str, Any] = {
        "mailbox": box,
        "cc": ", ".join(composing.in_copy(relationship)),
    }
    try:
        initial["to"] = composing.address_of(relationship)
    except MailRefused as refusal:
        messages.warning(request, str(refusal))
    chosen = request.GET.get("template", "")
    template = (
        MailTemplate.objects.filter(brand=request.brand, pk=int(chosen)).in_use().first()
        if chosen.isdecimal() and len(chosen) < 18
        else None
    )
    if template:
        version = newest_version(template)
        mail = render_for(
            version, [relationship], brand=request.brand, sender=request.user, at=timezone.now()
        )[relationship.pk]
        initial |= {"subject": mail.subject, "text": mail.body}
        for field in mail.missing:
            messages.warning(request, f"{field.label} is empty: {field.if_empty}.")
    return initial


def _send(request: BrandRequest, message: Message, at: datetime) -> None:
    composing.queue(message_id=message.pk, actor=request.user, at=at, send_after=at + UNDO)
    messages.success(request, "It goes out in a few seconds. Until then you can take it back.")
    wait = UNDO.total_seconds() + 1
    # Without a broker the beat takes it a little later: that is no reason to refuse.
    enqueue = partial(tasks.send_mail.apply_async, countdown=wait, retry=False)
    transaction.on_commit(enqueue, robust=True)


def _file(upload: UploadedFile[bytes]) -> File:
    if (upload.size or 0) > attachments.SIZE_MAX:
        most = attachments.SIZE_MAX // 1_048_576
        raise MailRefused(f"{upload.name} is larger than {most} MB.", field="file")
    return File(upload.name or "file", upload.content_type or "", upload.read())


def _mine(request: BrandRequest, pk: int) -> Message:
    """A mail of the brand that is not of somebody else's own mailbox."""
    rows = Message.objects.visible_to(request.user).select_related(
        "thread__relationship__creator", "thread__relationship__brand", "mailbox"
    )
    message = get_object_or_404(rows, brand=request.brand, pk=pk)
    if message.mailbox and message.mailbox.owner_id not in {None, request.user.pk}:
        raise Http404("This mail is of a colleague's own mailbox.")
    return message


def _back(request: BrandRequest, message: Message) -> HttpResponse:
    return redirect("crm:thread", brand=request.brand.slug, pk=message.thread_id)
