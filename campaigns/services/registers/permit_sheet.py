"""A sheet of permits and entries in registers: all of it is taken, or none with every mistake."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.core.files.base import File
from django.db import transaction
from django.db.models.functions import Lower

from campaigns.choices import PaperKind, PaperState
from campaigns.disclosure.packs import standard
from campaigns.models import Permit
from campaigns.services.refusals import CampaignRefused
from campaigns.services.registers.looking import look
from campaigns.services.registers.permits import Wanted, save_permit
from crm.importers.dates import DateForm, detect_form, parse_moment
from crm.importers.numbers import BadValue, is_missing
from crm.importers.tables import Line, TableRefused, read_table
from crm.importers.values import parse_flag
from crm.models import Brand, Profile, Relationship, User

ROWS_MAX = 1_000
# The first heading is what the list is written out with, so that it can be taken in again.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "creator": ("creator", "account", "handle", "username", "name", "creator id", "uid"),
    "jurisdiction": ("jurisdiction", "where", "country"),
    "kind": ("what", "kind", "type"),
    "state": ("has it", "state", "held"),
    "number": ("number", "permit number", "licence number", "license number", "permit"),
    "valid_from": ("from", "valid from", "issued", "issued on", "valid_from"),
    "valid_until": ("until", "valid until", "expires", "expires on", "expiry", "valid_until"),
    "checked_on": ("compared on", "checked on", "checked_on"),
    "checked_at_url": ("register", "register address", "checked at", "checked_at_url"),
    "note": ("remark", "note", "notes"),
}
DAYS = ("valid_from", "valid_until", "checked_on")
_KINDS = {
    word.lower(): kind for kind in PaperKind for word in (kind.value, kind.label, f"{kind.label}s")
}


def take(*, brand: Brand, upload: File[Any], actor: User, at: datetime) -> tuple[int, int]:
    """Write down what a sheet says; how many papers are new, and how many were changed.

    A paper with the same creator, jurisdiction, kind and number is the same one. Raises
    TableRefused, which names every line that cannot be taken.
    """
    lines = read_table(upload, COLUMNS, required=("creator", "jurisdiction"))
    if len(lines) > ROWS_MAX:
        raise TableRefused([f"{ROWS_MAX:,} rows are the most; this sheet has {len(lines):,}."])
    forms = {
        name: detect_form([line.cells.get(name) for line in lines], year=at.year) or DateForm.ISO
        for name in DAYS
    }
    people = _people(brand, lines)
    faults: list[str] = []
    wanted: list[tuple[Line, Relationship, Wanted]] = []
    for line in lines:
        found, wrong = _of_line(line, people, forms, at.year)
        faults += [f"Line {line.number}: {words}" for words in wrong]
        if found is not None:
            wanted.append((line, *found))
    if faults:
        raise TableRefused(faults)
    return _save(brand, wanted, actor, at)


@transaction.atomic
def _save(
    brand: Brand,
    wanted: Sequence[tuple[Line, Relationship, Wanted]],
    actor: User,
    at: datetime,
) -> tuple[int, int]:
    relationships = {row.pk: row for _line, row, _one in wanted}
    there = {_key(permit): permit for permit in _there(brand, relationships)}
    added = changed = 0
    faults: list[str] = []
    for line, relationship, one in wanted:
        before = there.get((relationship.pk, one.jurisdiction, one.kind, one.number))
        # What the sheet does not say, stays.
        full = replace(_as_wanted(before), **_said(line, one)) if before else one
        try:
            with transaction.atomic():
                permit = save_permit(
                    relationship=relationship,
                    wanted=full,
                    actor=actor,
                    at=at,
                    permit_id=before.pk if before else None,
                    looks=False,
                )
        except CampaignRefused as refusal:
            faults.append(f"Line {line.number}: {refusal}")
            continue
        if before is None:
            added += 1
        elif permit.version != before.version:
            changed += 1
        there[_key(permit)] = permit
    if faults:
        raise TableRefused(faults)
    look(brand=brand, relationships=list(relationships.values()), at=at)
    return added, changed


def _there(brand: Brand, relationships: Mapping[int, Relationship]) -> Iterator[Permit]:
    rows = Permit.objects.in_use().filter(brand=brand, relationship__in=relationships)
    return rows.order_by("pk").iterator()


def _key(permit: Permit) -> tuple[int, str, str, str]:
    return (permit.relationship_id, permit.jurisdiction, permit.kind, permit.number)


def _as_wanted(permit: Permit) -> Wanted:
    return Wanted(**{name: getattr(permit, name) for name in Wanted.__dataclass_fields__})


def _said(line: Line, one: Wanted) -> dict[str, Any]:
    return {
        name: getattr(one, name)
        for name in Wanted.__dataclass_fields__
        if name in line.cells and not is_missing(line.cells[name])
    }


def _people(brand: Brand, lines: Sequence[Line]) -> dict[str, list[Relationship]]:
    """By what sheets call them: the id, an account with or without @, or the name."""
    words = {_word(line.cells["creator"]) for line in lines}
    rows = Relationship.objects.filter(brand=brand, erased_at=None).select_related(
        "brand", "creator"
    )
    found: dict[str, dict[int, Relationship]] = defaultdict(dict)
    uids = {uid for word in words if (uid := _uid(word)) is not None}
    for row in rows.filter(creator__uid__in=uids):
        found[str(row.creator.uid)][row.pk] = row
    named = rows.annotate(lower=Lower("creator__name")).filter(lower__in=words)
    for row in named:
        found[row.creator.name.lower()][row.pk] = row
    handles = Profile.objects.annotate(lower=Lower("handle")).filter(
        lower__in=words, creator__relationships__brand=brand
    )
    owners = dict(handles.values_list("pk", "creator"))
    by_creator = {row.creator_id: row for row in rows.filter(creator__in=owners.values())}
    for profile in handles:
        if owner := by_creator.get(owners[profile.pk]):
            found[profile.handle.lower()][owner.pk] = owner
    return {word: list(some.values()) for word, some in found.items()}


def _of_line(
    line: Line,
    people: Mapping[str, Sequence[Relationship]],
    forms: Mapping[str, DateForm],
    year: int,
) -> tuple[tuple[Relationship, Wanted] | None, list[str]]:
    faults: list[str] = []
    cells = line.cells
    said: dict[str, Any] = {
        name: "" if is_missing(cells.get(name)) else " ".join(str(cells[name]).split())
        for name in ("jurisdiction", "number", "checked_at_url", "note")
    }
    said["jurisdiction"] = standard().resolve([said["jurisdiction"].upper()])[0]
    if said["jurisdiction"] not in standard().jurisdictions:
        faults.append(f"There are no rules for “{cells['jurisdiction']}”.")
    for name in DAYS:
        try:
            said[name] = _day(cells.get(name), forms[name], year)
        except BadValue as wrong:
            faults.append(str(wrong))
    said["kind"] = _kind(cells.get("kind"), said["jurisdiction"])
    if said["kind"] is None:
        faults.append(f"“{cells['kind']}” is neither a permit nor an entry in a register.")
    try:
        said["state"] = _state(cells.get("state"), said["number"])
    except BadValue as wrong:
        faults.append(str(wrong))
    word = _word(cells["creator"])
    some = people.get(word, ())
    if len(some) != 1:
        faults.append(
            f"More than one creator is called “{cells['creator']}”: name an account or the id."
            if some
            else f"“{cells['creator'] or ''}” is no creator your brand knows."
        )
    return (None if faults else (some[0], Wanted(**said))), faults


def _word(cell: Any) -> str:
    return "" if is_missing(cell) else " ".join(str(cell).split()).lstrip("@").lower()


def _uid(word: str) -> UUID | None:
    try:
        return UUID(word)
    except ValueError:
        return None


def _day(cell: Any, form: DateForm, year: int) -> date | None:
    moment = parse_moment(cell, form, year=year)
    if moment is None:
        return None
    return (moment if moment.tzinfo is None else moment.astimezone(UTC)).date()


def _kind(cell: Any, jurisdiction: str) -> str | None:
    """As the sheet says; else what the jurisdiction asks for."""
    if not is_missing(cell):
        found = _KINDS.get(str(cell).strip().lower())
        return found.value if found else None
    pack = standard().jurisdictions.get(jurisdiction)
    tests = {datum.params.get("test") for datum in pack.registration} if pack else set()
    return (PaperKind.REGISTER if tests == {"register"} else PaperKind.PERMIT).value


def _state(cell: Any, number: str) -> str:
    if isinstance(cell, str) and cell.strip().lower() in PaperState.values:
        return cell.strip().lower()
    has_it = parse_flag(cell)
    if has_it is None:
        has_it = bool(number)
    return (PaperState.HELD if has_it else PaperState.NONE).value
