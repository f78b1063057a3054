"""Deadlines of requests: who looks after one is told before and at it; then it is an incident."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q, QuerySet

from campaigns.choices import RemediationAct as Act
from campaigns.choices import RemediationState as State
from campaigns.models import Deliverable, Remediation
from campaigns.services.deliverables import gates, hours
from campaigns.services.deliverables.record import Actor, held
from campaigns.services.incidents.reporting import Seen, report
from campaigns.services.remediation.record import happened, tell
from crm.choices import IncidentKind, Severity
from crm.models import User

# Of working time: before the deadline, and after it until an incident is reported.
REMIND_WITHIN = timedelta(hours=4)
ESCALATE_AFTER = timedelta(hours=8)
# No longer in days, but over the longest of holidays.
_SOON = timedelta(days=7)


def chase(*, at: datetime) -> int:
    """Remind, declare overdue and escalate, each once; returns how many were told about.

    Each is a transaction of its own, so that one that fails holds up no other.
    """
    # All at once: those that wait for their moment must not keep later ones from theirs.
    due = _due(at).values_list("pk", "deliverable", "brand")
    return sum(_chase_one(*one, at) for one in list(due))


def _due(at: datetime) -> QuerySet[Remediation]:
    soon = Q(state=State.OPEN, due_at__lte=at + _SOON)
    return Remediation.objects.filter(soon | Q(state=State.OVERDUE)).order_by("due_at", "pk")


@transaction.atomic
def _chase_one(pk: int, deliverable_id: int, brand_id: int, at: datetime) -> bool:
    found = Remediation.objects.select_related("brand", "owner").get(pk=pk)
    piece = held(deliverable_id, found.brand, force=True)
    locked = (
        Remediation.objects.select_for_update(no_key=True, of=("self",), skip_locked=True)
        .select_related("brand", "owner", "review")
        .filter(pk=pk, brand=brand_id)
        .first()
    )
    if locked is None:
        return False
    locked.deliverable = piece
    week = gates.week_of(locked.brand)
    if locked.state == State.OPEN and locked.due_at <= at:
        happened(locked, Act.EXPIRE, Actor(), at)
        _tell(locked, piece, f"{hours.words(at, locked.due_at, week)}", at, "late")
        return True
    if locked.state == State.OPEN and not _is_reminded(locked):
        if hours.between(at, locked.due_at, week) > REMIND_WITHIN:
            return False
        happened(locked, Act.REMIND, Actor(), at)
        _tell(locked, piece, hours.words(at, locked.due_at, week), at, "soon")
        return True
    if locked.state == State.OVERDUE and hours.between(locked.due_at, at, week) >= ESCALATE_AFTER:
        _escalate(locked, piece, at)
        return True
    return False


def _is_reminded(remediation: Remediation) -> bool:
    """Whether somebody was told of this deadline; one that was moved is a new one."""
    acts = remediation.events.order_by("-at", "-pk").values_list("act", flat=True)
    for act in acts:
        if act == Act.REMIND:
            return True
        if act in {Act.ASK, Act.ASK_AGAIN}:
            return False
    return False


def _escalate(remediation: Remediation, piece: Deliverable, at: datetime) -> None:
    brand, campaign = remediation.brand, piece.engagement.campaign
    today = at.astimezone(ZoneInfo(brand.timezone)).date()
    verdict = remediation.review.get_verdict_display().lower()
    remediation.incident = report(
        brand=brand,
        seen=Seen(
            kind=IncidentKind.DISCLOSURE,
            severity=Severity.MEDIUM,
            what=f"The disclosure of “{piece}” was found {verdict}. The creator was asked "
            f"{remediation.times} time{'s' if remediation.times != 1 else ''} to put it right, the "
            f"last time by {remediation.due_at:%-d %B %Y}, and has not.",
            noticed_on=today,
            url=piece.published_url,
            owner=remediation.owner,
        ),
        actor=None,
        at=at,
        relationship=piece.engagement.relationship,
        campaigns=[campaign],
        origin=f"remediation:{remediation.pk}",
    )
    happened(remediation, Act.ESCALATE, Actor(), at, incident=remediation.incident.pk)


def _tell(remediation: Remediation, piece: Deliverable, words: str, at: datetime, key: str) -> None:
    asked: set[User] = set(gates.leaders(piece))
    if remediation.owner is not None:
        asked.add(remediation.owner)
    tell(
        remediation,
        asked,
        f"{piece.engagement.relationship.creator} was asked to put the disclosure of “{piece}” "
        f"right: {words}.",
        at,
        key=f"remediation-{key}:{remediation.pk}:{remediation.times}",
    )
