"""The pages of mail: who sees what, what a click does, and what it says when it does not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from crm.choices import MailStatus
from crm.models import Mailbox, Message, Thread
from crm.outreach import attachments, parsing
from crm.outreach.parsing import File
from crm.services.mail import sending
from crm.services.mail.receiving import take_in
from tests.crm.mail.world import creator_of, mail, mailbox_of
from tests.factories import NOW
from tests.people import logged_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def box(brand, smtp) -> Mailbox:
    return mailbox_of(brand, smtp=smtp)


@pytest.fixture
def mia(brand):
    return creator_of(brand)


@pytest.fixture
def thread(box, mia) -> Thread:
    """A mail of Mia that waits for an answer."""
    return received(box).thread


def received(box: Mailbox, text: str = "May I have one?", **given) -> Message:
    message = take_in(
        mailbox=box, folder="inbox", mail=parsing.read(mail(text, **given).as_bytes()), at=NOW
    )
    assert message
    return message


def page(name: str, *args: object) -> str:
    return reverse(f"crm:{name}", args=["acme", *args])


def answer(box: Mailbox, **changed: object) -> dict[str, object]:
    given = {"mailbox": box.pk, "to": "mia@example.com", "cc": "", "subject": "Re: Our idea"}
    return given | {"text": "Of course", "do": "send"} | changed


def test_a_reply_is_answered_from_the_inbox(manager_client, box, thread, smtp):
    inbox = manager_client.get(page("inbox")).content.decode()
    assert page("thread", thread.pk) in inbox
    shown = manager_client.get(page("thread", thread.pk)).content.decode()
    assert "May I have one?" in shown
    assert 'value="Re: Our idea"' in shown
    assert 'value="mia@example.com"' in shown
    got = manager_client.post(page("thread", thread.pk), answer(box), follow=True)
    assert "you can take it back" in got.content.decode()
    message = Message.objects.get(direction="out")
    assert (message.status, message.purpose, message.text) == ("queued", "reply", "Of course")
    assert message.in_reply_to == "<reply-1@example.com>"
    assert sending.send_due(at=timezone.now()) == {}  # for ten seconds it can be taken back
    assert sending.send_due(at=timezone.now() + timedelta(seconds=11)) == {"sent": 1}
    assert smtp.mails[0]["In-Reply-To"] == "<reply-1@example.com>"
    thread.refresh_from_db()
    assert thread.reply_waiting_since is None
    assert "Nobody waits" in manager_client.get(page("inbox")).content.decode()


def test_a_sent_mail_can_be_taken_back_and_thrown_away(manager_client, box, thread):
    manager_client.post(page("thread", thread.pk), answer(box))
    message = Message.objects.get(direction="out")
    manager_client.post(page("mail_take_back", message.pk))
    assert Message.objects.get(direction="out").status == MailStatus.DRAFT
    changed = answer(box, text="Sure", do="draft")
    assert manager_client.post(page("mail_edit", message.pk), changed).status_code == 302
    assert Message.objects.get(direction="out").text == "Sure"
    assert (
        page("thread", thread.pk)
        in manager_client.get(page("inbox") + "?box=unsent").content.decode()
    )
    manager_client.post(page("mail_discard", message.pk))
    assert not Message.objects.filter(direction="out").exists()


def test_what_is_wrong_stands_beside_its_field_and_nothing_is_written(manager_client, box, thread):
    got = manager_client.post(page("thread", thread.pk), answer(box, to="mia@", text="Keep me"))
    assert got.status_code == 422
    assert "“mia@” is not an e-mail address." in got.content.decode()
    assert "Keep me" in got.content.decode()
    got = manager_client.post(page("thread", thread.pk), answer(box, text="Hi {{first_name}}"))
    assert "Nothing is filled in yet for {{first_name}}." in got.content.decode()
    assert not Message.objects.filter(direction="out").exists()


def test_a_new_mail_says_what_would_hold_it_back(manager_client, box, mia):
    shown = manager_client.get(page("mail_new", mia.creator.uid)).content.decode()
    assert "It would not be sent now" in shown
    assert "postal address" in shown
    assert 'value="mia@example.com"' in shown
    sent = manager_client.post(
        page("mail_new", mia.creator.uid), answer(box, subject="An idea", do="draft")
    )
    message = Message.objects.get()
    assert sent.url == page("thread", message.thread_id)
    assert (message.status, message.purpose) == ("draft", "first")


def test_a_file_hangs_on_a_mail_and_comes_back_as_a_download(manager_client, box, thread, tmp_path):
    paper = tmp_path / "brief.pdf"
    paper.write_bytes(b"%PDF-1.4 made up")
    with paper.open("rb") as file:
        manager_client.post(page("thread", thread.pk), answer(box, file=file))
    attachment = Message.objects.get(direction="out").attachments.get()
    got = manager_client.get(page("mail_file", attachment.pk))
    assert b"".join(got.streaming_content) == b"%PDF-1.4 made up"
    assert got["Content-Disposition"] == 'attachment; filename="brief.pdf"'
    assert got["Content-Type"] == "application/pdf"
    assert got["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in got["Content-Security-Policy"]


def test_a_risky_file_asks_first(manager_client, brand, thread):
    message = thread.mails.get()
    made = attachments.keep(
        brand=brand, message=message, file=File("x.html", "", b"<script>alert(1)</script>")
    )
    asked = manager_client.get(page("mail_file", made.pk))
    assert "can run programs" in asked.content.decode()
    got = manager_client.get(page("mail_file", made.pk) + "?anyway=yes")
    assert got["Content-Type"] == "application/octet-stream"


def test_markup_in_a_mail_is_text(manager_client, box, mia):
    message = received(box, "<script>alert(1)</script> see https://example.com")
    shown = manager_client.get(page("thread", message.thread_id)).content.decode()
    assert "<script>alert(1)" not in shown
    assert 'href="https://example.com"' in shown


def test_a_strangers_mail_is_assigned(manager_client, box, mia):
    thread = received(box, sender="who@example.org").thread
    assert (
        page("thread", thread.pk)
        in manager_client.get(page("inbox") + "?box=unmatched").content.decode()
    )
    found = manager_client.get(page("thread", thread.pk) + "?find=mi").content.decode()
    assert str(mia.creator.uid) in found
    given = {"creator": mia.creator.uid, "remember": "on"}
    manager_client.post(page("thread_assign", thread.pk), given)
    thread.refresh_from_db()
    assert thread.relationship == mia
    assert mia.creator.contact_points.filter(value="who@example.org").exists()


def test_an_address_of_another_creator_is_not_remembered_twice(manager_client, brand, box, mia):
    noa = creator_of(brand, "Noa", "noa@example.com")
    thread = received(box, sender="who@example.org").thread
    Message.objects.update(from_address="noa@example.com")
    given = {"creator": mia.creator.uid, "remember": "on"}
    got = manager_client.post(page("thread_assign", thread.pk), given, follow=True)
    assert f"{noa.creator}&#x27;s address already" in got.content.decode()
    thread.refresh_from_db()
    assert thread.relationship is None


def test_done_and_waiting_again(manager_client, thread):
    manager_client.post(page("thread_done", thread.pk))
    thread.refresh_from_db()
    assert thread.reply_waiting_since is None
    manager_client.post(page("thread_reopen", thread.pk))
    thread.refresh_from_db()
    assert thread.reply_waiting_since == NOW


def test_a_mail_about_no_creator_is_set_aside(manager_client, box, mia):
    thread = received(box, sender="news@example.org").thread
    manager_client.post(page("thread_aside", thread.pk))
    for name in ("unmatched", "all"):
        shown = manager_client.get(page("inbox") + f"?box={name}").content.decode()
        assert page("thread", thread.pk) not in shown


def test_a_person_says_whether_a_mail_left(manager_client, box, thread, smtp):
    smtp.dies = True
    manager_client.post(page("thread", thread.pk), answer(box))
    sending.send_due(at=timezone.now() + timedelta(seconds=11))
    message = Message.objects.get(direction="out")
    shown = manager_client.get(page("thread", thread.pk)).content.decode()
    assert "not known whether it left" in shown
    manager_client.post(page("mail_settle", message.pk), {"left": "yes"})
    message.refresh_from_db()
    assert message.status == MailStatus.SENT


def test_the_panel_of_the_creators_page(manager_client, legal_client, box, mia, thread):
    panel = manager_client.get(
        page("creator_mail", mia.creator.uid), headers={"HX-Request": "true"}
    )
    text = panel.content.decode()
    assert page("thread", thread.pk) in text
    assert page("mail_new", mia.creator.uid) in text
    assert "<html" not in text
    assert (
        page("mail_new", mia.creator.uid)
        not in legal_client.get(page("creator_mail", mia.creator.uid)).content.decode()
    )


def test_who_reads_and_who_writes(
    thread, box, strategist_client, analyst_client, legal_client, outsider_client
):
    for client in (strategist_client, legal_client):
        assert client.get(page("thread", thread.pk)).status_code == 200
        assert client.post(page("thread", thread.pk), answer(box)).status_code == 403
        assert client.post(page("thread_done", thread.pk)).status_code == 403
        assert client.get(page("mailboxes")).status_code == 403
    for name, args in (("inbox", ()), ("thread", (thread.pk,))):
        assert analyst_client.get(page(name, *args)).status_code == 403
        assert outsider_client.get(page(name, *args)).status_code == 404
    assert not Message.objects.filter(direction="out").exists()


def test_private_mail_in_ones_own_mailbox_is_nobody_elses_business(
    brand, smtp, mia, manager, manager_client, admin_user
):
    own = mailbox_of(brand, smtp=smtp, owner=admin_user)
    private = received(own, "Dinner?", sender="mum@example.org").thread
    about_mia = received(own, message_id="<m@example.com>").thread
    assert manager_client.get(page("thread", private.pk)).status_code == 404
    assert (
        page("thread", private.pk)
        not in manager_client.get(page("inbox") + "?box=all").content.decode()
    )
    assert manager_client.get(page("thread", about_mia.pk)).status_code == 200
    assert logged_in(admin_user).get(page("thread", private.pk)).status_code == 200
    Thread.objects.filter(pk=private.pk).update(mailbox=None)  # as when the account goes
    assert manager_client.get(page("thread", private.pk)).status_code == 404
    Thread.objects.filter(pk=private.pk).update(mailbox=own)
    logged_in(admin_user).post(page("mailbox_remove", own.pk))
    assert list(Thread.objects.all()) == [about_mia]


def test_a_conversation_that_was_filed_wrongly_is_moved(manager_client, brand, box, mia, thread):
    noa = creator_of(brand, "Noa", "noa@example.com")
    shown = manager_client.get(page("thread", thread.pk) + "?find=no").content.decode()
    assert str(noa.creator.uid) in shown
    manager_client.post(page("thread_assign", thread.pk), {"creator": noa.creator.uid})
    thread.refresh_from_db()
    assert thread.relationship == noa


def test_the_inbox_costs_the_same_for_many(manager_client, box, mia, django_assert_max_num_queries):
    for number in range(3):
        received(box, subject=f"S{number}", message_id=f"<s{number}@example.com>")
    manager_client.get(page("inbox"))
    with django_assert_max_num_queries(16) as few:
        manager_client.get(page("inbox") + "?box=all")
    for number in range(3, 12):
        received(box, subject=f"S{number}", message_id=f"<s{number}@example.com>")
    with django_assert_max_num_queries(len(few)):
        manager_client.get(page("inbox") + "?box=all")
    thread = Thread.objects.first()
    with django_assert_max_num_queries(40) as one:
        manager_client.get(page("thread", thread.pk))
    for number in range(5):
        received(box, in_reply_to="<s11@example.com>", message_id=f"<t{number}@example.com>")
    with django_assert_max_num_queries(len(one)):
        manager_client.get(page("thread", thread.pk))


def test_dev_says_that_nothing_leaves(settings, manager_client, thread):
    settings.MAIL_DELIVERY = False
    shown = manager_client.get(page("thread", thread.pk)).content.decode()
    assert "Written, not sent: this installation does not send mail" in shown
