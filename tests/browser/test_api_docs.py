"""The page of the API's documentation: drawn from the schema, within the content policy."""

from __future__ import annotations

from playwright.sync_api import Page, expect


def test_the_page_shows_the_endpoints(page: Page) -> None:
    page.goto("/api/v1/docs/")
    expect(page.get_by_role("heading", name="Rapport API")).to_be_visible()
    paths = page.locator(".opblock-summary-path")
    expect(paths.first).to_be_visible()
    # The page draws what comes near the screen.
    drawn = paths.count()
    paths.last.scroll_into_view_if_needed()
    expect(paths.nth(drawn)).to_be_attached()
    paths.first.click()
    words = page.get_by_text("Addresses in the order in which they were first written down.")
    expect(words.first).to_be_visible()
