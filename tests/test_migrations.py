"""Migrations: complete, applied from nothing, and with a way back."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.migration import Migration
from django.db.migrations.operations import RunPython

OURS = ("crm", "campaigns", "segmentation")
MIGRATIONS = [
    migration
    for (app, _name), migration in sorted(MigrationLoader(None).disk_migrations.items())
    if app in OURS
]


@pytest.mark.django_db
def test_models_have_no_change_without_a_migration() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.django_db
def test_an_empty_database_is_brought_up_to_date() -> None:
    """The test database was made by migrating (tests/database.py): nothing is left to apply."""
    executor = MigrationExecutor(connection)
    assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []


@pytest.mark.parametrize("migration", MIGRATIONS, ids=str)
def test_a_migration_can_be_undone(migration: Migration) -> None:
    assert [op for op in migration.operations if not op.reversible] == []


@pytest.mark.parametrize("migration", MIGRATIONS, ids=str)
def test_no_table_is_changed_after_data(migration: Migration) -> None:
    """PostgreSQL refuses to alter a table that has pending trigger events from the same go."""
    of_data = [isinstance(operation, RunPython) for operation in migration.operations]
    assert of_data == sorted(of_data)


@pytest.mark.parametrize("migration", MIGRATIONS, ids=str)
def test_a_migration_is_named_for_what_it_does(migration: Migration) -> None:
    assert "auto" not in migration.name
