"""A morning's mail: find who waits by keyboard, answer, say that another needs no answer."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from crm.models import Message, Thread
from tests.crm.mail.test_pages import received
from tests.crm.mail.world import creator_of, mailbox_of


def test_a_reply_is_triaged(brand, smtp, manager, log_in, visit, assert_accessible):
    box = mailbox_of(brand, smtp=smtp)
    creator_of(brand, "Mia Holm")
    creator_of(brand, "Noa Lind", "noa@example.com")
    received(box, subject="The autumn box")
    received(box, sender="Noa <noa@example.com>", subject="Thank you", message_id="<n@example.com>")
    log_in(manager)
    page = visit("/acme/mail/")
    expect(page.get_by_role("link", name=re.compile(r"Waiting"))).to_contain_text("2")
    assert_accessible(page)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="The autumn box", level=1)).to_be_visible()
    assert_accessible(page)
    page.get_by_label("Mail", exact=True).fill("Gladly, on Monday.")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("you can take it back")).to_be_visible()
    expect(page.get_by_role("button", name="Take back")).to_be_visible()
    assert Message.objects.get(direction="out").text == "Gladly, on Monday."
    visit("/acme/mail/").get_by_role("link", name="Thank you").click()
    page.get_by_role("button", name="Done, no answer needed").click()
    expect(page.get_by_text("Done: nobody waits for an answer here.")).to_be_visible()
    assert Thread.objects.get(subject="Thank you").reply_waiting_since is None
    assert_accessible(visit("/acme/settings/mail/new/"))
