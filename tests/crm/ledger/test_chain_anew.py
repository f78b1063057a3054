"""The migration that takes names out of the chain: old ledgers come out whole, and can go back."""

from __future__ import annotations

import importlib

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from crm import audit
from crm.models import AuditEntry
from tests.crm.ledger import behind
from tests.factories import NOW

pytestmark = pytest.mark.django_db
OLD = "0021_audit_texts"
migration = importlib.import_module("crm.migrations.0022_chain_anew")


@pytest.fixture
def apps():
    """The models of the moment, and the table as it was."""
    with connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE crm_auditentry ADD actor_label varchar(254) NOT NULL DEFAULT 'system',"
            " ADD target_label varchar(200) NOT NULL DEFAULT '',"
            " DROP CONSTRAINT crm_audit_hashes_whole"
        )
    return MigrationLoader(connection).project_state(("crm", OLD)).apps


def fill(apps, brand, *, tampered=False):
    """Three acts as they were written then; the hash of the last."""
    entries, last = apps.get_model("crm", "AuditEntry"), migration.GENESIS
    acts = [
        ("crm.stage.moved", "Ida Holm", {"stage": ["a", "b"], "reason": "Ida said", "n": 1.0}),
        ("crm.creator.changed", "Ida Holm", {"country": ["", "DK"]}),
        ("crm.tag.changed", "Spring", {}),
    ]
    for number, (verb, label, data) in enumerate(acts, start=1):
        entry = entries(
            brand_id=brand.pk,
            number=number,
            at=NOW,
            actor_label="ana@acme.example",
            verb=verb,
            target_type="crm.creator",
            target_id=7,
            target_label=label,
            facts=data,
            text_digest="",
            previous_hash=last,
        )
        entry.hash = last = migration._hash(migration._old_content(entry))
        if tampered and number == 2:
            entry.facts = {"country": ["", "SE"]}
        entry.save()
    return last


def test_an_old_ledger_is_whole_anew_and_says_so(apps, brand, other_brand):
    old = fill(apps, brand)
    with behind.the_back():
        migration.chain_anew(apps, None)
    assert audit.first_broken_link(audit.entries_of(brand)) is None
    moved, changed, tag, told = audit.entries_of(brand)
    assert (moved.facts, moved.text.personal) == (
        {"stage": ["a", "b"], "n": 1},
        {"reason": "Ida said"},
    )
    assert (moved.actor_label, moved.target_label) == ("ana@acme.example", "Ida Holm")
    assert (changed.facts, changed.text.personal) == ({}, {"country": ["", "DK"]})
    assert (tag.facts, tag.text.personal) == ({}, {})
    assert told.verb == "crm.ledger.chained_anew"
    assert told.facts == {"entries": 3, "old_hash": old, "was_whole": True}
    assert not AuditEntry.objects.filter(brand=other_brand).exists()

    with behind.the_back():
        migration.chain_as_before(apps, None)
    back = apps.get_model("crm", "AuditEntry").objects.filter(brand_id=brand.pk, number=3)
    assert (back.get().hash, back.get().target_label) == (old, "Spring")


def test_a_ledger_that_did_not_hold_is_not_washed(apps, brand):
    fill(apps, brand, tampered=True)
    with behind.the_back():
        migration.chain_anew(apps, None)
    assert AuditEntry.objects.latest("number").facts["was_whole"] is False
