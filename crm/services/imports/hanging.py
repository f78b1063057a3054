"""What has come to hang on rows that an import added: found in the models, of upper apps too.

An undo deletes by SQL, which knows nothing of `on_delete`. So each foreign key to an imported row
is one of these: it hinders (people's work: the default), its rows go along (`GOES_WITH`: written by
the product, of no worth without the row), it is emptied (SET_NULL), or the database sees to it by
a cascade or a trigger (DO_NOTHING).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps
from django.db import models
from psycopg import sql

from crm.registry import Registry
from crm.services.imports.statements import fetch, run
from crm.services.imports.writing import ADDED
from crm.services.merge.tables import words_of

# Labels of models; upper apps add theirs in AppConfig.ready() (docs/adr/0011).
GOES_WITH: Registry[str] = Registry()
for _label in (
    "crm.StageChange",
    "crm.CreatorMetrics",
    "crm.FactChange",
    "crm.FormerHandle",
    "crm.JobRow",
    "crm.Reminder",
):
    GOES_WITH.add(_label, _label)
# Counted in words of their own, or taken out only where nobody decided (undoing.py).
ELSEWHERE = frozenset({"crm.Note", "crm.DuplicatePair", "crm.Merge"})


@dataclass(frozen=True)
class Hanging:
    """A foreign key from a table that imports do not write to one that they do."""

    model: type[models.Model]
    column: str
    parent: str
    on_delete: object

    @property
    def goes_along(self) -> bool:
        """Whether its rows are the product's own."""
        return self.model._meta.label in GOES_WITH

    @property
    def parts(self) -> dict[str, sql.Composable]:
        """For statements."""
        return {
            "child": sql.Identifier(self.model._meta.db_table),
            "column": sql.Identifier(self.column),
            "parent": sql.Identifier(self.parent),
        }


def hangings() -> Iterator[Hanging]:
    """Each of them, in a stable order."""
    parents = [model for model in apps.get_models() if model._meta.db_table in ADDED]
    found = [
        Hanging(
            relation.related_model,
            relation.field.column,
            parent._meta.db_table,
            relation.on_delete,
        )
        for parent in parents
        for relation in parent._meta.get_fields(include_hidden=True)
        if isinstance(relation, models.ManyToOneRel)
        and relation.related_model._meta.db_table not in ADDED
    ]
    yield from sorted(found, key=lambda one: (one.model._meta.label, one.column))


def hindering() -> Iterator[Hanging]:
    """Those whose rows somebody would miss."""
    for one in hangings():
        is_kept = one.on_delete in {models.SET_NULL, models.DO_NOTHING}
        if not is_kept and not one.goes_along and one.model._meta.label not in ELSEWHERE:
            yield one


def what_hangs(batch_id: int) -> dict[str, int]:
    """How many rows hinder, by what people call them: one statement."""
    found = list(hindering())
    counts = [
        sql.SQL(
            "SELECT {at}::integer, count(*) FROM {child} c JOIN {parent} p ON p.id = c.{column} "
            "WHERE p.import_batch_id = %(batch)s"
        ).format(at=sql.Literal(at), **one.parts)
        for at, one in enumerate(found)
    ]
    told: dict[str, int] = {}
    every = sql.SQL(" UNION ALL ").join(counts)
    for at, number in fetch("{every}", {"batch": batch_id}, every=every):
        if number:
            words = words_of(found[at].model)
            told[words] = told.get(words, 0) + number
    return dict(sorted(told.items()))


def let_go(batch_id: int) -> None:
    """Delete what goes along, and empty what outlives the rows."""
    for one in hangings():
        if one.goes_along:
            statement = sql.SQL(
                "DELETE FROM {child} c USING {parent} p "
                "WHERE p.id = c.{column} AND p.import_batch_id = %(batch)s"
            )
        elif one.on_delete is models.SET_NULL:
            statement = sql.SQL(
                "UPDATE {child} c SET {column} = NULL FROM {parent} p "
                "WHERE p.id = c.{column} AND p.import_batch_id = %(batch)s"
            )
        else:
            continue
        run(statement.format(**one.parts), {"batch": batch_id})
