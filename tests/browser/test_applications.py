"""Somebody applies from a phone; a manager reads, accepts by keyboard, and finds the card."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache
from playwright.sync_api import expect

from crm.choices import ApplicationStatus
from crm.models import Application
from crm.public_forms import proof
from tests.browser.watching import PHONE, SCREEN, width_beyond_screen
from tests.crm.applications.worlds import applied, open_page


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch):
    monkeypatch.setattr(proof, "NOT_BEFORE", timedelta(0))
    cache.clear()


def test_from_a_phone_to_the_board(
    brand, manager, log_in, page, visit, troubles, assert_accessible
):
    open_page(brand)
    applied(brand, "Buy Pills", ())
    page.set_viewport_size(PHONE)
    visit("/apply/acme/")
    expect(page.locator("#puzzle-state")).to_have_text("The check against programs is done.")
    assert_accessible(page)
    assert width_beyond_screen(page) == 0
    page.get_by_label("Your name").fill("Mia Lund")
    page.get_by_label("E-mail").fill("mia@lund.example")
    page.get_by_label("Country").select_option("DK")
    page.get_by_label("Handle or address of account 1").fill("mialund")
    page.get_by_label("Why us?").fill("I drink from your cups.")
    page.get_by_label("I am 18 or older.").check()
    troubles.expect(422)
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_text("Choose the platform.")).to_be_visible()
    expect(page.get_by_text("Without your consent")).to_be_visible()
    expect(page.get_by_role("alert")).to_be_focused()
    assert_accessible(page)
    page.get_by_label("Platform of account 1").select_option("instagram")
    page.get_by_label("I agree to this.").check()
    # At once, before the new puzzle is solved: the page waits for it and then sends.
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    assert_accessible(page)

    log_in(manager)
    page.set_viewport_size(SCREEN)
    visit("/acme/applications/")
    rows = page.locator("article[data-row]")
    expect(rows).to_have_count(2)
    assert_accessible(page)
    page.keyboard.press("j")
    expect(rows.nth(0)).to_be_focused()
    page.keyboard.press("s")
    expect(rows.nth(0)).to_contain_text("Buy Pills is put away as spam.")
    expect(rows.nth(0)).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("d")
    expect(page.get_by_label("Why you decline Mia Lund")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    expect(rows.nth(1)).to_contain_text("Mia Lund is with your creators now.")
    assert_accessible(page)
    statuses = Application.objects.order_by("pk").values_list("status", flat=True)
    assert list(statuses) == [ApplicationStatus.SPAM, ApplicationStatus.ACCEPTED]
    page.set_viewport_size(PHONE)
    assert width_beyond_screen(page) == 0
    page.set_viewport_size(SCREEN)
    visit("/acme/board/")
    expect(page.get_by_role("link", name="Mia Lund")).to_be_visible()
