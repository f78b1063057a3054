"""That a creator stands for a cause, and what shows it."""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction

from campaigns.causes.taxonomy import standard
from campaigns.models import CauseEvidence, CauseTag
from campaigns.services.contracts.files import Paper
from campaigns.services.days import today_of
from campaigns.services.refusals import CampaignRefused
from campaigns.services.registers import checking
from crm import audit
from crm.models import Relationship, User
from crm.services.facts import mark_changed

NOTE_MAX = 500
EVIDENCE_MAX = 100


@transaction.atomic
def tag(
    *, relationship: Relationship, cause: str, note: str, actor: User, at: datetime
) -> CauseTag:
    """Say that the creator stands for a cause. Raises CampaignRefused."""
    if cause not in standard().causes:
        raise CampaignRefused("Choose a cause of the list.", field="cause")
    said = checking.line(note, "note", NOTE_MAX)
    try:
        with transaction.atomic():
            made = CauseTag.objects.create(
                brand=relationship.brand,
                relationship=relationship,
                cause=cause,
                note=said,
                by=actor,
                created_at=at,
            )
    except IntegrityError as error:
        raise CampaignRefused("The creator has this cause already.", field="cause") from error
    _record(made, "added", actor, at)
    return made


@transaction.atomic
def remove(*, tag_id: int, relationship: Relationship, actor: User, at: datetime) -> CauseTag:
    """The creator stands for it no more, or never did; its evidence stays in the record.

    Raises CauseTag.DoesNotExist.
    """
    rows = CauseTag.objects.select_for_update(no_key=True, of=("self",)).select_related(
        "brand", "relationship"
    )
    found = rows.get(pk=tag_id, relationship=relationship, removed_at=None)
    found.removed_at, found.removed_by = max(at, found.created_at), actor
    found.save(update_fields=["removed_at", "removed_by"])
    _record(found, "removed", actor, at)
    return found


@transaction.atomic
def add_evidence(
    *,
    tag_id: int,
    relationship: Relationship,
    what: str,
    on: date,
    url: str,
    paper: Paper | None,
    actor: User,
    at: datetime,
) -> CauseEvidence:
    """Keep what shows it: a link or a file. Raises CampaignRefused, CauseTag.DoesNotExist."""
    rows = CauseTag.objects.select_for_update(no_key=True, of=("self",)).select_related(
        "brand", "relationship"
    )
    found = rows.get(pk=tag_id, relationship=relationship, removed_at=None)
    if found.evidence.count() >= EVIDENCE_MAX:
        raise CampaignRefused(f"{EVIDENCE_MAX} pieces are the most.", code="too_many")
    address = address_of(url)
    if not address and paper is None:
        raise CampaignRefused("Give a link or a file: something has to show it.", field="url")
    made = CauseEvidence.objects.create(
        tag=found,
        what=checking.line(what, "what", 300, "Say what it shows."),
        on=checking.day(on, "on", until=today_of(found.brand, at)) or on,
        url=address,
        by=actor,
        created_at=at,
        **fields_of(paper),
    )
    _record(found, "shown", actor, at)
    return made


def address_of(url: str) -> str:
    """An address of the web, tidied; empty where there is none. Raises CampaignRefused."""
    address = checking.line(url, "url", 500)
    if address and not address.startswith(("https://", "http://")):
        raise CampaignRefused("Begin the address with https://.", field="url")
    return address


def fields_of(paper: Paper | None) -> dict[str, object]:
    """The columns of a kept file."""
    if paper is None:
        return {}
    return {
        "file_name": paper.name,
        "file_type": paper.content_type,
        "file_size": paper.size,
        "file_sha256": paper.sha256,
    }


def _record(found: CauseTag, verb: str, actor: User, at: datetime) -> None:
    relationship = found.relationship
    mark_changed(brand=found.brand, creator_ids=[relationship.creator_id], cause="causes")
    audit.record(
        brand=found.brand,
        verb=f"campaigns.cause.{verb}",
        target=relationship,
        actor=actor,
        at=at,
        data={"key": found.cause},
        label=relationship.creator.name,
    )
