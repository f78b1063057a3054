"""Runbooks: what is done when, by kind; the brand's own words, or those the product brings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from django.db import transaction

from campaigns.services.refusals import CampaignOutdated, CampaignRefused
from crm import audit
from crm.choices import IncidentKind, RunbookPhase
from crm.data_files import read_yaml
from crm.models import Brand, Incident, Runbook, User

FILE = Path(__file__).with_name("runbooks.yaml")
STEP_MAX, STEPS_MAX, STATEMENT_MAX = 300, 20, 2_000


@dataclass(frozen=True)
class Book:
    """The steps and the holding statement for a kind. `version` 0: as the product brings it."""

    kind: IncidentKind
    steps: Mapping[RunbookPhase, Sequence[str]]
    statement: str
    version: int = 0

    def all_steps(self) -> Iterator[tuple[RunbookPhase, str]]:
        """In the order in which they are due."""
        for phase in RunbookPhase:
            for text in self.steps[phase]:
                yield phase, text


@cache
def usual(kind: IncidentKind) -> Book:
    """What the product brings: of the kind first, then what every incident has."""
    form = read_yaml(FILE)
    own, common = form["kinds"][kind.value], form["common"]
    steps = {
        phase: (*own.get(phase.value, ()), *common.get(phase.value, ())) for phase in RunbookPhase
    }
    return Book(kind, steps, own.get("statement", common["statement"]))


def book_of(brand: Brand, kind: IncidentKind) -> Book:
    """The brand's own, or the usual one."""
    row = Runbook.objects.filter(brand=brand, kind=kind).first()
    if row is None:
        return usual(kind)
    steps = {phase: tuple(getattr(row, phase.value)) for phase in RunbookPhase}
    return Book(kind, steps, row.statement, row.version)


def statement_for(incident: Incident) -> str:
    """The holding statement with what is known filled in; legal clears it before it is used."""
    day = incident.happened_on or incident.noticed_on
    creator = incident.relationship.creator.name if incident.relationship else "one of our partners"
    text = book_of(incident.brand, IncidentKind(incident.kind)).statement
    for name, words in {
        "creator": creator,
        "brand": incident.brand.name,
        "day": f"{day:%-d %B %Y}",
    }.items():
        text = text.replace(f"{{{name}}}", words)
    return text


@transaction.atomic
def write(
    *,
    brand: Brand,
    kind: IncidentKind,
    steps: Mapping[RunbookPhase, Sequence[str]],
    statement: str,
    actor: User,
    at: datetime,
    expected_version: int,
) -> Runbook:
    """Put a kind's runbook into the brand's own words. Incidents that are open keep their steps.

    Raises CampaignRefused.
    """
    said = {phase: _steps(steps.get(phase, ()), phase) for phase in RunbookPhase}
    if not any(said.values()):
        raise CampaignRefused("Write down at least one step.", field=RunbookPhase.FIRST_HOUR)
    statement = statement.replace("\0", "").replace("\r\n", "\n").strip()
    if len(statement) > STATEMENT_MAX:
        raise CampaignRefused(f"{STATEMENT_MAX:,} characters are the most.", field="statement")
    # Whoever writes at the same time comes after: the brand's row is there in any case.
    Brand.objects.select_for_update(no_key=True, of=("self",)).get(pk=brand.pk)
    row = Runbook.objects.filter(brand=brand, kind=kind).first() or Runbook(
        brand=brand, kind=kind, version=0
    )
    if row.version != expected_version:
        raise CampaignOutdated(
            "Somebody changed this runbook since you loaded it. Nothing of yours was saved."
        )
    for phase in RunbookPhase:
        setattr(row, phase.value, said[phase])
    row.statement, row.updated_by, row.updated_at = statement, actor, at
    row.version += 1
    row.save()
    audit.record(
        brand=brand,
        verb="crm.runbook.written",
        target=row,
        actor=actor,
        at=at,
        data={"kind": kind.value, "steps": sum(map(len, said.values())), "version": row.version},
    )
    return row


@transaction.atomic
def back_to_usual(*, brand: Brand, kind: IncidentKind, actor: User, at: datetime) -> None:
    """Drop the brand's own words for a kind."""
    row = Runbook.objects.select_for_update(no_key=True).filter(brand=brand, kind=kind).first()
    if row is None:
        return
    pk = row.pk
    row.delete()
    row.pk = pk
    audit.record(
        brand=brand,
        verb="crm.runbook.dropped",
        target=row,
        actor=actor,
        at=at,
        data={"kind": kind.value},
    )


def _steps(lines: Sequence[str], phase: RunbookPhase) -> list[str]:
    found = [" ".join(line.replace("\0", "").split()) for line in lines]
    found = list(dict.fromkeys(filter(None, found)))
    if len(found) > STEPS_MAX:
        raise CampaignRefused(f"{STEPS_MAX} steps are the most.", field=phase.value)
    if any(len(line) > STEP_MAX for line in found):
        raise CampaignRefused(f"A step has {STEP_MAX} characters at most.", field=phase.value)
    return found
