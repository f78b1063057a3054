"""Legal works through two reviews by keyboard: answers what is open, decides; the next opens."""

from __future__ import annotations

from playwright.sync_api import expect

from campaigns.models import DisclosureReview
from tests.browser.watching import PHONE, width_beyond_screen
from tests.campaigns.deliverables.worlds import active
from tests.campaigns.disclosures.worlds import at_legal, review_of, settle


def test_two_reviews_by_keyboard(brand, manager, legal, log_in, visit, assert_accessible):
    campaign = active(brand, manager)
    first = review_of(at_legal(campaign, manager, "Reklame for Acme: min nye creme."))
    second = review_of(at_legal(campaign, manager, "Min creme, not sponsored.", title="Evening"))
    settle(first, legal)
    log_in(legal)
    page = visit("/acme/legal/reviews/")
    expect(page.get_by_text("2 wait")).to_be_visible()
    assert_accessible(page)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Morning routine", level=1)).to_be_visible()
    expect(page.locator("mark.tone-accepted").first).to_have_text("Reklame")
    assert_accessible(page)
    page.set_viewport_size(PHONE)
    assert width_beyond_screen(page) == 0
    # One key: the rules say "sufficient", too.
    page.keyboard.press("1")
    expect(page.get_by_role("heading", name="Evening", level=1)).to_be_visible()
    expect(page.get_by_text("“Morning routine”: sufficient.")).to_be_visible()
    page.keyboard.press("c")
    line = page.locator("[data-item]:focus")
    key = line.get_attribute("data-item")
    page.keyboard.press("p")
    expect(page.locator(f"[data-item='{key}']")).to_contain_text("said “pass”")
    # What is not plain takes a reason: its field has the keyboard.
    page.keyboard.press("2")
    expect(page.get_by_label("Reason")).to_be_focused()
    page.keyboard.type("It denies that it is advertising.")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Nothing waits for you.")).to_be_visible()
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.verdict, second.verdict) == ("sufficient", "insufficient")
    assert DisclosureReview.objects.open().count() == 0
