"""What a pull brought, written as imports: staged, matched, reported row by row, and undoable.

The rows of answers wait with them. Numbers carry the moment of their answer and the connector's
source, so that writing them again adds nothing: an import that a killed worker left is done again.
"""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from crm.choices import ImportStatus
from crm.connectors.base import AUDIENCE_CELLS, POST_CELLS, PROFILE_CELLS, Kind, Page
from crm.connectors.registry import import_source
from crm.importers.mapping import ColumnMapping, MappedColumn
from crm.importers.mapping import Kind as Rows
from crm.importers.reading import FileKind, Reading
from crm.models import AudienceSnapshot, ImportBatch, Profile, Pull, PullAnswer
from crm.services.facts import mark_changed
from crm.services.imports import following, running

# So many rows are written at once, and no more wait in the database.
ROWS_AT_ONCE = 5_000
# Ours, not cells of an import.
PROFILE = "profile"
_CREATORS = (*sorted(PROFILE_CELLS), "platform", "captured_at")
_POSTS = (*sorted(POST_CELLS), "platform", "captured_at")
_COLUMNS = {Rows.CREATORS: _CREATORS, Rows.POSTS: _POSTS}
_NAMES = {Rows.CREATORS: "profiles", Rows.POSTS: "posts"}
# An import that somebody undid meanwhile stays undone.
_OVER = frozenset({ImportStatus.APPLIED, ImportStatus.UNDOING, ImportStatus.UNDONE})


@dataclass(frozen=True, slots=True)
class _Slice:
    """Answers that are written together, and which of their profiles the brand still has."""

    pull: Pull
    kind: Kind
    answers: Sequence[PullAnswer]
    here: frozenset[int]
    at: datetime

    def rows(self, name: str) -> Iterator[dict[str, Any]]:
        """Those of one sort."""
        for answer in self.answers:
            for row in (answer.rows or {}).get(name, ()):
                if row[PROFILE] in self.here:
                    yield row

    def batches(self) -> list[ImportBatch]:
        """The imports that they came into."""
        found = {}
        for answer in self.answers:
            for batch in (answer.creators_import, answer.posts_import):
                if batch is not None:
                    found[batch.pk] = batch
        return list(found.values())


def rows_of(page: Page, platforms: dict[int, str], at: datetime) -> dict[str, list[Any]] | None:
    """The rows of a page as they wait; None where there are none.

    `platforms` are those of the accounts that are still there: rows of others are left out. Raises
    ValueError where the connector writes cells that there are not.
    """
    moment = at.isoformat()
    found: dict[str, list[Any]] = {"creators": [], "posts": [], "audiences": []}
    for name, rows, cells in (
        ("creators", page.profiles, PROFILE_CELLS),
        ("posts", page.posts, POST_CELLS),
    ):
        for account, row in rows:
            if unknown := row.keys() - cells:
                msg = f"There are no cells {sorted(unknown)}."
                raise ValueError(msg)
            if account in platforms:
                own = {PROFILE: account, "platform": platforms[account], "captured_at": moment}
                found[name].append({**row, **own})
    found["audiences"] = [
        {**row, PROFILE: account, "captured_at": moment}
        for account, row in page.audiences
        if account in platforms
    ]
    return found if any(found.values()) else None


def write(pull: Pull, kind: Kind, at: datetime) -> None:
    """Import what waits: profiles first, then their posts, then audiences."""
    while answers := _next_answers(pull):
        part = _Slice(pull, kind, answers, _still_here(pull, answers), at)
        for what in (Rows.CREATORS, Rows.POSTS):
            batch = _batch_of(part, what)
            if batch is not None and batch.status not in _OVER:
                _apply(part, batch, what)
        _end(part)


def _next_answers(pull: Pull) -> list[PullAnswer]:
    """The first answers that wait, up to ROWS_AT_ONCE rows; those of an import that began go on."""
    waiting = (
        pull.answers.filter(rows__isnull=False)
        .select_related("creators_import", "posts_import")
        .order_by("number")
    )
    begun = list(waiting.exclude(creators_import=None, posts_import=None))
    if begun:
        return begun
    found: list[PullAnswer] = []
    rows = 0
    for answer in waiting.iterator(chunk_size=20):
        if found and rows + answer.rows_count > ROWS_AT_ONCE:
            break
        found.append(answer)
        rows += answer.rows_count
    return found


def _still_here(pull: Pull, answers: Sequence[PullAnswer]) -> frozenset[int]:
    named = {
        row[PROFILE] for answer in answers for rows in (answer.rows or {}).values() for row in rows
    }
    here = Profile.objects.filter(
        pk__in=named, creator__relationships__brand=pull.connector.brand_id
    )
    return frozenset(here.values_list("pk", flat=True))


def _batch_of(part: _Slice, what: Rows) -> ImportBatch | None:
    """The import of these answers, noted with them before it begins; None where it has no rows."""
    column = f"{what.value}_import"
    known: ImportBatch | None = getattr(part.answers[0], column)
    if known is not None:
        for answer in part.answers:
            # One object, which is refreshed once it is applied.
            setattr(answer, column, known)
        return known
    if next(part.rows(what.value), None) is None:
        return None
    pull, columns = part.pull, _COLUMNS[what]
    mapped = tuple(MappedColumn(name, name) for name in columns)
    with transaction.atomic():
        batch = ImportBatch.objects.create(
            brand=pull.connector.brand,
            created_by=pull.started_by,
            kind=what.value,
            source=import_source(part.kind),
            numbers_source=part.kind.source,
            file_name=f"{pull.connector.name}, pull {pull.pk}: {_NAMES[what]}"[:255],
            reading=Reading(FileKind.JSONL, columns, first_line=1).to_json(),
            mapping=ColumnMapping(what, mapped).to_json(),
            captured_at=pull.started_at,
            created_at=part.at,
        )
        ids = [answer.pk for answer in part.answers]
        PullAnswer.objects.filter(pk__in=ids).update(**{column: batch})
    for answer in part.answers:
        setattr(answer, column, batch)
    return batch


def _apply(part: _Slice, batch: ImportBatch, what: Rows) -> None:
    columns = _COLUMNS[what]
    rows = ({name: row.get(name) for name in columns} for row in part.rows(what.value))
    with _as_file(rows) as path:
        running.apply_import(batch_id=batch.pk, actor=None, at=part.at, path=path)
    batch.refresh_from_db()
    following.follow(batch_id=batch.pk, at=part.at)


@contextmanager
def _as_file(rows: Iterator[dict[str, Any]]) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="rapport-pull-") as folder:
        path = Path(folder, "rows.jsonl")
        with path.open("w", encoding="utf-8") as handle:
            for row in rows:
                handle.write(json.dumps(row) + "\n")
        yield path


@transaction.atomic
def _end(part: _Slice) -> None:
    """Write the audiences, add up what the imports did, and let the rows go."""
    counts: Counter[str] = Counter(audiences_new=_audiences(part))
    rejected: Counter[str] = Counter()
    for batch in part.batches():
        counts.update(_counts(batch))
        rejected.update(batch.rejected)
    PullAnswer.objects.filter(pk__in=[answer.pk for answer in part.answers]).update(rows=None)
    found = Pull.objects.select_for_update(no_key=True).get(pk=part.pull.pk)
    found.counts = dict(Counter(found.counts) + counts)
    found.rejected = dict(Counter(found.rejected) + rejected)
    found.save(update_fields=["counts", "rejected"])
    part.pull.counts, part.pull.rejected = found.counts, found.rejected


def _counts(batch: ImportBatch) -> dict[str, int]:
    """What an import did, by the words of a pull; nothing where it was undone unread."""
    told = batch.counts
    if batch.kind == Rows.POSTS:
        return {"posts": told.get("posts", 0), "posts_new": told.get("posts_new", 0)}
    return {
        "profiles": told.get("profiles", 0),
        "creators_changed": told.get("creators_updated", 0),
        "creators_unchanged": told.get("unchanged", 0),
        "snapshots_new": told.get("snapshots_new", 0),
    }


def _audiences(part: _Slice) -> int:
    """Add the audiences that are new; how many."""
    batch = next((one for one in part.batches() if one.kind == Rows.CREATORS), None)
    rows = [
        AudienceSnapshot(
            profile_id=row[PROFILE],
            captured_at=datetime.fromisoformat(row["captured_at"]),
            source=part.kind.source,
            import_batch=batch,
            **{name: row.get(name) for name in AUDIENCE_CELLS},
        )
        for row in part.rows("audiences")
    ]
    if not rows:
        return 0
    known = AudienceSnapshot.objects.filter(profile__in={row.profile_id for row in rows})
    before = known.count()
    AudienceSnapshot.objects.bulk_create(rows, ignore_conflicts=True)
    touched = Profile.objects.filter(pk__in={row.profile_id for row in rows})
    mark_changed(brand=None, creator_ids=touched.values_list("creator", flat=True), cause="import")
    return known.count() - before
