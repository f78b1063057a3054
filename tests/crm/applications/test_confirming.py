"""The link in the mail, over a real SMTP server, and what waits until it is used."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from crm.choices import ApplicationStatus
from crm.models import Application, AuditEntry, Notification
from crm.services.applications import confirming
from tests.crm.applications.worlds import applied, filled_in
from tests.crm.mail.world import mailbox_of

pytestmark = pytest.mark.django_db

URL = "/apply/acme/"


@pytest.fixture(autouse=True)
def _public_address(settings):
    settings.RAPPORT_URL = "https://crm.example.com"


@pytest.fixture
def box(brand, smtp):
    return mailbox_of(brand, smtp=smtp)


def text_of(mail):
    return mail.get_body().get_content().replace("\r\n", "\n")


def link_in(mail):
    return re.search(r"https://crm\.example\.com(/apply/acme/confirm/\S+)", text_of(mail)).group(1)


def test_an_application_waits_for_the_link(
    public, box, smtp, client, manager, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(URL, filled_in(public, name="Buy pills at pills.example"))
    assert answer.status_code == 302
    assert (
        "One step is left: look into your mail." in client.get(answer["Location"]).content.decode()
    )
    kept = Application.objects.get()
    assert (kept.status, kept.confirmed_at) == (ApplicationStatus.UNCONFIRMED, None)
    assert not Notification.objects.exists()

    [mail] = smtp.mails
    assert smtp.envelopes == [(box.address, ["ida@holm.example"])]
    assert (mail["Subject"], mail["Auto-Submitted"]) == (
        "Confirm your application to Acme",
        "auto-generated",
    )
    # The form cannot be used to send somebody's words to strangers.
    assert "pills" not in mail.as_string()

    # A filter that follows the link changes nothing.
    link = link_in(mail)
    assert "Yes, this is my application" in client.get(link).content.decode()
    kept.refresh_from_db()
    assert kept.status == ApplicationStatus.UNCONFIRMED
    assert "Confirmed" in client.post(link).content.decode()
    kept.refresh_from_db()
    assert kept.status == ApplicationStatus.OPEN
    confirmed_at = kept.confirmed_at
    assert confirmed_at is not None
    assert Notification.objects.filter(user=manager).count() == 1
    # Once more is the same.
    assert "Confirmed" in client.post(link).content.decode()
    kept.refresh_from_db()
    assert kept.confirmed_at == confirmed_at
    assert AuditEntry.objects.filter(verb="crm.application.confirmed").count() == 1


def test_a_newer_form_takes_the_place_of_one_that_nobody_confirmed(
    public, box, smtp, client, django_capture_on_commit_callbacks
):
    for why in ("First try.", "Second try."):
        with django_capture_on_commit_callbacks(execute=True):
            client.post(URL, filled_in(public, why=why))
    kept = Application.objects.get()
    assert kept.why == "Second try."
    first, second = (link_in(mail) for mail in smtp.mails)
    gone = client.post(first)
    assert gone.status_code == 404
    assert "a newer one took its place" in gone.content.decode()
    assert client.post(second).status_code == 200


def test_who_applies_again_is_told_by_mail_alone(
    brand, public, box, smtp, client, django_capture_on_commit_callbacks
):
    applied(brand)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(URL, filled_in(public))
    [mail] = smtp.mails
    assert mail["Subject"] == "Your application to Acme is with us already"
    assert "waits for a decision" in text_of(mail)
    assert "/confirm/" not in text_of(mail)


def test_links_that_do_not_work(brand, other_brand, client):
    kept = applied(brand, status=ApplicationStatus.UNCONFIRMED)
    path = confirming.link(kept).removeprefix("https://crm.example.com")
    for wrong in (path[:-3] + "/", path.replace("/acme/", "/other/")):
        for ask in (client.get, client.post):
            assert ask(wrong).status_code == 404
    kept.refresh_from_db()
    assert kept.status == ApplicationStatus.UNCONFIRMED


def test_a_link_ends(brand, monkeypatch):
    kept = applied(brand, status=ApplicationStatus.UNCONFIRMED)
    token = confirming.link(kept).rstrip("/").rpartition("/")[2]
    monkeypatch.setattr(confirming, "GOOD_FOR", timedelta(seconds=-1))
    with pytest.raises(confirming.BadLink, match="Fill in the form again"):
        confirming.read("acme", token)


def test_a_server_that_is_busy_is_asked_again(brand, public, box, smtp):
    kept = applied(brand, status=ApplicationStatus.UNCONFIRMED)
    smtp.answer = "451 Later"
    with pytest.raises(confirming.MailWaits):
        confirming.send(application_id=kept.pk, at=timezone.now())
    smtp.answer = "550 Never"
    assert not confirming.send(application_id=kept.pk, at=timezone.now())
    smtp.answer = ""
    assert confirming.send(application_id=kept.pk, at=timezone.now())
    kept.delete()
    assert not confirming.send(application_id=kept.pk or 0, at=timezone.now())


def test_without_a_mailbox_that_sends_there_is_no_link(brand, public, settings, smtp):
    assert confirming.mailbox_of(brand) is None
    box = mailbox_of(brand, smtp=smtp)
    assert confirming.mailbox_of(brand) == box
    settings.MAIL_DELIVERY = False
    assert confirming.mailbox_of(brand) is None
    settings.MAIL_DELIVERY = True
    settings.RAPPORT_URL = ""
    assert confirming.mailbox_of(brand) is None
