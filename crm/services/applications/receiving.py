"""An application comes in: one for each e-mail address at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import IntegrityError, transaction

from crm import audit
from crm.choices import ApplicationStatus
from crm.models import Application, ApplicationAccount, ApplicationPage
from crm.services.applications.confirming import mailbox_of
from crm.services.applications.telling import tell_team

_STANDING = (ApplicationStatus.UNCONFIRMED, ApplicationStatus.OPEN)


class ApplicationRefused(Exception):
    """Nothing was kept; the message is fit for the applicant, `field` says where."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class Account:
    """An account as they gave it: the handle normalised."""

    platform: str
    handle: str
    url: str = ""
    followers: int | None = None


@dataclass(frozen=True)
class Given:
    """What somebody wrote in the form."""

    name: str
    email: str
    country: str
    why: str
    consent_version: int
    topics: str = ""
    accounts: Sequence[Account] = field(default=())


def receive(*, page: ApplicationPage, given: Given, at: datetime) -> Application:
    """Keep an application; the one that stands already where it waits for a decision.

    Callers tell the applicant the same in both cases. One whose address was never confirmed makes
    way for the newer one. Raises ApplicationRefused.
    """
    if not page.is_open:
        raise ApplicationRefused(f"{page.brand} takes no applications at the moment.")
    if given.consent_version != page.consent_version:
        raise ApplicationRefused(
            "The text below that you agree to has changed while you wrote. Read it again.",
            "consent",
        )
    if not given.accounts:
        raise ApplicationRefused("Name one account at least.", "handle_1")
    try:
        return _keep(page, given, at)
    except IntegrityError:
        # The same form came twice at the same moment.
        there = Application.objects.filter(brand=page.brand, email=given.email.lower())
        standing = there.filter(status__in=_STANDING).first()
        if standing is None:
            raise
        return standing


@transaction.atomic
def _keep(page: ApplicationPage, given: Given, at: datetime) -> Application:
    brand, email = page.brand, given.email.lower()
    rows = Application.objects.select_for_update(no_key=True).filter(brand=brand, email=email)
    standing = rows.filter(status__in=_STANDING).first()
    if standing is not None and standing.status == ApplicationStatus.OPEN:
        return standing
    if standing is not None:
        standing.delete()
    is_hidden = mailbox_of(brand) is not None
    application = Application.objects.create(
        brand=brand,
        status=ApplicationStatus.UNCONFIRMED if is_hidden else ApplicationStatus.OPEN,
        name=given.name,
        email=email,
        country=given.country,
        topics=given.topics,
        why=given.why,
        consent_text=page.consent_text,
        consent_version=page.consent_version,
        min_age=page.min_age,
        submitted_at=at,
    )
    ApplicationAccount.objects.bulk_create(
        ApplicationAccount(
            application=application,
            platform_id=account.platform,
            handle=account.handle,
            url=account.url,
            followers=account.followers,
        )
        for account in given.accounts
    )
    if not is_hidden:
        tell_team(application, at)
    audit.record(
        brand=brand,
        verb="crm.application.received",
        target=application,
        at=at,
        data={"consent_version": page.consent_version, "replaces": standing is not None},
        label=f"application {application.pk}",
    )
    return application
