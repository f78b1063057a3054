"""Signed checkpoints: what they prove, and what proves nothing."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from crm import audit
from crm.models import AuditEntry, LedgerCheckpoint, LedgerKey, Notification
from crm.services.ledger import checkpoints, keys, nightly, verifying
from tests.crm.ledger import behind
from tests.factories import NOW

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=1)


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    settings.RAPPORT_HOME = tmp_path
    return tmp_path


def write(brand, count=3):
    for n in range(count):
        audit.record(brand=brand, verb="test.act", target=brand, at=NOW, data={"n": n})


def make(brand, at=NOW):
    return checkpoints.make(brand=brand, at=at)


def verify(**options):
    out = StringIO()
    call_command("verify_ledger", stdout=out, **options)
    return json.loads(out.getvalue())


def test_a_checkpoint_signs_the_last_entry_once(brand, home):
    write(brand)
    made = make(brand)
    assert (made.number, made.hash) == (3, AuditEntry.objects.latest("number").hash)
    assert make(brand, LATER) == made
    read = checkpoints.read(checkpoints.document(made))
    assert (read.brand_id, read.mark) == (brand.pk, audit.Mark(3, made.hash))
    [file] = (home / "ledger-keys").iterdir()
    assert (file.name, file.stat().st_mode & 0o777) == (f"{read.fingerprint}.pem", 0o600)
    assert AuditEntry.objects.count() == 3


def test_an_empty_ledger_is_not_signed(brand):
    with pytest.raises(checkpoints.CheckpointRefused, match="nothing to sign"):
        make(brand)
    assert not LedgerCheckpoint.objects.exists()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"number": 2}, "signature does not fit"),
        ({"hash": "0" * 64}, "signature does not fit"),
        ({"at": "2020-01-01"}, "signature does not fit"),
        ({"brand": 99}, "signature does not fit"),
        ({"key": "0" * 64}, "names another key"),
        ({"format": "x"}, "no checkpoint"),
        ({"signature": "x"}, "no checkpoint"),
        ({"public_key": "AAAA"}, "no checkpoint"),
        ({"number": "3"}, "no checkpoint"),
    ],
)
def test_a_changed_file_proves_nothing(brand, change, words):
    write(brand)
    said = json.loads(checkpoints.document(make(brand))) | change
    with pytest.raises(checkpoints.CheckpointRefused, match=words):
        checkpoints.read(json.dumps(said))


@pytest.mark.parametrize("text", ["", "[]", "{}", "3", '{"number": 1}'])
def test_other_files_are_no_checkpoints(text):
    with pytest.raises(checkpoints.CheckpointRefused, match="no checkpoint"):
        checkpoints.read(text)


def test_former_keys_go_on_counting(brand):
    write(brand)
    first = make(brand)
    keys.rotate(at=LATER)
    second = make(brand, LATER)
    assert first.key != second.key
    assert LedgerKey.objects.first() == second.key
    assert verifying.verify(brand).checkpoints == 2


def test_a_key_whose_file_is_gone_makes_room_for_another(brand, home):
    write(brand)
    first = make(brand)
    next((home / "ledger-keys").iterdir()).unlink()
    assert make(brand, LATER).key != first.key


def test_the_command_follows_the_ledger_through_a_file(brand, other_brand, tmp_path):
    write(brand)
    file = tmp_path / "kept.json"
    made = make(brand)
    file.write_text(checkpoints.document(made), encoding="utf-8")
    write(brand)
    found = verify(checkpoint=[str(file)])
    assert found.keys() == {"acme"}
    assert (found["acme"]["entries"], found["acme"]["checkpoints"]) == (6, 2)
    with pytest.raises(CommandError, match="a brand that is not checked"):
        verify(checkpoint=[str(file)], brand="other")
    # Somebody takes the end away, and the checkpoint that is here with it.
    with behind.the_back() as cursor:
        cursor.execute("DELETE FROM crm_ledgercheckpoint")
    for number in (6, 5, 4, 3):
        behind.remove(brand, number)
    assert verify()["acme"]["entries"] == 2
    with pytest.raises(
        CommandError, match=r"acme: entry 3 \(cut off\): the ledger ends at entry 2"
    ):
        verify(checkpoint=[str(file)])


def test_a_checkpoint_of_a_stranger_is_refused(brand, tmp_path):
    write(brand)
    file = tmp_path / "kept.json"
    file.write_text(checkpoints.document(make(brand)), encoding="utf-8")
    with behind.the_back() as cursor:
        cursor.execute("DELETE FROM crm_ledgercheckpoint")
        cursor.execute("DELETE FROM crm_ledgerkey")
    with pytest.raises(CommandError, match="a key that was never ours"):
        verify(checkpoint=[str(file)])


def test_the_command_says_what_a_file_is_not(brand, tmp_path):
    with pytest.raises(CommandError, match="Cannot read"):
        verify(checkpoint=[str(tmp_path / "none.json")])


def test_each_night_what_grew_is_signed(brand, other_brand):
    assert nightly.check_and_sign(brand=brand, at=NOW) is None
    write(brand)
    assert nightly.check_and_sign(brand=brand, at=NOW).number == 3
    assert nightly.check_and_sign(brand=brand, at=LATER) is None
    write(brand, 1)
    assert nightly.check_and_sign(brand=brand, at=LATER).number == 4


def test_a_broken_ledger_is_told_once_and_not_signed(brand, legal, admin_user, manager):
    write(brand)
    behind.change(brand, 2, verb="test.other")
    for _night in range(2):
        assert nightly.check_and_sign(brand=brand, at=NOW) is None
    assert not LedgerCheckpoint.objects.exists()
    told = Notification.objects.order_by("user")
    assert {row.user for row in told} == {legal, admin_user}
    assert len(told) == 2
    assert told[0].text == (
        "The ledger is broken at entry 2: its content was changed after it was written. "
        "What comes before it is as it was written."
    )


def test_who_keeps_them_gets_each_by_mail(brand, admin_user, mailoutbox):
    write(brand)
    made = make(brand)
    assert checkpoints.mail(made) is False
    with pytest.raises(checkpoints.AddressRefused, match="no e-mail address"):
        checkpoints.set_address(brand=brand, address="nowhere", actor=admin_user, at=NOW)
    assert AuditEntry.objects.count() == 3
    checkpoints.set_address(brand=brand, address="Bo@Law.example", actor=admin_user, at=NOW)
    entry = AuditEntry.objects.latest("number")
    assert (entry.verb, entry.data) == (
        "crm.ledger.address_set",
        {"address": ["", "bo@law.example"]},
    )
    assert entry.facts == {}
    assert checkpoints.mail(made) is True
    [sent] = mailoutbox
    assert sent.to == ["bo@law.example"]
    [(name, content, kind)] = sent.attachments
    assert (name, kind) == ("ledger-acme-3.json", "application/json")
    assert checkpoints.read(content).mark.number == 3
