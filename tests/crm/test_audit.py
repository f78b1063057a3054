"""The audit ledger: chained, and honest about tampering."""

from __future__ import annotations

import json
import math
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from crm import audit
from crm.models import AuditEntry
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def write(brand, count=1, **values):
    entries = [
        audit.record(
            brand=brand, verb=f"test.act{n}", target=brand, at=NOW, data={"n": n, **values}
        )
        for n in range(count)
    ]
    return entries[-1]


def verify(**options):
    out = StringIO()
    call_command("verify_ledger", stdout=out, **options)
    return json.loads(out.getvalue().splitlines()[-1])


def test_entries_are_numbered_and_chained_per_brand(brand, other_brand, manager):
    first = audit.record(
        brand=brand, verb="test.first", target=manager, actor=manager, at=NOW, data={"a": [1, None]}
    )
    second = audit.record(brand=brand, verb="test.second", target=brand, at=NOW)
    elsewhere = audit.record(brand=other_brand, verb="test.first", target=other_brand, at=NOW)
    assert (first.number, second.number, elsewhere.number) == (1, 2, 1)
    assert first.previous_hash == elsewhere.previous_hash == audit.GENESIS
    assert second.previous_hash == first.hash
    assert (first.actor_label, second.actor_label) == ("manager@acme.example", "system")
    assert (first.target_type, first.target_id) == ("crm.user", manager.pk)


@pytest.mark.parametrize(
    "value",
    [
        1.0,
        -0.0,
        1e20,
        1e-7,
        0.1,
        math.pi,
        10**30,
        'æ \\ " \u2028',
        None,
        [],
        {"b": 1, "a": [1.5]},
        NOW,
    ],
)
def test_what_is_read_back_has_the_same_hash(brand, value):
    entry = write(brand, value=value)
    read = AuditEntry.objects.get(pk=entry.pk)
    assert audit.hash_of(read) == entry.hash
    assert audit.first_broken_link(audit.entries_of(brand)) is None


def test_the_chain_holds_after_the_actors_account_is_gone(brand, manager):
    audit.record(brand=brand, verb="test.act", target=brand, actor=manager, at=NOW)
    manager.delete()
    assert audit.first_broken_link(audit.entries_of(brand)) is None


@pytest.mark.parametrize(
    "tamper",
    [
        {"data": {"n": 99}},
        {"at": NOW + timedelta(microseconds=1)},
        {"actor_label": "somebody@else.example"},
        {"verb": "test.other"},
        {"target_id": 7},
        {"target_label": "x"},
    ],
)
def test_a_changed_entry_is_found(brand, tamper):
    write(brand, count=5)
    AuditEntry.objects.filter(brand=brand, number=3).update(**tamper)
    assert audit.first_broken_link(audit.entries_of(brand)) == audit.BrokenLink(
        3, "its content was changed after it was written"
    )


def test_a_changed_entry_with_a_new_hash_breaks_the_next(brand):
    write(brand, count=5)
    entry = AuditEntry.objects.get(brand=brand, number=3)
    entry.verb = "test.other"
    AuditEntry.objects.filter(pk=entry.pk).update(verb=entry.verb, hash=audit.hash_of(entry))
    assert audit.first_broken_link(audit.entries_of(brand)) == audit.BrokenLink(
        4, "it does not continue the entry before it"
    )


def test_a_removed_entry_is_found(brand):
    write(brand, count=5)
    AuditEntry.objects.filter(brand=brand, number=2).delete()
    assert audit.first_broken_link(audit.entries_of(brand)) == audit.BrokenLink(
        2, "entry 2 is missing; entry 3 follows"
    )


def test_the_command_counts_exports_and_verifies(brand, other_brand, tmp_path):
    last = write(brand, count=3)
    file = tmp_path / "ledger.jsonl"
    assert verify(export=str(file)) == {
        "acme": {"entries": 3, "last_hash": last.hash},
        "other": {"entries": 0, "last_hash": audit.GENESIS},
    }
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert [line["number"] for line in lines] == [1, 2, 3]
    assert lines[2]["hash"] == last.hash
    assert verify(brand="other") == {"other": {"entries": 0, "last_hash": audit.GENESIS}}


def test_the_command_names_the_first_broken_entry(brand):
    write(brand, count=3)
    AuditEntry.objects.filter(brand=brand, number=2).update(verb="x")
    with pytest.raises(CommandError, match=r"acme: entry 2: its content was changed"):
        verify()


def test_the_command_refuses_an_unknown_brand(brand):
    with pytest.raises(CommandError, match="no brand with the slug nowhere"):
        verify(brand="nowhere")
