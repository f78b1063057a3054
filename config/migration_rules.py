"""What a migration may do while the release before it still answers: `make migrations` asks here.

A deploy goes expand, migrate, contract (docs/runbook.md): for some minutes old code works on new
tables. So no column or table that old code names goes or changes its name or type, no column must
be filled by code that does not know it, and nothing holds the lock of a large table for long.

Where a rule is broken with good reason, the migration says so, by the rule's key:

    class Migration(migrations.Migration):
        safe_because = {"drop": "No code has read it since 0.1."}
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import django
from django.contrib.postgres.operations import (
    AddConstraintNotValid,
    AddIndexConcurrently,
)
from django.db.migrations import operations as ops
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.migration import Migration
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.db.models import CharField, Field, ManyToManyField, TextField
from django.db.models.constraints import BaseConstraint, CheckConstraint
from django.db.models.fields import NOT_PROVIDED

OURS = ("campaigns", "crm", "segmentation")
# There was no release before these: they were only ever applied to databases without users.
BEFORE_THE_FIRST_RELEASE = {"campaigns": 18, "crm": 32, "segmentation": 30}
# They grow with creators, posts and days: a lock is held as long as it takes to read them.
LARGE = frozenset(
    {
        "campaigns.click",
        "campaigns.conversion",
        "campaigns.deliverable",
        "campaigns.engagement",
        "crm.auditentry",
        "crm.creator",
        "crm.message",
        "crm.metricsnapshot",
        "crm.post",
        "crm.postmetricsnapshot",
        "crm.profile",
        "crm.relationship",
        "segmentation.change",
        "segmentation.creatorfacts",
        "segmentation.membership",
    }
)
RULES = {
    "drop": "Old code still reads it: leave it for a release in which no code names it.",
    "rename": "Old code knows the old name only: add the new one beside it, fill it, drop later.",
    "type": "The table is written anew under a lock, and old code writes the old type.",
    "not_null": "Old code leaves it empty: give it a db_default, or null=True until the next.",
    "index": "Writers wait while it is built: AddIndexConcurrently in a migration of its own.",
    "constraint": "All rows are read under a lock: AddConstraintNotValid, then ValidateConstraint.",
    "sql": "It locks or changes tables as a statement of our own.",
    "reason": "`safe_because` names a rule that is not broken, or gives no reason.",
}
_SQL = re.compile(
    r"\bDROP\s+(TABLE|COLUMN)\b|\bRENAME\b|\bSET\s+NOT\s+NULL\b|\bALTER\s+COLUMN\b|\bLOCK\s+TABLE\b"
    r"|\bCREATE\s+(UNIQUE\s+)?INDEX\s+(?!CONCURRENTLY)|\bADD\s+CONSTRAINT\b(?!.*\bNOT\s+VALID\b)",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True)
class Broken:
    """A rule that a migration breaks, and with what."""

    migration: str
    rule: str
    what: str

    def __str__(self) -> str:
        return f"{self.migration}: {self.what} [{self.rule}] {RULES[self.rule]}"


def check(migration: Migration, before: ProjectState) -> list[Broken]:
    """The rules that a migration breaks on tables of `before`, but for those it has reasons for."""
    found = []
    state = before.clone()
    made: set[str] = set()
    for operation in migration.operations:
        for rule, what in _of(operation, state, migration.app_label, made):
            found.append(Broken(str(migration), rule, what))
        operation.state_forwards(migration.app_label, state)
    reasons: Mapping[str, str] = getattr(migration, "safe_because", {})
    broken = {one.rule for one in found}
    idle = [key for key, why in reasons.items() if key not in broken or not why.strip()]
    return [
        *(one for one in found if one.rule not in reasons),
        *(Broken(str(migration), "reason", f"safe_because[{key!r}]") for key in idle),
    ]


def check_all() -> list[Broken]:
    """Of all migrations of ours since the first release."""
    loader = MigrationLoader(None)
    found = []
    for (app, name), migration in sorted(loader.disk_migrations.items()):
        if app in OURS and int(name[:4]) > BEFORE_THE_FIRST_RELEASE[app]:
            before = loader.project_state((app, name), at_end=False)
            found += check(migration, before)
    return found


def _of(
    operation: Operation, state: ProjectState, app: str, made: set[str]
) -> Iterator[tuple[str, str]]:
    """The rules that an operation breaks; `made` gets the tables that are new here."""
    if isinstance(operation, ops.SeparateDatabaseAndState):
        for inner in operation.database_operations:
            yield from _of(inner, state, app, made)
        return
    for model in getattr(operation, "models", [operation]):
        if isinstance(model, ops.CreateModel):
            made.add(model.name_lower)
    model_name = str(getattr(operation, "model_name", getattr(operation, "name", ""))).lower()
    if model_name in made:
        return
    name = f"{app}.{model_name}"
    yield from _taken_away(operation, app, name)
    match operation:
        case ops.AddField():
            yield from _added(operation.field, f"{name}.{operation.name}", name)
        case ops.AlterField():
            was = state.models[app, model_name].fields[operation.name]
            yield from _altered(was, operation.field, f"{name}.{operation.name}", name)
        case ops.AddIndex() if name in LARGE and not isinstance(operation, AddIndexConcurrently):
            yield "index", operation.index.name
        case ops.AddConstraint() if name in LARGE and not _is_gentle(operation):
            yield "constraint", operation.constraint.name
        case ops.RunSQL():
            if found := _SQL.search(_statements(operation.sql)):
                yield "sql", " ".join(found.group().split())
        case _:
            pass


def _taken_away(operation: Operation, app: str, name: str) -> Iterator[tuple[str, str]]:
    match operation:
        case ops.RemoveField():
            yield "drop", f"{name}.{operation.name}"
        case ops.DeleteModel():
            yield "drop", name
        case ops.RenameField():
            yield "rename", f"{name}.{operation.old_name}"
        case ops.RenameModel():
            yield "rename", f"{app}.{operation.old_name_lower}"
        case ops.AlterModelTable():
            yield "rename", name
        case _:
            pass


def _added(field: Field[Any, Any], what: str, name: str) -> Iterator[tuple[str, str]]:
    if isinstance(field, ManyToManyField):
        return
    if not field.null and field.db_default is NOT_PROVIDED:
        yield "not_null", what
    if name in LARGE and _is_indexed(field):
        yield "index", what


def _altered(
    was: Field[Any, Any], now: Field[Any, Any], what: str, name: str
) -> Iterator[tuple[str, str]]:
    if was.null and not now.null:
        yield "not_null", what
    if _type_of(was) != _type_of(now) and not _is_wider(was, now):
        yield "type", what
    if name in LARGE and _is_indexed(now) and not _is_indexed(was):
        yield "index", what


def _is_indexed(field: Field[Any, Any]) -> bool:
    return bool(getattr(field, "db_index", False) or field.unique)


def _type_of(field: Field[Any, Any]) -> tuple[object, ...]:
    sizes = ("max_length", "max_digits", "decimal_places")
    return (field.get_internal_type(), *(getattr(field, size, None) for size in sizes))


def _is_wider(was: Field[Any, Any], now: Field[Any, Any]) -> bool:
    """PostgreSQL makes a text longer without reading the table."""
    if not isinstance(was, CharField):
        return False
    if isinstance(now, TextField):
        return True
    return isinstance(now, CharField) and (now.max_length or 0) >= (was.max_length or 0)


def _is_gentle(operation: ops.AddConstraint) -> bool:
    """Whether the rows that are there are not read under the lock."""
    constraint: BaseConstraint = operation.constraint
    return isinstance(operation, AddConstraintNotValid) and isinstance(constraint, CheckConstraint)


def _statements(sql: Any) -> str:
    if isinstance(sql, str):
        return sql
    return "\n".join(one if isinstance(one, str) else str(one[0]) for one in sql)


if __name__ == "__main__":
    django.setup()
    broken = check_all()
    for one in broken:
        sys.stderr.write(f"{one}\n")
    sys.exit(1 if broken else 0)
