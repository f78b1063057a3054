"""Mail over REST: conversations and mails to read, mailboxes without secrets."""

from __future__ import annotations

import pytest

from crm.choices import Scope
from crm.models import Mailbox
from crm.outreach.parsing import File
from crm.services.mail.composing import attach, compose
from tests.crm.mail.test_pages import received
from tests.crm.mail.world import creator_of, mailbox_of
from tests.factories import NOW
from tests.rest import assert_problem, rest_as, walk

pytestmark = pytest.mark.django_db


@pytest.fixture
def box(brand) -> Mailbox:
    return mailbox_of(brand, smtp_host="smtp.acme.example", smtp_secret="hidden")


@pytest.fixture
def mia(brand):
    return creator_of(brand)


def test_mailboxes_are_shown_without_their_secrets(brand, manager, box):
    answer = rest_as(manager, brand).get("mailboxes/")
    [shown] = answer.json()["results"]
    assert shown == {
        "id": box.pk,
        "address": "ana@acme.example",
        "name": "Ana of Acme",
        "owner": None,
        "is_paused": False,
        "is_fetched": False,
        "fetched_at": None,
        "daily_cap": 200,
        "daily_new_cap": 30,
        "problems": [],
    }
    assert b"hidden" not in answer.content


def test_a_conversation_with_its_mails(brand, legal, manager, box, mia):
    first = received(box)
    draft = compose(
        relationship=mia, mailbox=box, author=manager, subject="Re: Our idea", text="Yes",
        purpose="reply", at=NOW, thread=first.thread,
    )  # fmt: skip
    attach(message_id=draft.pk, file=File("brief.pdf", "", b"%PDF-1.4 made up"))
    rest = rest_as(legal, brand)
    [thread] = rest.json("threads/")["results"]
    assert thread["creator"] == {"uid": str(mia.creator.uid), "name": mia.creator.name}
    assert thread["reply_waiting_since"] == "2026-11-22T12:00:00Z"
    assert rest.json(f"threads/{thread['id']}/") == thread
    mails = walk(rest, f"threads/{thread['id']}/mails/", limit=1)
    assert [(mail["direction"], mail["status"], mail["text"]) for mail in mails] == [
        ("in", "received", "May I have one?"),
        ("out", "draft", "Yes"),
    ]
    assert mails[1]["author"] == manager.email
    assert mails[1]["in_reply_to"] == "<reply-1@example.com>"
    assert [file["name"] for file in mails[1]["attachments"]] == ["brief.pdf"]


def test_which_conversations(brand, manager, box, mia):
    received(box)
    received(box, sender="who@example.org", message_id="<w@example.org>", subject="Hello")
    rest = rest_as(manager, brand)

    def subjects(**query: object) -> list[str]:
        return [row["subject"] for row in rest.json("threads/", **query)["results"]]

    assert subjects(matched="false") == ["Hello"]
    assert subjects(creator=str(mia.creator.uid)) == ["Re: Our idea"]
    assert len(subjects(waiting="true")) == 2
    assert_problem(rest.get("threads/", waitng="true"), 400, "unknown_parameter")


def test_analysts_and_other_brands_read_no_mail(brand, other_brand, analyst, outsider, box, mia):
    thread = received(box).thread
    assert_problem(rest_as(analyst, brand).get("threads/"), 403)
    assert_problem(rest_as(outsider, other_brand).get(f"threads/{thread.pk}/mails/"), 404)


def test_ones_own_mailbox_is_private_over_rest_too(brand, manager, admin_user, mia):
    own = mailbox_of(brand, owner=admin_user)
    private = received(own, sender="mum@example.org").thread
    assert rest_as(manager, brand).json("threads/")["results"] == []
    assert_problem(rest_as(manager, brand).get(f"threads/{private.pk}/"), 404)
    assert len(rest_as(admin_user, brand, [Scope.MAIL_READ]).json("threads/")["results"]) == 1
