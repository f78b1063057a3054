"""What every act about an incident shares: who may, the row held, the entry written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from campaigns.services.concerned import HANDLERS
from campaigns.services.refusals import CampaignOutdated, CampaignRefused
from crm import audit
from crm.choices import IncidentAct, NotificationKind
from crm.models import Brand, Incident, IncidentEvent, User, UserRole
from crm.services.facts import mark_changed
from crm.services.notifications import notify_all

NOTE_MAX = 1_000


@dataclass(frozen=True)
class Rights:
    """What somebody may do with one incident."""

    # Read what happened, and its files.
    reads: bool
    # Contain it, resolve it, tick steps, add evidence.
    works: bool
    # Confirm, close, reopen, dismiss, change what it is.
    handles: bool


def rights_of(incident: Incident, user: User, role: str | None) -> Rights:
    """Legal and admins everything; its owner works on it; who reported it reads it."""
    handles = role in HANDLERS
    owns = role is not None and incident.owner_id == user.pk
    wrote = role is not None and incident.created_by_id == user.pk
    return Rights(reads=handles or owns or wrote, works=handles or owns, handles=handles)


def held(
    incident_id: int,
    brand: Brand,
    actor: User,
    *,
    is_for_handlers: bool = False,
    expected_version: int | None = None,
) -> Incident:
    """The row, held until the transaction ends. Raises CampaignRefused, Incident.DoesNotExist."""
    found = (
        Incident.objects.select_for_update(no_key=True, of=("self",))
        .select_related("brand", "relationship__creator", "relationship__owner", "owner")
        .get(pk=incident_id, brand=brand)
    )
    role = UserRole.objects.filter(brand=brand, user=actor).values_list("role", flat=True).first()
    rights = rights_of(found, actor, role)
    if is_for_handlers and not rights.handles:
        raise CampaignRefused("Legal or an admin does this.", code="not_yours")
    if not rights.works:
        raise CampaignRefused(
            "Its owner does this, legal or an admin. You can report another incident.",
            code="not_yours",
        )
    if expected_version is not None and found.version != expected_version:
        raise CampaignOutdated(
            f"Somebody changed this incident since you loaded it: it is "
            f"“{found.get_state_display().lower()}” now. Nothing of yours was saved; load it again."
        )
    return found


def words_of(text: str, field: str, most: int = NOTE_MAX, *, needed: str = "") -> str:
    """A text as it is kept. `needed`: what is said where there is none. Raises CampaignRefused."""
    said = text.replace("\0", "").replace("\r\n", "\n").strip()
    if needed and not said:
        raise CampaignRefused(needed, code="reason_needed", field=field)
    if len(said) > most:
        raise CampaignRefused(f"{most:,} characters are the most.", field=field)
    return said


def enter(
    incident: Incident,
    act: IncidentAct,
    actor: User | None,
    at: datetime,
    *,
    note: str = "",
    before: str = "",
) -> None:
    """Add what was done to its history."""
    IncidentEvent.objects.create(
        incident=incident,
        act=act,
        from_state=before,
        state=incident.state,
        actor=actor,
        at=at,
        note=note,
    )


def log(incident: Incident, verb: str, actor: User | None, at: datetime, **data: object) -> None:
    """Write it in the ledger: facts, and nothing of what is said to have happened."""
    audit.record(
        brand=incident.brand,
        verb=f"crm.incident.{verb}",
        target=incident,
        actor=actor,
        at=at,
        data=data,
    )


def facts_changed(incident: Incident) -> None:
    """The creator's risk is computed from it."""
    if incident.relationship is not None:
        mark_changed(
            brand=incident.brand,
            creator_ids=[incident.relationship.creator_id],
            cause="incident",
        )


def tell(
    incident: Incident, users: list[User], text: str, at: datetime, *, key: str = "", url: str
) -> None:
    """Tell people, with a link and without what happened."""
    notify_all(
        users=users,
        brand=incident.brand,
        kind=NotificationKind.INCIDENT,
        text=text,
        url=url,
        at=at,
        key=key,
    )
