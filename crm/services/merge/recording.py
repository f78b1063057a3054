"""Move, take out, change and add rows, and note each so that an undo finds what was."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, cast

from django.db import connection, models
from psycopg import sql

from crm.choices import MergeAction
from crm.images import as_image
from crm.models import Merge, MergePart


class Recorder:
    """Writes for one merge; every method leaves a part that says what it did."""

    def __init__(self, merge: Merge) -> None:
        self.merge = merge

    def move(
        self,
        model: type[models.Model],
        column: str,
        old: int,
        new: int,
        *,
        only: Sequence[int] | None = None,
    ) -> None:
        """Let all rows that name `old` in a column, or `only` these of them, name `new`."""
        rows = _rows(
            sql.SQL(
                "UPDATE {table} SET {column} = %s WHERE {column} = %s "
                "AND (%s::bigint[] IS NULL OR {pk} = ANY(%s)) RETURNING {pk}"
            ).format(
                table=sql.Identifier(model._meta.db_table),
                column=sql.Identifier(column),
                pk=sql.Identifier(_pk(model)),
            ),
            [new, old, only, only],
        )
        if rows:
            self._part(
                model,
                MergeAction.MOVED,
                column_name=column,
                old_id=old,
                new_id=new,
                row_ids=[row[0] for row in rows],
            )

    def drop(self, model: type[models.Model], pks: Sequence[int]) -> None:
        """Take rows out; they are kept whole."""
        rows = _rows(
            sql.SQL("DELETE FROM {table} t WHERE {pk} = ANY(%s) RETURNING to_jsonb(t)").format(
                table=sql.Identifier(model._meta.db_table), pk=sql.Identifier(_pk(model))
            ),
            [list(pks)],
        )
        if rows:
            self._part(model, MergeAction.DROPPED, rows=[_json(row[0]) for row in rows])

    def change(self, row: models.Model, values: Mapping[str, Any]) -> None:
        """Set some fields of a row, and keep what they held."""
        old, new = {}, {}
        for name, value in values.items():
            field = cast("models.Field[Any, Any]", row._meta.get_field(name))
            before = getattr(row, field.attname)
            after = value.pk if isinstance(value, models.Model) else value
            if before != after:
                setattr(row, field.attname, after)
                old[field.column], new[field.column] = before, after
        if not old:
            return
        row.save(update_fields=[*values], force_update=True)
        self._part(
            type(row),
            MergeAction.CHANGED,
            rows=[{"id": row.pk, "old": as_image(old), "new": as_image(new)}],
        )

    def add(self, row: models.Model) -> None:
        """Write a new row, which an undo takes out again."""
        row.save(force_insert=True)
        self._part(type(row), MergeAction.ADDED, row_ids=[row.pk])

    def keep(self, key: str, image: Any) -> None:
        """Store what a part of an upper app needs to undo what it did."""
        MergePart.objects.create(
            merge=self.merge, table_name=key, action=MergeAction.OWN, rows=as_image(image)
        )

    def _part(self, model: type[models.Model], action: MergeAction, **values: Any) -> None:
        MergePart.objects.create(
            merge=self.merge, table_name=model._meta.db_table, action=action, **values
        )


def restore(part: MergePart) -> None:
    """Take back what one part of a merge did."""
    table = sql.Identifier(part.table_name)
    match MergeAction(part.action):
        case MergeAction.MOVED:
            statement = sql.SQL(
                "UPDATE {table} SET {column} = %s WHERE id = ANY(%s) AND {column} = %s"
            ).format(table=table, column=sql.Identifier(part.column_name))
            _do(statement, [part.old_id, part.row_ids, part.new_id])
        case MergeAction.DROPPED:
            statement = sql.SQL(
                "INSERT INTO {table} SELECT * FROM jsonb_populate_recordset(NULL::{table}, %s)"
            ).format(table=table)
            _do(statement, [json.dumps(part.rows)])
        case MergeAction.CHANGED:
            for row in part.rows:
                columns = sql.SQL(", ").join(map(sql.Identifier, row["old"]))
                statement = sql.SQL(
                    "UPDATE {table} t SET ({columns}) = (SELECT {columns} FROM "
                    "jsonb_populate_record(t, %s)) WHERE id = %s"
                ).format(table=table, columns=columns)
                _do(statement, [json.dumps(row["old"]), row["id"]])
        case MergeAction.ADDED:
            statement = sql.SQL("DELETE FROM {table} WHERE id = ANY(%s)").format(table=table)
            _do(statement, [part.row_ids])
        case MergeAction.OWN:
            msg = "an upper app restores its own part"
            raise ValueError(msg)


def changed_since(part: MergePart) -> bool:
    """Whether a row is no longer as the merge left it."""
    return any(
        _rows(
            sql.SQL(
                "SELECT FROM {table} t, jsonb_populate_record(t, %s) n WHERE t.id = %s AND "
                "({columns}) IS NOT DISTINCT FROM ({then})"
            ).format(
                table=sql.Identifier(part.table_name),
                columns=sql.SQL(", ").join(sql.Identifier("t", name) for name in row["new"]),
                then=sql.SQL(", ").join(sql.Identifier("n", name) for name in row["new"]),
            ),
            [json.dumps(row["new"]), row["id"]],
        )
        == []
        for row in part.rows
    )


def _pk(model: type[models.Model]) -> str:
    return model._meta.pk.column or ""


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _rows(statement: sql.Composable, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return list(cursor.fetchall())


def _do(statement: sql.Composable, params: Sequence[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
