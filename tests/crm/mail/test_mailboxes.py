"""Mailboxes: set up in words, tested on real servers, passwords never shown."""

from __future__ import annotations

import pytest
from django.urls import reverse

from crm.models import AuditEntry, Mailbox
from crm.outreach import secrets
from tests.crm.mail.servers import HOST, PASSWORD
from tests.crm.mail.world import mailbox_of

pytestmark = pytest.mark.django_db


def page(name: str, *args: object) -> str:
    return reverse(f"crm:{name}", args=["acme", *args])


@pytest.fixture
def given(smtp, imap) -> dict[str, object]:
    """What somebody fills in."""
    return {
        "address": "Ana@acme.example", "name": "Ana", "daily_cap": 200, "daily_new_cap": 30,
        "smtp_host": HOST, "smtp_port": smtp.port, "smtp_security": "none", "smtp_user": "ana",
        "smtp_password": PASSWORD, "imap_host": HOST, "imap_port": imap.port,
        "imap_security": "none", "imap_user": imap.USER, "imap_password": PASSWORD,
        "imap_folder": "INBOX",
    }  # fmt: skip


def test_a_manager_adds_their_own_mailbox_and_tries_it(manager_client, manager, given, smtp):
    got = manager_client.post(page("mailbox_new"), given)
    box = Mailbox.objects.get()
    assert got.url == page("mailbox", box.pk)
    assert (box.owner, box.address) == (manager, "ana@acme.example")
    assert PASSWORD not in box.smtp_secret
    assert secrets.decrypt(box.smtp_secret) == PASSWORD
    shown = manager_client.get(page("mailbox", box.pk)).content.decode()
    assert PASSWORD not in shown
    assert box.smtp_secret not in shown
    tried = manager_client.post(page("mailbox_test", box.pk), follow=True).content.decode()
    assert f"Sent to manager@acme.example through {HOST}:{smtp.port}." in tried
    assert smtp.envelopes == [("ana@acme.example", ["manager@acme.example"])]
    checked = manager_client.post(page("mailbox_check", box.pk), follow=True).content.decode()
    assert "lets us in; “INBOX” has 0 mails." in checked
    entry = AuditEntry.objects.get()
    assert entry.verb == "crm.mailbox.added"
    assert PASSWORD not in str(entry.data)
    assert "acme.example" not in f"{entry.data} {entry.target_label}"


def test_errors_are_told_in_words_and_kept(manager_client, given):
    manager_client.post(page("mailbox_new"), given | {"imap_password": "wrong", "smtp_port": 1})
    box = Mailbox.objects.get()
    tried = manager_client.post(page("mailbox_test", box.pk), follow=True).content.decode()
    assert f"{HOST}:1 refuses connections on this port." in tried
    checked = manager_client.post(page("mailbox_check", box.pk), follow=True).content.decode()
    assert "does not accept the user name and password." in checked
    assert "Fetching:" in manager_client.get(page("mailbox", box.pk)).content.decode()


def test_a_stored_password_goes_to_no_other_server(manager_client, given):
    manager_client.post(page("mailbox_new"), given)
    box = Mailbox.objects.get()
    moved = given | {"smtp_host": "evil.example", "smtp_password": ""}
    got = manager_client.post(page("mailbox", box.pk), moved)
    assert got.status_code == 422
    assert "enter the password again" in got.content.decode()
    box.refresh_from_db()
    assert box.smtp_host == HOST
    kept = given | {"smtp_password": "", "imap_password": "", "name": "Ana T"}
    assert manager_client.post(page("mailbox", box.pk), kept).status_code == 302
    box.refresh_from_db()
    assert (box.name, secrets.decrypt(box.smtp_secret)) == ("Ana T", PASSWORD)


def test_the_operator_says_which_servers_may_be_used(settings, manager_client, given):
    settings.MAIL_HOSTS = ["mail.acme.example"]
    got = manager_client.post(page("mailbox_new"), given)
    assert "does not allow 127.0.0.1 (MAIL_HOSTS)" in got.content.decode()
    assert not Mailbox.objects.exists()


def test_an_address_is_one_mailbox(manager_client, admin_user_client, given):
    manager_client.post(page("mailbox_new"), given)
    got = admin_user_client.post(page("mailbox_new"), given)
    assert "There is a mailbox ana@acme.example already." in got.content.decode()
    assert Mailbox.objects.count() == 1


def test_who_changes_which(brand, admin_user, manager_client, admin_user_client, outsider_client):
    shared = mailbox_of(brand)
    own = mailbox_of(brand, address="boss@acme.example", owner=admin_user)
    for box in (shared, own):
        assert manager_client.get(page("mailbox", box.pk)).status_code == 404
        assert manager_client.post(page("mailbox_remove", box.pk)).status_code == 404
        assert manager_client.post(page("mailbox_test", box.pk)).status_code == 404
        assert admin_user_client.get(page("mailbox", box.pk)).status_code == 200
        assert outsider_client.get(page("mailbox", box.pk)).status_code == 404
    assert Mailbox.objects.count() == 2
    assert admin_user_client.post(page("mailbox_remove", shared.pk)).status_code == 302
    assert Mailbox.objects.get() == own


def test_a_password_of_another_installation_is_lost_in_words(settings, manager_client, given):
    manager_client.post(page("mailbox_new"), given)
    settings.SECRET_KEY, old = "another key", settings.SECRET_KEY
    with pytest.raises(secrets.SecretLost, match="another SECRET_KEY"):
        secrets.decrypt(Mailbox.objects.get().smtp_secret)
    settings.SECRET_KEY_FALLBACKS = [old]
    assert secrets.decrypt(Mailbox.objects.get().smtp_secret) == PASSWORD
