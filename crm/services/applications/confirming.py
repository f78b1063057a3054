"""The link by which an applicant shows that the address is theirs, and the mail that brings it."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime, formataddr, make_msgid

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse

from crm import audit
from crm.choices import ApplicationStatus
from crm.models import Application, ApplicationPage, Brand, Mailbox
from crm.outreach.headers import in_header
from crm.outreach.servers import ServerTrouble, no_delivery, smtp_of
from crm.outreach.smtp import Fate, Outbox
from crm.services.applications.telling import tell_team

logger = logging.getLogger(__name__)

# As long as an application waits for it (erasing.py).
GOOD_FOR = timedelta(days=14)
_signer = signing.TimestampSigner(salt="crm.applications.confirm")


class BadLink(Exception):
    """The link does not work; the message is fit for the reader."""


class MailWaits(Exception):
    """The server does not take mail at the moment: try again later."""


def mailbox_of(brand: Brand) -> Mailbox | None:
    """The brand's shared mailbox from which the mail goes; None: no mail of it would arrive."""
    if not settings.RAPPORT_URL:
        return None
    shared = Mailbox.objects.filter(brand=brand, owner=None, is_paused=False).order_by("pk")
    return next((mailbox for mailbox in shared if not no_delivery(mailbox)), None)


def link(application: Application) -> str:
    """The whole address of the page on which the applicant confirms."""
    token = _signer.sign_object([application.pk])
    return f"{settings.RAPPORT_URL}{reverse('apply_confirm', args=[application.brand.slug, token])}"


def read(brand: str, token: str) -> Application:
    """The application of a link. Raises BadLink."""
    try:
        [pk] = _signer.unsign_object(token, max_age=GOOD_FOR)
    except signing.SignatureExpired as error:
        raise BadLink(
            f"This link worked for {GOOD_FOR.days} days. Fill in the form again; it is not kept."
        ) from error
    except (signing.BadSignature, ValueError) as error:
        raise BadLink("This link is not complete. Copy it whole from the mail.") from error
    return _found(brand, Application.objects.filter(pk=pk))


@transaction.atomic
def confirm(*, brand: str, token: str, at: datetime) -> Application:
    """Let the brand see the application. Raises BadLink. Twice is once."""
    known = Application.objects.filter(pk=read(brand, token).pk)
    application = _found(brand, known.select_for_update(no_key=True, of=("self",)))
    if application.confirmed_at is not None:
        return application
    application.confirmed_at = at
    was_hidden = application.status == ApplicationStatus.UNCONFIRMED
    if was_hidden:
        application.status = ApplicationStatus.OPEN
    application.save(update_fields=["confirmed_at", "status"])
    if was_hidden:
        tell_team(application, at)
    audit.record(
        brand=application.brand,
        verb="crm.application.confirmed",
        target=application,
        at=at,
        label=f"application {application.pk}",
    )
    return application


def send(*, application_id: int, at: datetime) -> bool:
    """Mail the link, or that we have the application already; whether a server took it.

    Raises MailWaits where a later attempt may succeed.
    """
    application = Application.objects.select_related("brand").filter(pk=application_id).first()
    mailbox = mailbox_of(application.brand) if application else None
    if application is None or mailbox is None:
        return False
    mail = _mail(application, mailbox, at)
    try:
        with Outbox(smtp_of(mailbox)) as outbox:
            handed = outbox.hand_over(
                sender=mailbox.address, to=[application.email], cc=[], raw=mail.as_bytes()
            )
    except ServerTrouble as trouble:
        raise MailWaits(str(trouble)) from trouble
    if handed.fate is Fate.TEMPORARY:
        raise MailWaits(handed.reason)
    if handed.fate is not Fate.SENT:
        logger.warning("The mail about application %s: %s", application_id, handed.fate.value)
    return handed.fate is Fate.SENT


def _found(brand: str, rows: QuerySet[Application]) -> Application:
    found = rows.select_related("brand").filter(brand__slug=brand).first()
    if found is None:
        raise BadLink("This application is not there any more: a newer one took its place.")
    return found


def _mail(application: Application, mailbox: Mailbox, at: datetime) -> EmailMessage:
    brand = application.brand
    waits = application.status == ApplicationStatus.UNCONFIRMED
    context = {
        "application": application,
        "brand": brand,
        "page": ApplicationPage.of(brand),
        "link": link(application) if waits else "",
        "days": GOOD_FOR.days,
    }
    mail = EmailMessage()
    mail["From"] = formataddr((in_header(mailbox.name or brand.name), mailbox.address))
    mail["To"] = application.email
    mail["Subject"] = in_header(
        f"Confirm your application to {brand.name}"
        if waits
        else f"Your application to {brand.name} is with us already"
    )
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = make_msgid(domain=mailbox.address.rpartition("@")[2])
    # No programme is to answer this.
    mail["Auto-Submitted"] = "auto-generated"
    text = render_to_string("crm/applications/mail.txt", context).strip()
    mail.set_content(f"{text}\n")
    return mail
