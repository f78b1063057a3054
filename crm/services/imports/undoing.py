"""Undo an import: what it added goes, what it changed becomes what it was, in one transaction.

Refused once people or later imports have built on it: then undo those first, or keep the import.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import LiteralString

from django.db import IntegrityError, transaction
from psycopg import sql

from crm import audit
from crm.choices import ImportStatus
from crm.models import ImportBatch, User
from crm.services.imports.hanging import let_go
from crm.services.imports.hindrances import reasons_against
from crm.services.imports.running import only_worker, tell_facts
from crm.services.imports.statements import clear, fetch, names, run
from crm.services.imports.writing import ADDED, CHANGEABLE
from crm.services.metrics import refresh_metrics


class UndoRefused(Exception):
    """The import cannot be undone; `reasons` are sentences fit for the user."""

    def __init__(self, reasons: Sequence[str]) -> None:
        self.reasons = list(reasons)
        super().__init__(" ".join(self.reasons))


@transaction.atomic
def request_undo(*, batch_id: int) -> ImportBatch:
    """Mark the import as being undone, for a worker to do it. Raises UndoRefused."""
    batch = ImportBatch.objects.select_for_update(no_key=True).get(pk=batch_id)
    if batch.status == ImportStatus.UNDOING:
        return batch
    if reasons := reasons_against(batch):
        raise UndoRefused(reasons)
    batch.status, batch.phase, batch.error = ImportStatus.UNDOING, "", ""
    batch.save()
    return batch


def undo_import(*, batch_id: int, actor: User | None, at: datetime) -> ImportBatch:
    """Take the import back; one that is undone stays so.

    Raises UndoRefused, and then nothing has changed.
    """
    with only_worker(batch_id):
        try:
            with transaction.atomic():
                return _undo(batch_id, actor, at)
        except UndoRefused as refusal:
            _note_refusal(batch_id, str(refusal))
            raise
        except IntegrityError:
            # A table of an upper app holds on to a row (its foreign key does not cascade).
            held = UndoRefused(["Other records have come to depend on what this import added."])
            _note_refusal(batch_id, str(held))
            raise held from None


def _undo(batch_id: int, actor: User | None, at: datetime) -> ImportBatch:
    batch = (
        ImportBatch.objects.select_for_update(no_key=True, of=("self",))
        .select_related("brand")
        .get(pk=batch_id)
    )
    if batch.status == ImportStatus.UNDONE:
        return batch
    run("SELECT pg_advisory_xact_lock(hashtextextended('crm.import', 0))")
    if reasons := reasons_against(batch):
        raise UndoRefused(reasons)
    params = {"batch": batch.pk}
    clear()
    run(
        "CREATE TEMPORARY TABLE imp_doomed ON COMMIT DROP AS SELECT id FROM crm_creator WHERE "
        "import_batch_id = %(batch)s",
        params,
    )
    run("CREATE UNIQUE INDEX ON imp_doomed (id)")
    run("ANALYZE imp_doomed")
    changed = _changed_creators(params)
    let_go(batch.pk)
    # Nobody decided anything about them, or the import could not be undone.
    run(
        "DELETE FROM crm_duplicatepair p USING imp_doomed d WHERE d.id IN (p.first_id, p.second_id)"
    )
    run(
        "DELETE FROM crm_mergepart t USING crm_merge m, imp_doomed d WHERE m.id = t.merge_id"
        " AND m.undone_at IS NOT NULL AND d.id IN (m.kept_id, m.gone_id)"
    )
    run(
        "DELETE FROM crm_merge m USING imp_doomed d"
        " WHERE m.undone_at IS NOT NULL AND d.id IN (m.kept_id, m.gone_id)"
    )
    # Handles become what they were: that is no change of the accounts (migration former_handles).
    run("SET LOCAL crm.undoing = 'on'")
    removed = {}
    for table in ADDED:
        count = run(
            "DELETE FROM {table} WHERE import_batch_id = %(batch)s",
            params,
            table=sql.Identifier(table),
        )
        if count:
            removed[table.removeprefix("crm_")] = count
    restored = sum(_restore(table, columns, batch.pk) for table, columns in CHANGEABLE.items())
    _remove_unused_words(batch.pk)
    # Foreign keys of upper apps are checked now, so that a refusal is ours and not the commit's.
    run("SET CONSTRAINTS ALL IMMEDIATE")
    batch.before_images.all().delete()
    batch.status, batch.undone_at, batch.error = ImportStatus.UNDONE, at, ""
    batch.save()
    if changed:
        refresh_metrics(creator_ids=changed, as_of=at)
        tell_facts(changed)
    audit.record(
        brand=batch.brand,
        verb="crm.import.undone",
        target=batch,
        actor=actor,
        at=at,
        data={"removed": removed, "restored": restored},
    )
    return batch


def _note_refusal(batch_id: int, words: str) -> None:
    """An import that was being undone is applied again, with the words."""
    ImportBatch.objects.filter(pk=batch_id, status=ImportStatus.UNDOING).update(
        status=ImportStatus.APPLIED, error=words
    )


def _changed_creators(params: dict[str, int]) -> list[int]:
    """Creators who stay, but lose or get back something."""
    rows = fetch(
        """
        SELECT row_id FROM crm_importbeforeimage WHERE batch_id = %(batch)s
            AND table_name = 'crm_creator'
        UNION SELECT creator_id FROM crm_profile WHERE import_batch_id = %(batch)s
        UNION SELECT creator_id FROM crm_relationship WHERE import_batch_id = %(batch)s
        UNION SELECT creator_id FROM crm_creatorniche WHERE import_batch_id = %(batch)s
        UNION SELECT creator_id FROM crm_fieldvalue WHERE import_batch_id = %(batch)s
        UNION SELECT creator_id FROM crm_creatortag WHERE import_batch_id = %(batch)s
        UNION SELECT creator_id FROM crm_post WHERE import_batch_id = %(batch)s
        UNION SELECT p.creator_id FROM crm_profile p JOIN crm_metricsnapshot s
            ON s.profile_id = p.id
            WHERE s.import_batch_id = %(batch)s
        UNION SELECT p.creator_id FROM crm_profile p JOIN crm_audiencesnapshot s
            ON s.profile_id = p.id
            WHERE s.import_batch_id = %(batch)s
        UNION SELECT p.creator_id FROM crm_post p JOIN crm_postmetricsnapshot s ON s.post_id = p.id
            WHERE s.import_batch_id = %(batch)s
        UNION SELECT p.creator_id FROM crm_profile p JOIN crm_importbeforeimage b
            ON b.row_id = p.id AND b.batch_id = %(batch)s AND b.table_name = 'crm_profile'
        UNION SELECT p.creator_id FROM crm_post p JOIN crm_importbeforeimage b
            ON b.row_id = p.id AND b.batch_id = %(batch)s AND b.table_name = 'crm_post'
        EXCEPT SELECT id FROM imp_doomed
        """,
        params,
    )
    return [row[0] for row in rows]


def _restore(table: LiteralString, columns: Sequence[str], batch_id: int) -> int:
    """Put back the former self of each row that the import changed."""
    every = [*columns, "updated_at"] if table == "crm_creator" else list(columns)
    return run(
        """
        UPDATE {table} t SET ({columns}) = (SELECT {old} FROM jsonb_populate_record(t,
            b.before -> 'old') o)
        FROM crm_importbeforeimage b
        WHERE b.batch_id = %(batch)s AND b.table_name = {name} AND b.row_id = t.id
        """,
        {"batch": batch_id},
        table=sql.Identifier(table),
        columns=names(every),
        old=names(every, "o"),
        name=sql.Literal(table),
    )


def _remove_unused_words(batch_id: int) -> None:
    """Niches and tags that the import brought up and that have not come into use."""
    run(
        """
        DELETE FROM crm_niche n USING crm_importbeforeimage b
        WHERE b.batch_id = %(batch)s AND b.table_name = 'crm_niche' AND b.row_id = n.id
            AND NOT EXISTS (SELECT FROM crm_creatorniche c WHERE c.niche_id = n.id)
            AND NOT EXISTS (SELECT FROM crm_niche k WHERE k.parent_id = n.id)
        """,
        {"batch": batch_id},
    )
    run(
        """
        DELETE FROM crm_tag t USING crm_importbeforeimage b
        WHERE b.batch_id = %(batch)s AND b.table_name = 'crm_tag' AND b.row_id = t.id
            AND NOT EXISTS (SELECT FROM crm_creatortag c WHERE c.tag_id = t.id)
        """,
        {"batch": batch_id},
    )
