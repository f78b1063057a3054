"""What a file says of the brand's own fields: builds imp_field, and writes it.

Values of a day come into force on that day. What the field holds then already is not written again,
and of two that claim the same moment the first stands, so that importing files again changes
nothing. No row is ever changed, so undo only takes away.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import LiteralString

from django.db import connection
from psycopg import sql

from crm.models import CustomField
from crm.services.imports.batches import ImportRefused
from crm.services.imports.statements import Params, run

_COLUMNS: LiteralString = (
    "person bigint, creator_id bigint, field_id bigint, since timestamptz, "
    "number double precision, text text, flag boolean, day date, tags varchar[]"
)
_FIND: LiteralString = """
    INSERT INTO imp_field
    SELECT g.* FROM (
        SELECT DISTINCT ON (i.person, f.id, since) i.person, i.creator_id, f.id AS field_id,
            LEAST(%(at)s, {captured}) AS since,
            CASE WHEN f.type IN ('number', 'money', 'percent')
                THEN said.value::double precision END AS number,
            CASE WHEN f.type IN ('text', 'choice') THEN said.value #>> '{{}}' END AS text,
            CASE WHEN f.type = 'boolean' THEN said.value::boolean END AS flag,
            CASE WHEN f.type = 'date' THEN (said.value #>> '{{}}')::date END AS day,
            CASE WHEN f.type = 'set'
                THEN ARRAY(SELECT jsonb_array_elements_text(said.value))::varchar[] END AS tags
        FROM {stage} s
        JOIN (SELECT person, platform, handle FROM imp_account) a USING (platform, handle)
        JOIN imp_person i USING (person)
        CROSS JOIN LATERAL jsonb_each(s.fields) AS said (key, value)
        JOIN crm_customfield f ON f.brand_id = %(brand)s AND f.key = said.key
        ORDER BY i.person, f.id, since, s.line DESC
    ) g
    LEFT JOIN LATERAL (
        SELECT v.since, v.number, v.text, v.flag, v.day, v.tags FROM crm_fieldvalue v
        WHERE v.field_id = g.field_id AND v.creator_id = g.creator_id AND v.since <= g.since
        ORDER BY v.since DESC LIMIT 1
    ) held ON true
    WHERE held.since IS DISTINCT FROM g.since
        AND (held.number, held.text, held.flag, held.day, held.tags)
            IS DISTINCT FROM (g.number, g.text, g.flag, g.day, g.tags)
"""
_WRITE: LiteralString = """
    INSERT INTO crm_fieldvalue (field_id, creator_id, since, number, text, flag, day, tags, source,
        note, author_id, import_batch_id, created_at)
    SELECT field_id, creator_id, since, number, text, flag, day, tags, {source}, '', %(actor)s,
        %(batch)s, %(at)s
    FROM imp_field ORDER BY field_id, creator_id, since
"""


def find(stage: sql.Identifier, fields: Mapping[str, CustomField], params: Params) -> None:
    """Build imp_field. Raises ImportRefused where a field changed while the file was read."""
    run("CREATE TEMPORARY TABLE imp_field ({columns}) ON COMMIT DROP", columns=sql.SQL(_COLUMNS))
    if not fields:
        return
    _hold(fields)
    run(_FIND, params, stage=stage, captured=sql.SQL("COALESCE(s.captured_at, %(captured_at)s)"))
    run("ANALYZE imp_field")


def write(params: Params) -> None:
    """Write what `find` found."""
    run(_WRITE, params, source=sql.Literal(params["numbers_source"]))


def _hold(fields: Mapping[str, CustomField]) -> None:
    """Keep the fields as the cells were read by, until the import is written."""
    by_id = {field.pk: field for field in fields.values()}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, choices::text FROM crm_customfield WHERE id = ANY(%s)"
            " AND archived_at IS NULL ORDER BY id FOR SHARE",
            [list(by_id)],
        )
        now = CustomField.objects.in_bulk([pk for pk, _choices in cursor.fetchall()])
    for pk, field in by_id.items():
        if pk not in now or now[pk].choices != field.choices:
            raise ImportRefused(
                f"The field “{field}” was changed while the file was read. Check the rows again."
            )
