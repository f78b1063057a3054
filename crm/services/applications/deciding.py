"""What becomes of an application: a person decides, and can take it back."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from crm import audit
from crm.choices import ApplicationStatus
from crm.models import Application, Brand, Relationship, User
from crm.services.applications import making
from crm.services.applications.telling import tell_team
from crm.services.promised_tasks import promise

REASON_MAX = 300
_WAITING = (ApplicationStatus.OPEN, ApplicationStatus.UNCONFIRMED)


class DecisionRefused(Exception):
    """Nothing was changed; the message is fit for the user, `code` for a program."""

    def __init__(self, message: str, code: str = "refused") -> None:
        super().__init__(message)
        self.code = code


@transaction.atomic
def accept(
    *,
    application_id: int,
    brand: Brand,
    actor: User,
    at: datetime,
    relationship: Relationship | None = None,
    expected_version: int | None = None,
) -> making.Made:
    """Make the applicant a prospect, or add what they gave to the creator of `relationship`.

    Accounts of other creators are left out, and named in the answer. Raises DecisionRefused.
    """
    application = _locked(application_id, brand, expected_version)
    if application.status not in _WAITING:
        raise DecisionRefused(f"{application} is decided already: {_standing(application)}.")
    try:
        with transaction.atomic():
            made = making.make(application, relationship, actor, at)
    except making.CannotMake as refusal:
        raise DecisionRefused(str(refusal), refusal.code) from refusal
    application.status = ApplicationStatus.ACCEPTED
    application.relationship, application.made = made.relationship, made.ids
    _decide(application, actor, at, "crm.application.accepted", made.ids)
    if "creator" in made.ids:
        promise("crm.tasks.find_twins", brand_id=brand.pk, creator_id=made.ids["creator"])
    return made


def decline(
    *,
    application_id: int,
    brand: Brand,
    reason: str,
    actor: User,
    at: datetime,
    expected_version: int | None = None,
) -> Application:
    """Say no, with the reason for ourselves; nothing is sent. Raises DecisionRefused."""
    reason = " ".join(reason.split())[:REASON_MAX]
    if not reason:
        raise DecisionRefused("Say why, so that a colleague understands it later.", "reason_needed")
    return _put_away(
        ApplicationStatus.DECLINED,
        application_id=application_id,
        brand=brand,
        reason=reason,
        actor=actor,
        at=at,
        expected_version=expected_version,
    )


def mark_spam(
    *,
    application_id: int,
    brand: Brand,
    actor: User,
    at: datetime,
    expected_version: int | None = None,
) -> Application:
    """Say that no person who creates anything wrote it. Raises DecisionRefused."""
    return _put_away(
        ApplicationStatus.SPAM,
        application_id=application_id,
        brand=brand,
        reason="",
        actor=actor,
        at=at,
        expected_version=expected_version,
    )


@transaction.atomic
def take_up(*, application_id: int, brand: Brand, actor: User, at: datetime) -> Application:
    """Put one whose address was never confirmed into the queue. Raises DecisionRefused."""
    application = _locked(application_id, brand, None)
    if application.status != ApplicationStatus.UNCONFIRMED:
        raise DecisionRefused(f"{application} is in the queue or decided already.")
    application.status = ApplicationStatus.OPEN
    application.version += 1
    application.save(update_fields=["status", "version"])
    tell_team(application, at)
    _record(application, "crm.application.taken_up", actor, at, {})
    return application


@transaction.atomic
def undo(*, application_id: int, brand: Brand, actor: User, at: datetime) -> Application:
    """Put a decided application back into the queue; what accepting it made goes again.

    Raises DecisionRefused where others have built on it since.
    """
    application = _locked(application_id, brand, None)
    if application.status in _WAITING:
        raise DecisionRefused(f"{application} is not decided yet.")
    before = application.status
    made, relationship = application.made, application.relationship
    application.status = ApplicationStatus.OPEN
    application.relationship, application.made = None, {}
    application.decided_at, application.decided_by, application.reason = None, None, ""
    application.version += 1
    try:
        with transaction.atomic():
            application.save()
            if relationship is not None:
                making.unmake(made, relationship, at)
    except making.CannotMake as refusal:
        raise DecisionRefused(str(refusal), refusal.code) from refusal
    except IntegrityError:
        raise DecisionRefused(
            "The same person applied again since, and that application waits in the queue. "
            "Decide about that one."
        ) from None
    _record(application, "crm.application.undone", actor, at, {"was": before, "took_out": made})
    return application


@transaction.atomic
def _put_away(
    status: ApplicationStatus,
    *,
    application_id: int,
    brand: Brand,
    reason: str,
    actor: User,
    at: datetime,
    expected_version: int | None,
) -> Application:
    application = _locked(application_id, brand, expected_version)
    if application.status not in _WAITING:
        raise DecisionRefused(f"{application} is decided already: {_standing(application)}.")
    application.status, application.reason = status, reason
    _decide(application, actor, at, f"crm.application.{status.value}", {})
    return application


def _locked(application_id: int, brand: Brand, expected_version: int | None) -> Application:
    application = (
        Application.objects.select_for_update(no_key=True, of=("self",))
        .select_related("brand", "relationship__creator")
        .filter(pk=application_id, brand=brand)
        .first()
    )
    if application is None:
        raise DecisionRefused("The application is not there any more: it was erased.", "gone")
    if expected_version is not None and application.version != expected_version:
        raise DecisionRefused(
            f"Somebody was quicker. {application}: {_standing(application)}.", "outdated"
        )
    return application


def _standing(application: Application) -> str:
    words = ApplicationStatus(application.status).label.lower()
    who = application.decided_by
    return f"{words} by {who.display_name}" if who else words


def _decide(
    application: Application, actor: User, at: datetime, verb: str, data: dict[str, object]
) -> None:
    application.decided_at, application.decided_by = at, actor
    application.version += 1
    application.save()
    _record(application, verb, actor, at, data)


def _record(
    application: Application, verb: str, actor: User, at: datetime, data: dict[str, object]
) -> None:
    audit.record(
        brand=application.brand,
        verb=verb,
        target=application,
        actor=actor,
        at=at,
        data=data,
        label=f"application {application.pk}",
    )
