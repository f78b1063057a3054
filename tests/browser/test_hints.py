"""Hints at advertising by keyboard: what a post is, and the answer taken back."""

from __future__ import annotations

from playwright.sync_api import expect

from campaigns.models import DisclosureHint
from campaigns.services.hints.reading import refresh
from tests.campaigns.hints.worlds import PITCH, account, post
from tests.factories import NOW


def test_hints_are_answered_by_keyboard(brand, manager, log_in, visit, assert_accessible):
    for _ in range(2):
        post(account(brand), PITCH)
    refresh(brand=brand, at=NOW, learns=False)
    log_in(manager)
    page = visit("/acme/legal/hints/")
    rows = page.locator("[data-suggestion]")
    expect(rows).to_have_count(2)
    assert_accessible(page)
    page.keyboard.press("j")
    page.keyboard.press("n")
    expect(rows.nth(0).get_by_text("Not an ad", exact=True).first).to_be_visible()
    expect(rows.nth(0).get_by_role("button", name="Take back")).to_be_visible()
    # The keyboard is at the next one; "a" answers it.
    expect(rows.nth(1)).to_be_focused()
    page.keyboard.press("a")
    expect(rows.nth(1).get_by_role("link", name="The task")).to_be_visible()
    states = DisclosureHint.objects.order_by("pk").values_list("state", flat=True)
    assert sorted(states) == ["accepted", "dismissed"]
    assert_accessible(page)
    page.keyboard.press("u")
    expect(rows.nth(1).get_by_role("button", name="Not an ad")).to_be_visible()
    assert sorted(states.all()) == ["dismissed", "open"]
