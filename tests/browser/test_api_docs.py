"""The page of the API's documentation: drawn from the schema, within the content policy."""

from __future__ import annotations

from playwright.sync_api import Page, expect


def test_the_page_shows_the_endpoints(page: Page) -> None:
    page.goto("/api/v1/docs/")
    expect(page.get_by_role("heading", name="Rapport API")).to_be_visible()
    scorecard = page.locator(".opblock-summary-path", has_text="scorecard")
    expect(scorecard.first).to_be_visible()
    scorecard.first.click()
    expect(page.get_by_text("A quarter of the brand's fiscal calendar").first).to_be_visible()
