"""The database role that the product works under: everything but rewriting the ledger."""

from __future__ import annotations

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from psycopg import sql

from crm import audit
from crm.choices import Stage
from crm.models import AuditEntry, AuditText
from crm.services.relationships import move_stage
from tests.factories import NOW, RelationshipFactory

pytestmark = pytest.mark.django_db
ROLE = "rapport_app_of_tests"


@pytest.fixture
def as_role(capsys):
    """The connection of the tests, with the rights of the role; it is gone with the transaction."""
    call_command("ledger_role", ROLE)
    # Twice: as after each migration.
    call_command("ledger_role", ROLE)
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(ROLE)))
        yield cursor
        cursor.execute("RESET ROLE")


def test_it_does_the_work_of_the_product(brand, manager, as_role):
    relationship = RelationshipFactory(brand=brand)
    move_stage(
        relationship_id=relationship.pk,
        to=Stage.FIRST_TIME,
        actor=manager,
        at=NOW,
        reason="Because",
        expected_version=1,
    )
    assert AuditEntry.objects.latest("number").verb == "crm.stage.moved"
    assert audit.forget(brand=brand, targets=[relationship], at=NOW, actor=manager) == 1
    assert audit.first_broken_link(audit.entries_of(brand)) is None
    relationship.delete()
    as_role.execute("CREATE TEMPORARY TABLE a_table_of_an_import ON COMMIT DROP AS SELECT 1")
    as_role.execute("ANALYZE crm_creator")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE crm_auditentry SET verb = 'x'",
        "DELETE FROM crm_auditentry",
        "TRUNCATE crm_auditentry CASCADE",
        "ALTER TABLE crm_auditentry DISABLE TRIGGER ALL",
        "DROP TRIGGER crm_audit_entry_kept ON crm_auditentry",
        "DROP TABLE crm_auditentry CASCADE",
        "ALTER FUNCTION crm_ledger_keep() RENAME TO asleep",
        "SET session_replication_role = replica",
        "UPDATE crm_audittext SET target_label = 'x'",
        "DELETE FROM crm_audittext",
        "TRUNCATE crm_audittext",
        "DELETE FROM crm_ledgercheckpoint",
        "UPDATE crm_ledgerkey SET public_key = ''",
        "TRUNCATE crm_brand CASCADE",
        "CREATE TABLE mine (id int)",
    ],
)
def test_it_is_refused_what_would_rewrite_the_ledger(brand, as_role, statement):
    audit.record(brand=brand, verb="test.act", target=brand, at=NOW)
    as_role.execute("SAVEPOINT before")
    with pytest.raises(Exception, match=r"permission denied|must be owner") as refused:
        as_role.execute(statement)
    assert isinstance(refused.value.__cause__, psycopg.errors.InsufficientPrivilege)
    as_role.execute("ROLLBACK TO before")
    assert (AuditEntry.objects.count(), AuditText.objects.count()) == (1, 1)


def test_a_text_goes_only_by_an_entry_that_names_it(brand, as_role):
    audit.record(brand=brand, verb="test.act", target=brand, at=NOW)
    other = audit.record(brand=brand, verb="test.other", target=brand, at=NOW)
    as_role.execute("SELECT crm_ledger_erase_texts(%s)", [other.pk])
    assert as_role.fetchone() == (0,)
    assert AuditText.objects.count() == 2


def test_the_owner_cannot_be_the_role():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        [(owner,)] = cursor.fetchall()
    with pytest.raises(CommandError, match="owns the tables"):
        call_command("ledger_role", owner)
