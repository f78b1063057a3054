"""The statements that read a brand out of the database, a table at a time.

A row is a JSON object by column. Decimals are text, moments are in UTC with microseconds, so that
what is read back is exactly what stood there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import models
from psycopg import sql

from crm.services.round_trip.decisions import (
    BRAND,
    CREATOR,
    TAKEN,
    USER,
    Taken,
    all_models,
    foreign_keys,
    in_order,
    label_of,
)

# Of people: the account they log in with here is made anew.
USER_COLUMNS = ("id", "email", "first_name", "last_name", "handle")
# Whom the brand's rows name; filled before anything is read.
CREATORS, USERS = "trip_creators", "trip_users"


def gather(brand: int) -> Iterator[sql.Composed]:
    """Statements that find the creators and accounts that the brand's rows name."""
    named = [
        _named(one, key, brand)
        for one in in_order()
        for key in foreign_keys(one.model)
        if label_of(key) == CREATOR and not _is_shared(one)
    ]
    yield sql.SQL("CREATE TEMPORARY TABLE {} (id bigint PRIMARY KEY)").format(_id(CREATORS))
    # Whom somebody was made one with leads on to them, in either direction.
    yield sql.SQL(
        "INSERT INTO {} WITH RECURSIVE found (id) AS (SELECT c.id FROM crm_creator c JOIN ({})"
        " named (id) ON named.id = c.id UNION SELECT c.id FROM found JOIN crm_creator one ON"
        " one.id = found.id JOIN crm_creator c ON c.merged_into_id = one.id OR c.id ="
        " one.merged_into_id) SELECT id FROM found"
    ).format(_id(CREATORS), sql.SQL(" UNION ").join(named))
    yield sql.SQL("ANALYZE {}").format(_id(CREATORS))
    named = [
        _named(one, key, brand)
        for one in in_order()
        for key in foreign_keys(one.model)
        if label_of(key) == USER
    ]
    yield sql.SQL("CREATE TEMPORARY TABLE {} (id bigint PRIMARY KEY)").format(_id(USERS))
    yield sql.SQL("INSERT INTO {} {}").format(_id(USERS), sql.SQL(" UNION ").join(named))
    yield sql.SQL("ANALYZE {}").format(_id(USERS))


def lines(one: Taken, brand: int) -> sql.Composed:
    """COPY of the brand's rows of a table, a JSON object each, in the order of their keys."""
    cells = [
        sql.SQL("{} AS {}").format(_cell(one, column, brand), _id(column.column))
        for column in one.model._meta.concrete_fields
    ]
    return _copy_json(cells, one.model, whose(one, brand))


def shared_lines(label: str, model: type[models.Model]) -> sql.Composed:
    """COPY of what all brands share: all of it, but of accounts those that are named."""
    if label == USER:
        cells = [_id(name) for name in USER_COLUMNS]
        only = sql.SQL("id IN (SELECT id FROM {})").format(_id(USERS))
        return _copy_json(cells, model, only)
    cells = [_id(column.column) for column in model._meta.concrete_fields]
    return _copy_json(cells, model, sql.SQL("true"))


def fingerprint(one: Taken, brand: int) -> sql.Composed:
    """How many rows of a table the brand has, and a sum over exactly these states of them."""
    return sql.SQL(
        "SELECT count(*), COALESCE(sum(hashtextextended(ctid::text || ' ' || xmin::text, 0)"
        "::numeric), 0)::text FROM {} WHERE {}"
    ).format(_id(one.model._meta.db_table), whose(one, brand))


def gone_accounts(brand: int) -> sql.Composed:
    """Numbers of accounts that the ledger names and that are not there any more."""
    return sql.SQL(
        "SELECT DISTINCT actor_id FROM crm_auditentry WHERE brand_id = {} AND actor_id IS NOT NULL"
        " AND NOT EXISTS (SELECT FROM crm_user u WHERE u.id = actor_id) ORDER BY 1"
    ).format(brand)


def highest() -> sql.Composed:
    """The highest number that a row of any table has, or had."""
    parts = [
        sql.SQL("SELECT max({}) AS number FROM {}").format(
            _id(model._meta.pk.column), _id(model._meta.db_table)
        )
        for model in all_models()
        if numbered(model)
    ]
    # What was deleted is still named by the ledger, and its number never given to another row.
    named = sql.SQL("SELECT max(GREATEST(target_id, actor_id)) FROM crm_auditentry")
    return sql.SQL("SELECT COALESCE(max(number), 0) FROM ({}) found").format(
        sql.SQL(" UNION ALL ").join([*parts, named])
    )


def numbered(model: type[models.Model]) -> bool:
    """Whether the database numbers its rows."""
    return isinstance(model._meta.pk, models.AutoField)


def whose(one: Taken, brand: int) -> sql.Composable:
    """Which rows of a table are the brand's: a condition."""
    if one.label == BRAND:
        return sql.SQL("id = {}").format(brand)
    if one.label == CREATOR:
        return sql.SQL("id IN (SELECT id FROM {})").format(_id(CREATORS))
    if one.label == "crm.FactChange":
        return sql.SQL(
            "brand_id = {} OR brand_id IS NULL AND creator_id IN (SELECT id FROM {})"
        ).format(brand, _id(CREATORS))
    ways = [_through(key, brand) for key in one.ways]
    return sql.SQL(" OR ").join(ways)


def _through(key: models.ForeignKey[Any, Any], brand: int) -> sql.Composed:
    above = label_of(key)
    if above == BRAND:
        return sql.SQL("{} = {}").format(_id(key.column), brand)
    if above == CREATOR:
        return sql.SQL("{} IN (SELECT id FROM {})").format(_id(key.column), _id(CREATORS))
    parent = TAKEN[above]
    return sql.SQL("{} IN (SELECT {} FROM {} WHERE {})").format(
        _id(key.column),
        _id(key.target_field.column),
        _id(parent.model._meta.db_table),
        whose(parent, brand),
    )


def _is_shared(one: Taken) -> bool:
    """Whether its rows are those of creators, whichever brand brought them."""
    if one.label in {CREATOR, "crm.FactChange"}:
        return True
    [above, *_] = [label_of(key) for key in one.ways] or [BRAND]
    return above == CREATOR or (above not in {BRAND, CREATOR} and _is_shared(TAKEN[above]))


def _named(one: Taken, key: models.ForeignKey[Any, Any], brand: int) -> sql.Composed:
    return sql.SQL("SELECT {column} FROM {table} WHERE ({whose}) AND {column} IS NOT NULL").format(
        column=_id(key.column), table=_id(one.model._meta.db_table), whose=whose(one, brand)
    )


def _cell(one: Taken, column: models.Field[Any, Any], brand: int) -> sql.Composable:
    name = _id(column.column)
    if column.name in one.absent:
        value = one.absent[column.name]
        kind = sql.SQL("boolean" if isinstance(value, bool) else "text")
        return sql.SQL("{}::{}").format(sql.Literal(value), kind)
    if column.name == "import_batch":
        # An import of another brand brought it.
        return sql.SQL(
            "CASE WHEN {0} IN (SELECT id FROM crm_importbatch WHERE brand_id = {1}) THEN {0} END"
        ).format(name, brand)
    if isinstance(column, models.DecimalField):
        return sql.SQL("{}::text").format(name)
    if isinstance(column, models.DateTimeField):
        return sql.SQL(
            "to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
        ).format(name)
    return name


def _copy_json(cells: list[Any], model: type[models.Model], only: sql.Composable) -> sql.Composed:
    keys = [_id(column.column) for column in model._meta.pk_fields]
    return sql.SQL(
        "COPY (SELECT row_to_json(trip_row) FROM (SELECT {} FROM {} WHERE {} ORDER BY {}) trip_row)"
        " TO STDOUT"
    ).format(
        sql.SQL(", ").join(cells),
        _id(model._meta.db_table),
        only,
        sql.SQL(", ").join(keys),
    )


def _id(name: str | None) -> sql.Identifier:
    """A name of ours; Django types a column that a row has not as None, which none of these is."""
    return sql.Identifier(str(name))
