"""Virtual creators: who owns the character, whom it is like, and whether they allowed it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import QuerySet

from campaigns.choices import BasedOn, DignityView, LikenessPart, PaperState
from campaigns.models import Likeness, VirtualCreator
from campaigns.services.contracts.files import Paper, checked_paper
from campaigns.services.days import today_of
from campaigns.services.refusals import CampaignOutdated, CampaignRefused
from campaigns.services.registers import checking
from crm import audit
from crm.choices import CreatorType
from crm.models import Brand, Relationship, User
from crm.stored import Store

STORE = Store("consents")
PEOPLE_MAX = 20


@dataclass(frozen=True)
class Wanted:
    """What is to be known of the character. Empty or None: nobody knows."""

    owner: str = ""
    contact_name: str = ""
    contact_email: str = ""
    is_ai_made: bool | None = None
    based_on: str = ""
    ip_owner: str = ""
    ip_terms: str = ""
    ip_until: date | None = None
    # Whether it respects whom it is like; whoever saves it looked, on the brand's day.
    dignity: str = ""
    dignity_note: str = ""


@dataclass(frozen=True)
class Person:
    """Somebody whom the character is like."""

    person: str
    parts: Sequence[str]
    # "held", "none"; empty: nobody asked.
    consent: str = ""
    scope: str = ""
    valid_from: date | None = None
    valid_until: date | None = None


@transaction.atomic
def save(
    *,
    relationship: Relationship,
    wanted: Wanted,
    actor: User,
    at: datetime,
    expected_version: int | None,
) -> VirtualCreator:
    """Write down what is known; before the first, its version is 0. Raises CampaignRefused."""
    held = _locked(relationship)
    row = VirtualCreator.objects.filter(relationship=held).first() or VirtualCreator(
        relationship=held, created_by=actor, created_at=at, version=0
    )
    _refuse_old(row.version, expected_version)
    says = _checked(wanted)
    before = {name: getattr(row, name) for name in says}
    if row.version and says["based_on"] == BasedOn.NOBODY and _people(row).exists():
        raise CampaignRefused(
            "It cannot be modelled on nobody: people are written down below. Put them away first.",
            field="based_on",
        )
    for name, value in says.items():
        setattr(row, name, value)
    if (says["dignity"], says["dignity_note"]) != (before["dignity"], before["dignity_note"]):
        row.dignity_by = actor if says["dignity"] else None
        row.dignity_on = today_of(held.brand, at) if says["dignity"] else None
    changed = sorted(name for name in says if says[name] != before[name])
    if not changed and row.version:
        return row
    row.version += 1
    row.save()
    _log("written", row, actor, at, fields=changed)
    return row


@transaction.atomic
def save_person(
    *,
    relationship: Relationship,
    wanted: Person,
    actor: User,
    at: datetime,
    paper: Paper | None = None,
    likeness_id: int | None = None,
    expected_version: int | None = None,
) -> Likeness:
    """Add somebody whom the character is like, or change what is known of their consent.

    Raises CampaignRefused, Likeness.DoesNotExist.
    """
    held = _locked(relationship)
    says = _checked_person(wanted)
    if likeness_id is None:
        row = _new_person(held, actor, at)
    else:
        row = _people_of(held).get(pk=likeness_id)
        _refuse_old(row.version, expected_version)
    names = (*says, "file_sha256")
    before = {name: getattr(row, name) for name in names}
    for name, value in says.items():
        setattr(row, name, value)
    if row.consent != PaperState.HELD:
        if paper is not None:
            raise CampaignRefused(
                "A paper shows a consent: say that there is one.", field="consent"
            )
        row.file_name, row.file_type, row.file_size, row.file_sha256 = "", "", None, ""
    elif paper is not None:
        row.file_name, row.file_type = paper.name, paper.content_type
        row.file_size, row.file_sha256 = paper.size, paper.sha256
    changed = sorted(name for name in names if getattr(row, name) != before[name])
    if not changed and row.version:
        return row
    row.version += 1
    row.save()
    is_held = row.consent == PaperState.HELD
    _log("likeness", row.virtual, actor, at, fields=changed, has_consent=is_held, likeness=row.pk)
    return row


@transaction.atomic
def put_away(
    *, relationship: Relationship, likeness_id: int, actor: User, at: datetime
) -> Likeness:
    """Somebody whom the character is not like (any more). Raises Likeness.DoesNotExist."""
    held = _locked(relationship)
    row = _people_of(held).get(pk=likeness_id)
    row.archived_at = at
    row.version += 1
    row.save()
    _log("put_away", row.virtual, actor, at, likeness=row.pk)
    return row


def keep(*, brand: Brand, name: str, content: bytes) -> Paper:
    """Store the paper of a consent. Raises CampaignRefused."""
    return checked_paper(STORE, brand=brand, name=name, content=content)


def remove_orphans(brand: Brand, *, at: datetime) -> int:
    """Delete the papers that no consent has any more, put away or not; returns how many."""

    def needed(digests: set[str]) -> set[str]:
        rows = Likeness.objects.filter(brand=brand, file_sha256__in=digests)
        return set(rows.values_list("file_sha256", flat=True))

    return STORE.remove_orphans(brand.pk, needed=needed, at=at)


def _locked(relationship: Relationship) -> Relationship:
    """Held until the transaction ends. Raises CampaignRefused for a creator who is a person."""
    rows = Relationship.objects.select_for_update(no_key=True, of=("self",)).select_related(
        "brand", "creator"
    )
    held = rows.get(pk=relationship.pk)
    if held.creator.creator_type != CreatorType.VIRTUAL:
        raise CampaignRefused(
            f"{held.creator} is no virtual creator. Change that on the creator's page first.",
            code="not_virtual",
        )
    return held


def _new_person(held: Relationship, actor: User, at: datetime) -> Likeness:
    virtual, _ = VirtualCreator.objects.get_or_create(
        relationship=held, defaults={"created_by": actor, "created_at": at}
    )
    if virtual.based_on == BasedOn.NOBODY:
        raise CampaignRefused(
            "Somebody wrote down that it is modelled on nobody. Change that first.",
            code="based_on_nobody",
        )
    if _people(virtual).count() >= PEOPLE_MAX:
        raise CampaignRefused(f"{PEOPLE_MAX} people are the most.", code="too_many")
    if not virtual.based_on:
        virtual.based_on = BasedOn.PEOPLE
        virtual.version += 1
        virtual.save()
    return Likeness(virtual=virtual, brand=held.brand, created_by=actor, created_at=at, version=0)


def _people(virtual: VirtualCreator) -> QuerySet[Likeness]:
    return Likeness.objects.filter(virtual=virtual, archived_at=None)


def _people_of(held: Relationship) -> QuerySet[Likeness]:
    return Likeness.objects.select_related("virtual").filter(
        virtual__relationship=held, archived_at=None
    )


def _refuse_old(version: int, expected: int | None) -> None:
    if expected is not None and version != expected:
        raise CampaignOutdated(
            "Somebody changed this since you loaded the page; nothing of yours was saved."
        )


def _checked(wanted: Wanted) -> dict[str, Any]:
    says = asdict(wanted)
    for name, most in (("owner", 200), ("contact_name", 120), ("ip_owner", 200)):
        says[name] = checking.line(says[name], name, most)
    for name in ("ip_terms", "dignity_note"):
        says[name] = checking.line(says[name], name, 500)
    says["contact_email"] = _email(says["contact_email"])
    _of(says["based_on"], ["", *BasedOn.values], "based_on")
    _of(says["dignity"], ["", *DignityView.values], "dignity")
    checking.day(says["ip_until"], "ip_until")
    if says["ip_until"] and not says["ip_owner"]:
        raise CampaignRefused("Say who holds the rights.", field="ip_owner")
    if bool(says["dignity"]) != bool(says["dignity_note"]):
        field = "dignity_note" if says["dignity"] else "dignity"
        raise CampaignRefused("Say what you found, and why.", field=field)
    return says


def _checked_person(wanted: Person) -> dict[str, Any]:
    says = asdict(wanted)
    says["person"] = checking.line(says["person"], "person", 200, "Write down who it is.")
    for part in says["parts"]:
        _of(part, LikenessPart.values, "parts")
    says["parts"] = [part for part in LikenessPart.values if part in says["parts"]]
    if not says["parts"]:
        raise CampaignRefused("Say what of the person the character has.", field="parts")
    _of(says["consent"], ["", *PaperState.values], "consent")
    says["scope"] = checking.line(says["scope"], "scope", 500)
    for name in ("valid_from", "valid_until"):
        checking.day(says[name], name)
    checking.in_order(says["valid_from"], says["valid_until"], "valid_until")
    if says["consent"] != PaperState.HELD and (
        says["scope"] or says["valid_from"] or says["valid_until"]
    ):
        raise CampaignRefused("Days and what it is for belong to a consent.", field="consent")
    return says


def _email(text: str) -> str:
    email = checking.line(text, "contact_email", 254).lower()
    if email:
        try:
            validate_email(email)
        except ValidationError as error:
            raise CampaignRefused("This is no e-mail address.", field="contact_email") from error
    return email


def _of(value: str, allowed: Sequence[str], field: str) -> None:
    if value not in allowed:
        raise CampaignRefused("Choose one of the list.", field=field)


def _log(verb: str, row: VirtualCreator, actor: User, at: datetime, **data: Any) -> None:
    held = row.relationship
    audit.record(
        brand=held.brand,
        verb=f"campaigns.virtual.{verb}",
        target=row,
        actor=actor,
        at=at,
        # Names and addresses stay in the rows: the ledger keeps which of them changed.
        data={"relationship": held.pk} | data,
        label=held.creator.name,
    )
