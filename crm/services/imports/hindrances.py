"""What keeps an import from being undone: what others have built on it since."""

from __future__ import annotations

from collections.abc import Iterator
from typing import LiteralString

from psycopg import sql

from crm.choices import ImportStatus
from crm.models import ImportBatch, LedgerOrigin
from crm.services.imports.hanging import what_hangs
from crm.services.imports.statements import fetch, names
from crm.services.imports.writing import CHANGEABLE

# Whose rows belong to whose: child table, its column, parent table, and what people call the child.
_BELONG: tuple[tuple[LiteralString, LiteralString, LiteralString, str], ...] = (
    ("crm_profile", "creator_id", "crm_creator", "Profiles"),
    ("crm_relationship", "creator_id", "crm_creator", "Relationships"),
    ("crm_contactpoint", "creator_id", "crm_creator", "Contact details"),
    ("crm_externalid", "creator_id", "crm_creator", "Ids"),
    ("crm_creatorniche", "creator_id", "crm_creator", "Niches"),
    ("crm_creatortag", "creator_id", "crm_creator", "Tags"),
    ("crm_fieldvalue", "creator_id", "crm_creator", "Field values"),
    ("crm_metricsnapshot", "profile_id", "crm_profile", "Profile numbers"),
    ("crm_audiencesnapshot", "profile_id", "crm_profile", "Audience reports"),
    ("crm_post", "profile_id", "crm_profile", "Posts"),
    ("crm_postmetricsnapshot", "post_id", "crm_post", "Post numbers"),
)
_CHANGED = {
    "crm_creator": "Creators",
    "crm_profile": "Profiles",
    "crm_metricsnapshot": "Profile numbers",
    "crm_audiencesnapshot": "Audience reports",
    "crm_post": "Posts",
    "crm_postmetricsnapshot": "Post numbers",
}
_MOVED: LiteralString = """
    SELECT count(*) FROM crm_relationship r
    WHERE r.import_batch_id = %(batch)s AND (
        r.version > 1 OR r.owner_id IS NOT NULL OR r.next_step <> '' OR r.next_step_on IS NOT NULL
        OR EXISTS (
            SELECT FROM crm_stagechange s WHERE s.relationship_id = r.id AND s.from_stage <> ''
        )
    )
"""
_NOTED: LiteralString = """
    SELECT count(DISTINCT n.relationship_id) FROM crm_note n
    JOIN crm_relationship r ON r.id = n.relationship_id WHERE r.import_batch_id = %(batch)s
"""
# An import writes one moment to both columns, and a change by hand raises the second.
_EDITED: LiteralString = """
    SELECT count(*) FROM crm_creator c
    WHERE c.import_batch_id = %(batch)s AND c.updated_at <> c.created_at AND NOT EXISTS (
        SELECT FROM crm_importbeforeimage b WHERE b.table_name = 'crm_creator' AND b.row_id = c.id
    )
"""
_ADDED_BY_HAND: LiteralString = """
    SELECT count(*) FROM {child} c JOIN {parent} p ON p.id = c.{column}
    WHERE p.import_batch_id = %(batch)s AND c.import_batch_id IS NULL
"""
# Whoever was merged has rows of both: the merge has to be undone first.
_MERGED: LiteralString = """
    SELECT count(DISTINCT m.id) FROM crm_merge m
    WHERE m.undone_at IS NULL AND (
        EXISTS (SELECT FROM crm_creator c
            WHERE c.id IN (m.kept_id, m.gone_id) AND c.import_batch_id = %(batch)s)
        OR EXISTS (SELECT FROM crm_relationship r
            WHERE r.creator_id = m.kept_id AND r.import_batch_id = %(batch)s)
        OR EXISTS (SELECT FROM crm_profile p
            WHERE p.creator_id = m.kept_id AND p.import_batch_id = %(batch)s)
    )
"""
# The row is no longer as the import left it, and no later import did that.
_CHANGED_AGAIN: LiteralString = """
    SELECT count(*) FROM crm_importbeforeimage b JOIN {table} t ON t.id = b.row_id
    CROSS JOIN LATERAL jsonb_populate_record(t, b.before -> 'new') n
    WHERE b.batch_id = %(batch)s AND b.table_name = {name} AND ({now}) IS DISTINCT FROM ({then})
        AND NOT EXISTS (
            SELECT FROM crm_importbeforeimage l
            WHERE l.table_name = b.table_name AND l.row_id = b.row_id AND l.id > b.id
        )
"""
_ADDED_LATER: LiteralString = """
    SELECT c.import_batch_id FROM {child} c JOIN {parent} p ON p.id = c.{column}
    WHERE p.import_batch_id = %(batch)s AND c.import_batch_id <> %(batch)s
"""
_CHANGED_LATER: LiteralString = """
    SELECT b.batch_id FROM crm_importbeforeimage b JOIN {table} t ON t.id = b.row_id
    WHERE b.table_name = {name} AND b.batch_id <> %(batch)s AND t.import_batch_id = %(batch)s
"""
_LATER_IMPORTS: LiteralString = """
    WITH found (id) AS (
        {added} UNION ALL {changed}
        UNION ALL SELECT l.batch_id FROM crm_importbeforeimage b
        JOIN crm_importbeforeimage l
            ON l.table_name = b.table_name AND l.row_id = b.row_id AND l.id > b.id
        WHERE b.batch_id = %(batch)s AND l.batch_id <> %(batch)s
    )
    SELECT i.id, i.file_name, i.brand_id = mine.brand_id, count(*) FROM found
    JOIN crm_importbatch i ON i.id = found.id
    JOIN crm_importbatch mine ON mine.id = %(batch)s
    GROUP BY i.id, mine.brand_id ORDER BY i.id DESC
"""


def reasons_against(batch: ImportBatch) -> list[str]:
    """What keeps the import from being undone, as sentences; empty where nothing does."""
    if batch.status not in {ImportStatus.APPLIED, ImportStatus.UNDOING}:
        return [f"This import is {batch.get_status_display().lower()}, not applied."]
    if LedgerOrigin.objects.filter(brand=batch.brand_id, at__gt=batch.created_at).exists():
        return ["It was made in the installation from which the brand came: undo it there."]
    return [*_later_imports(batch.pk), *_people(batch.pk)]


def _later_imports(batch_id: int) -> Iterator[str]:
    """Imports that changed or added to what this one added or changed."""
    added = [
        sql.SQL(_ADDED_LATER).format(
            child=sql.Identifier(child),
            parent=sql.Identifier(parent),
            column=sql.Identifier(column),
        )
        for child, column, parent, _ in _BELONG
    ]
    changed = [
        sql.SQL(_CHANGED_LATER).format(table=sql.Identifier(table), name=sql.Literal(table))
        for table in CHANGEABLE
    ]
    rows = fetch(
        _LATER_IMPORTS,
        {"batch": batch_id},
        added=sql.SQL(" UNION ALL ").join(added),
        changed=sql.SQL(" UNION ALL ").join(changed),
    )
    for pk, file_name, is_own, count in rows:
        if is_own:
            yield (
                f"The later import #{pk} ({file_name}) builds on it ({count:,} records): "
                "undo that one first."
            )
        else:
            yield f"Another brand's import builds on it ({count:,} records)."


def _people(batch_id: int) -> Iterator[str]:
    """What people have done since with the rows that this import added or changed."""
    params = {"batch": batch_id}
    ((moved,),) = fetch(_MOVED, params)
    if moved:
        yield f"Creators that were moved, or got an owner or a next step, since: {moved:,}."
    ((noted,),) = fetch(_NOTED, params)
    if noted:
        yield f"Creators that have notes: {noted:,}."
    ((edited,),) = fetch(_EDITED, params)
    if edited:
        yield f"Creators that were edited since: {edited:,}."
    ((merged,),) = fetch(_MERGED, params)
    if merged:
        yield f"Creators that were merged since: {merged:,}. Undo the merges first."
    for words, number in what_hangs(batch_id).items():
        yield f"{words} about creators that it added: {number:,}."
    for child, column, parent, words in _BELONG:
        ((added,),) = fetch(
            _ADDED_BY_HAND,
            params,
            child=sql.Identifier(child),
            parent=sql.Identifier(parent),
            column=sql.Identifier(column),
        )
        if added:
            yield f"{words} added by hand since: {added:,}."
    for table, columns in CHANGEABLE.items():
        ((changed,),) = fetch(
            _CHANGED_AGAIN,
            params,
            table=sql.Identifier(table),
            name=sql.Literal(table),
            now=names(columns, "t"),
            then=names(columns, "n"),
        )
        if changed:
            yield f"{_CHANGED[table]} that it changed and that changed again since: {changed:,}."
