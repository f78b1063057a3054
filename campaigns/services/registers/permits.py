"""Permits and entries in registers: written down, changed, put away; with the paper itself."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from campaigns.choices import PaperKind, PaperState
from campaigns.models import Permit
from campaigns.services.contracts.files import Paper
from campaigns.services.days import today_of
from campaigns.services.refusals import CampaignOutdated, CampaignRefused
from campaigns.services.registers import checking
from campaigns.services.registers.looking import look
from crm import audit
from crm.models import Brand, Relationship, User

PERMITS_MAX = 100


@dataclass(frozen=True)
class Wanted:
    """What the register is to say."""

    jurisdiction: str
    kind: str
    state: str = PaperState.HELD.value
    number: str = ""
    valid_from: date | None = None
    valid_until: date | None = None
    # The day on which whoever saves it compared it with the public register; None: nobody did.
    checked_on: date | None = None
    checked_at_url: str = ""
    note: str = ""


@transaction.atomic
def save_permit(
    *,
    relationship: Relationship,
    wanted: Wanted,
    actor: User,
    at: datetime,
    permit_id: int | None = None,
    expected_version: int | None = None,
    paper: Paper | None = None,
    looks: bool = True,
) -> Permit:
    """Add a paper to the register, or change one. Raises CampaignRefused, Permit.DoesNotExist.

    Without `looks` whoever calls looks at the registers when all papers are written.
    """
    brand = relationship.brand
    if permit_id is None:
        if Permit.objects.filter(relationship=relationship).count() >= PERMITS_MAX:
            raise CampaignRefused(f"{PERMITS_MAX} are the most for one creator.", code="too_many")
        permit = Permit(
            brand=brand, relationship=relationship, created_by=actor, created_at=at, version=0
        )
    else:
        permit = _taken(permit_id, brand, expected_version)
    before = _facts(permit) if permit_id else {}
    says = _checked(wanted, today_of(brand, at))
    is_compared = says["checked_on"] and says["checked_on"] != permit.checked_on
    for name, value in says.items():
        setattr(permit, name, value)
    if is_compared:
        permit.checked_by = actor
    elif permit.checked_on is None:
        permit.checked_by = None
    if paper is not None:
        permit.file_name, permit.file_type = paper.name, paper.content_type
        permit.file_size, permit.file_sha256 = paper.size, paper.sha256
    after = _facts(permit)
    if before == after:
        return permit
    permit.version += 1
    permit.save()
    if looks:
        look(brand=brand, relationships=[relationship], at=at)
    changed = {
        name: [before.get(name), after[name]] for name in after if before.get(name) != after[name]
    }
    _log("changed" if permit_id else "added", permit, actor, at, changed)
    return permit


@transaction.atomic
def put_away(
    *, permit_id: int, brand: Brand, actor: User, at: datetime, expected_version: int | None
) -> Permit:
    """It should not count any more; it stays in the record. Raises as `save_permit`."""
    permit = _taken(permit_id, brand, expected_version)
    permit.archived_at = at
    permit.version += 1
    permit.save()
    look(brand=brand, relationships=[permit.relationship], at=at)
    _log("put_away", permit, actor, at, {})
    return permit


def _taken(permit_id: int, brand: Brand, expected_version: int | None) -> Permit:
    rows = Permit.objects.in_use().select_for_update(no_key=True, of=("self",))
    permit = rows.select_related("relationship__creator", "relationship__brand").get(
        pk=permit_id, brand=brand
    )
    if expected_version is not None and permit.version != expected_version:
        raise CampaignOutdated(
            "Somebody changed this entry since you loaded the page; nothing of yours was saved."
        )
    return permit


def _checked(wanted: Wanted, today: date) -> dict[str, Any]:
    says = asdict(wanted)
    says["jurisdiction"] = checking.jurisdiction(wanted.jurisdiction)
    if wanted.kind not in PaperKind.values:
        raise CampaignRefused("Choose a permit or a register.", field="kind")
    if wanted.state not in PaperState.values:
        raise CampaignRefused("Choose whether the creator has it.", field="state")
    has_it = wanted.state == PaperState.HELD
    says["number"] = checking.line(
        wanted.number, "number", 80, "Write the number down." if has_it else ""
    )
    if not has_it and (says["number"] or wanted.valid_until):
        raise CampaignRefused("Who has none has no number and no last day.", field="state")
    for name in ("valid_from", "valid_until"):
        checking.day(says[name], name)
    checking.in_order(wanted.valid_from, wanted.valid_until, "valid_until")
    checking.day(wanted.checked_on, "checked_on", until=today)
    says["checked_at_url"] = _address(wanted.checked_at_url)
    says["note"] = checking.line(wanted.note, "note", 500)
    return says


def _address(text: str) -> str:
    url = checking.line(text, "checked_at_url", 500)
    if url and not url.startswith(("https://", "http://")):
        raise CampaignRefused("An address begins with https://.", field="checked_at_url")
    return url


def _facts(permit: Permit) -> dict[str, Any]:
    return {name: getattr(permit, name) for name in (*Wanted.__dataclass_fields__, "file_sha256")}


def _log(verb: str, permit: Permit, actor: User, at: datetime, changed: dict[str, Any]) -> None:
    audit.record(
        brand=permit.brand,
        verb=f"campaigns.permit.{verb}",
        target=permit,
        actor=actor,
        at=at,
        # Numbers and remarks name a person: the ledger keeps that they changed.
        data={"relationship": permit.relationship_id, "jurisdiction": permit.jurisdiction}
        | {name: True if name in {"number", "note"} else pair for name, pair in changed.items()},
        label=permit.relationship.creator.name,
    )
