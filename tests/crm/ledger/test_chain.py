"""The audit ledger: chained, and honest about tampering."""

from __future__ import annotations

import json
import math
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from crm import audit
from crm.models import AuditEntry, AuditText
from tests.crm.ledger import behind
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


def broken(brand, **options):
    found = audit.first_broken_link(audit.entries_of(brand), **options)
    return found and (found.number, found.kind.value)


@pytest.mark.parametrize(
    "tamper",
    [
        {"facts": {"n": 99}},
        {"at": NOW + timedelta(microseconds=1)},
        {"actor_id": 7},
        {"verb": "test.other"},
        {"target_id": 7},
        {"text_digest": "0" * 64},
    ],
)
def test_a_changed_entry_is_found(brand, tamper):
    write(brand, count=5)
    behind.change(brand, 3, **tamper)
    assert audit.first_broken_link(audit.entries_of(brand)) == audit.BrokenLink(
        3, audit.Broken.CHANGED, "its content was changed after it was written"
    )


@pytest.mark.parametrize(
    "tamper", [{"actor_label": "x@y.example"}, {"target_label": "x"}, {"personal": {"a": 1}}]
)
def test_a_changed_text_is_found(brand, tamper):
    write(brand, count=5)
    behind.change_text(brand, 3, **tamper)
    assert broken(brand) == (3, "text_changed")


def test_a_changed_entry_with_a_new_hash_is_found_by_the_next(brand):
    write(brand, count=5)
    entry = AuditEntry.objects.get(brand=brand, number=3)
    entry.verb = "test.other"
    behind.change(brand, 3, verb=entry.verb, hash=audit.hash_of(entry))
    assert broken(brand) == (3, "relinked")


def test_a_removed_entry_is_found(brand):
    write(brand, count=5)
    behind.remove(brand, 2)
    assert audit.first_broken_link(audit.entries_of(brand)) == audit.BrokenLink(
        2, audit.Broken.GAP, "entry 2 is missing; entry 3 follows"
    )


def test_a_removed_entry_whose_number_another_took_is_found(brand):
    write(brand, count=5)
    behind.remove(brand, 2, close=True)
    assert broken(brand) == (2, "gap")


def test_a_removed_first_entry_is_found(brand):
    write(brand, count=3)
    behind.remove(brand, 1, close=True)
    assert broken(brand) == (1, "gap")


def test_an_entry_put_in_is_found(brand):
    write(brand, count=5)
    with behind.the_back() as cursor:
        behind.shift(cursor, brand, 2, 1)
    two, four = AuditEntry.objects.filter(brand=brand, number__in=[2, 4]).order_by("number")
    made = AuditEntry(
        brand=brand,
        number=3,
        at=two.at,
        verb="test.never",
        target_type="crm.brand",
        text_digest=two.text_digest,
        previous_hash=two.hash,
    )
    made.hash = audit.hash_of(made)
    made.save()
    AuditText.objects.create(
        entry=made, salt=two.text.salt, actor_label="system", target_label="Acme", personal={}
    )
    assert four.verb == "test.act2"
    assert broken(brand) == (3, "inserted")


def test_a_cut_off_end_is_found_by_a_checkpoint_only(brand):
    last = write(brand, count=5)
    mark = audit.Mark(5, last.hash)
    assert broken(brand, marks=[mark]) is None
    behind.remove(brand, 5)
    assert broken(brand) is None
    assert broken(brand, marks=[mark]) == (5, "cut_off")


def test_a_ledger_written_anew_is_found_by_a_checkpoint_only(brand, other_brand):
    write(brand, count=4)
    mark = audit.Mark(4, AuditEntry.objects.get(brand=brand, number=4).hash)
    entries = list(audit.entries_of(brand))
    entries[1].verb = "test.other"
    last = audit.GENESIS
    for entry in entries:
        entry.previous_hash = last
        entry.hash = last = audit.hash_of(entry)
        columns = {"verb": entry.verb, "previous_hash": entry.previous_hash, "hash": entry.hash}
        behind.change(brand, entry.number, **columns)
    assert broken(brand) is None
    assert broken(brand, marks=[mark]) == (4, "chained_anew")


def test_the_command_counts_exports_and_verifies(brand, other_brand, tmp_path):
    last = write(brand, count=3)
    file = tmp_path / "ledger.jsonl"
    assert verify(export=str(file)) == {
        "acme": {"entries": 3, "last_hash": last.hash, "texts_erased": 0, "checkpoints": 0},
        "other": {"entries": 0, "last_hash": audit.GENESIS, "texts_erased": 0, "checkpoints": 0},
    }
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert [line["number"] for line in lines] == [1, 2, 3]
    assert lines[2]["hash"] == last.hash
    assert verify(brand="other") == {
        "other": {"entries": 0, "last_hash": audit.GENESIS, "texts_erased": 0, "checkpoints": 0}
    }


def test_the_command_names_the_first_broken_entry(brand):
    write(brand, count=3)
    behind.change(brand, 2, verb="x")
    with pytest.raises(CommandError, match=r"acme: entry 2 \(changed\): its content was changed"):
        verify()


def test_the_command_refuses_an_unknown_brand(brand):
    with pytest.raises(CommandError, match="no brand with the slug nowhere"):
        verify(brand="nowhere")
