"""The pause switch: creators, or everything of a brand, stand still until somebody lifts it.

What asks whether something stands still: crm/outreach/guard.py for each mail that would leave, and
campaigns/services/holds.py for offers, contracts, approvals and publishing.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TypeVar

from django.db import IntegrityError, transaction
from django.db.models import F
from django.urls import reverse

from crm import audit
from crm.choices import IncidentAct, NotificationKind
from crm.models import Brand, Hold, Incident, IncidentEvent, Relationship, User
from crm.models.holds import Holding
from crm.services.notifications import notify_all

REASON_MAX = 500
H = TypeVar("H", bound=Holding)


class HoldRefused(Exception):
    """Nothing is paused or lifted; the message is fit for the user, `field` says where."""

    def __init__(self, message: str, *, code: str = "refused", field: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.field = field


@transaction.atomic
def pause(
    *,
    brand: Brand,
    relationship: Relationship | None,
    reason: str,
    until: datetime | None,
    actor: User,
    at: datetime,
    incident: Incident | None = None,
    tell: Iterable[User] = (),
) -> Hold:
    """Let a creator, or everything of the brand (None), stand still. Raises HoldRefused."""
    if relationship is not None and relationship.brand_id != brand.pk:
        raise HoldRefused("This creator is not among the brand's.", field="relationship")
    hold = Hold(brand=brand, relationship=relationship)
    return begin(hold, reason=reason, until=until, actor=actor, at=at, incident=incident, tell=tell)


@transaction.atomic
def lift(*, hold_id: int, brand: Brand, reason: str, actor: User, at: datetime) -> Hold:
    """Let it go on. Raises HoldRefused, Hold.DoesNotExist."""
    hold = Hold.objects.select_for_update(no_key=True, of=("self",)).select_related(
        "brand", "relationship__creator", "incident"
    )
    return end(hold.get(pk=hold_id, brand=brand), reason=reason, actor=actor, at=at)


@transaction.atomic
def end_what_ran_out(at: datetime) -> int:
    """Close the holds whose time is over; returns how many. They stopped nothing since then."""
    return Hold.objects.filter(lifted_at=None, until__lte=at).update(lifted_at=F("until"))


def begin(
    hold: H,
    *,
    reason: str,
    until: datetime | None,
    actor: User,
    at: datetime,
    incident: Incident | None,
    tell: Iterable[User],
) -> H:
    """Save a new hold of any kind, in the caller's transaction. Raises HoldRefused."""
    hold.reason = _said(reason, "Say why: whoever is stopped by it reads the reason.")
    if until is not None and until <= at:
        raise HoldRefused("This moment has passed: name a later one, or none.", field="until")
    if incident is not None and incident.brand_id != hold.brand_id:
        raise HoldRefused("There is no such incident in this brand.", field="incident")
    hold.since, hold.until, hold.by, hold.incident = at, until, actor, incident
    _close_ran_out(hold, at)
    try:
        with transaction.atomic():
            hold.save(force_insert=True)
    except IntegrityError as error:
        raise HoldRefused(
            f"{hold.subject} is paused already. Lift that first to change it.", code="paused"
        ) from error
    if incident is not None:
        _note(incident, IncidentAct.PAUSE, actor, at)
    url = reverse("campaigns:holds", args=[hold.brand.slug])
    notify_all(
        users=[user for user in tell if user != actor],
        brand=hold.brand,
        kind=NotificationKind.INCIDENT,
        text=f"{actor.display_name} paused it: {hold.subject}.",
        url=url,
        at=at,
    )
    _record(hold, "placed", actor, at)
    return hold


def end(hold: H, *, reason: str, actor: User, at: datetime) -> H:
    """Lift a hold of any kind, which the caller has locked. Raises HoldRefused."""
    if hold.lifted_at is not None or (hold.until is not None and hold.until <= at):
        raise HoldRefused("It is not paused any more.", code="not_paused")
    hold.lifted_because = _said(reason, "Say what has changed, so that it can go on.")
    # Clocks of two servers differ a little.
    hold.lifted_at, hold.lifted_by = max(at, hold.since), actor
    hold.save(update_fields=["lifted_at", "lifted_by", "lifted_because"])
    if hold.incident is not None:
        _note(hold.incident, IncidentAct.LIFT, actor, at)
    _record(hold, "lifted", actor, at)
    return hold


def _said(words: str, otherwise: str) -> str:
    said = " ".join(words.replace("\0", "").split())
    if not said:
        raise HoldRefused(otherwise, code="reason_needed", field="reason")
    if len(said) > REASON_MAX:
        raise HoldRefused(f"{REASON_MAX} characters at most.", field="reason")
    return said


def _close_ran_out(hold: Holding, at: datetime) -> None:
    """One that ended by itself stands in the way of a new one until it is closed."""
    names = [name for name in ("relationship", "campaign") if hasattr(type(hold), name)]
    subject = {name: getattr(hold, f"{name}_id") for name in names}
    rows = type(hold)._default_manager.filter(
        brand=hold.brand_id, lifted_at=None, until__lte=at, **subject
    )
    rows.update(lifted_at=F("until"))


def _note(incident: Incident, act: IncidentAct, actor: User, at: datetime) -> None:
    IncidentEvent.objects.create(
        incident=incident, act=act, state=incident.state, actor=actor, at=at
    )


def _record(hold: Holding, verb: str, actor: User, at: datetime) -> None:
    # The reason may name what somebody is said to have done: it stays in the row.
    audit.record(
        brand=hold.brand,
        verb=f"crm.hold.{verb}",
        target=hold,
        actor=actor,
        at=at,
        data={"until": hold.until, "incident": hold.incident_id},
        label=hold.subject,
    )
