"""The register of what people ask about their data: who asked what, until when, what came of it."""

from __future__ import annotations

import calendar
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.urls import reverse

from crm import audit
from crm.choices import (
    IdentityCheck,
    NotificationKind,
    RequestKind,
    RequestOrigin,
    RequestStatus,
    Role,
)
from crm.models import Brand, PrivacyRequest, Relationship, User, UserRole
from crm.services.notifications import notify_all
from crm.services.privacy import standing
from crm.services.privacy.refusals import PrivacyRefused

# Who answers: as crm/permissions.py has it, which stands above the services.
ROLES = (Role.LEGAL, Role.ADMIN)
# Regulation (EU) 2016/679, article 12(3): one month, and two more where it is complex.
MONTHS, MORE_AT_MOST = 1, 2
TEXT_MAX, NAME_MAX, OUTCOME_MAX, REASON_MAX = 2_000, 200, 500, 300
# What is done at once: nobody has to show who they are to be left alone.
_AT_ONCE = (RequestKind.MARKETING, RequestKind.PROFILING)


@transaction.atomic
def open_request(
    *,
    brand: Brand,
    kind: RequestKind,
    origin: RequestOrigin,
    received_on: date,
    at: datetime,
    relationship: Relationship | None = None,
    name: str = "",
    text: str = "",
    actor: User | None = None,
) -> PrivacyRequest:
    """Write down what somebody asked, and tell who answers. Raises PrivacyRefused.

    Objections to advertising and to profiling take effect at once.
    """
    name = " ".join((name or (relationship.creator.name if relationship else "")).split())
    if not name:
        raise PrivacyRefused("Say who asks.", "name")
    if received_on > at.astimezone(ZoneInfo(brand.timezone)).date():
        raise PrivacyRefused("It cannot have come after today.", "received_on")
    request = PrivacyRequest(
        brand=brand,
        relationship=relationship,
        name=name[:NAME_MAX],
        kind=kind,
        origin=origin,
        text=text.strip()[:TEXT_MAX],
        received_on=received_on,
        due_on=months_after(received_on, MONTHS),
        identity=IdentityCheck.NOT_NEEDED if kind in _AT_ONCE else IdentityCheck.WAITING,
        created_by=actor,
        created_at=at,
    )
    try:
        with transaction.atomic():
            request.save()
    except IntegrityError:
        raise PrivacyRefused(
            "This was asked already, and is being looked after.", code="asked_already"
        ) from None
    if relationship is not None and kind in _AT_ONCE:
        standing.leave_alone(relationship=relationship, kind=kind, actor=actor, at=at)
    held = UserRole.objects.filter(brand=brand, role__in=ROLES)
    notify_all(
        users=User.objects.filter(pk__in=held.values("user"), is_active=True),
        brand=brand,
        kind=NotificationKind.TASK,
        text=f"Somebody asked about their data: {kind.label.lower()}, by {request.due_on:%-d %B}",
        url=reverse("crm:privacy_request", args=[brand.slug, request.pk]),
        at=at,
        key=f"privacy:{request.pk}",
    )
    _record(request, "crm.privacy.asked", actor, at, due_on=request.due_on)
    return request


@transaction.atomic
def check_identity(
    *, request_id: int, brand: Brand, how: str, actor: User, at: datetime
) -> PrivacyRequest:
    """It is known that who asks is who they say, and how. Raises PrivacyRefused."""
    request = _open(request_id, brand)
    how = " ".join(how.split())[:REASON_MAX]
    if not how:
        raise PrivacyRefused(
            "Say how it was checked, e.g. an answer from the known address.", "how"
        )
    request.identity, request.identity_note = IdentityCheck.CONFIRMED, how
    request.save(update_fields=["identity", "identity_note"])
    _record(request, "crm.privacy.identity_checked", actor, at)
    return request


@transaction.atomic
def extend(
    *, request_id: int, brand: Brand, months: int, because: str, actor: User, at: datetime
) -> PrivacyRequest:
    """Take longer, with the reason that the person is told. Raises PrivacyRefused."""
    request = _open(request_id, brand)
    because = " ".join(because.split())[:REASON_MAX]
    if request.extended_because:
        raise PrivacyRefused("The time was extended already; the law allows it once.", "months")
    if not 1 <= months <= MORE_AT_MOST:
        raise PrivacyRefused(f"{MORE_AT_MOST} further months are the most.", "months")
    if not because:
        raise PrivacyRefused("Say why: the person has to be told.", "because")
    if at.astimezone(ZoneInfo(brand.timezone)).date() > request.due_on:
        raise PrivacyRefused("The time is over: it can only be extended before.", "months")
    request.due_on = months_after(request.received_on, MONTHS + months)
    request.extended_because = because
    request.save(update_fields=["due_on", "extended_because"])
    _record(request, "crm.privacy.extended", actor, at, due_on=request.due_on)
    return request


@transaction.atomic
def close(
    *,
    request_id: int,
    brand: Brand,
    status: RequestStatus,
    outcome: str,
    actor: User,
    at: datetime,
) -> PrivacyRequest:
    """It is answered: what was done, or why not. Raises PrivacyRefused."""
    request = _open(request_id, brand)
    outcome = outcome.strip()[:OUTCOME_MAX]
    if status == RequestStatus.OPEN:
        raise PrivacyRefused("Say whether it was done or refused.", "status")
    if not outcome:
        raise PrivacyRefused("Say what they were answered.", "outcome")
    is_done = status == RequestStatus.DONE
    if is_done and request.identity == IdentityCheck.WAITING:
        raise PrivacyRefused("First say how you know that it is them.", "status")
    if is_done and request.kind == RequestKind.ERASURE and request.relationship is not None:
        raise PrivacyRefused("Erase them: that closes the request.", "status")
    if is_done and request.kind == RequestKind.RESTRICTION and request.relationship is not None:
        standing.leave_alone(
            relationship=request.relationship, kind=RequestKind.RESTRICTION, actor=actor, at=at
        )
    request.status, request.outcome = status, outcome
    request.closed_at, request.closed_by = at, actor
    request.save(update_fields=["status", "outcome", "closed_at", "closed_by"])
    _record(request, "crm.privacy.closed", actor, at, status=status)
    return request


def months_after(day: date, months: int) -> date:
    """The same day of a later month, or its last one where that is shorter."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def _open(request_id: int, brand: Brand) -> PrivacyRequest:
    request = (
        PrivacyRequest.objects.select_for_update(no_key=True, of=("self",))
        .select_related("brand", "relationship__creator", "relationship__brand")
        .get(pk=request_id, brand=brand)
    )
    if request.status != RequestStatus.OPEN:
        raise PrivacyRefused("It is closed already.", code="closed")
    return request


def _record(
    request: PrivacyRequest, verb: str, actor: User | None, at: datetime, **data: object
) -> None:
    audit.record(
        brand=request.brand,
        verb=verb,
        target=request,
        actor=actor,
        at=at,
        data={"kind": RequestKind(request.kind), **data},
        label=f"request {request.pk}",
    )
