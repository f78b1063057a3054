"""The page of the API's documentation: drawn from the schema, within the content policy."""

from __future__ import annotations

from playwright.sync_api import Page, expect

SCREENS = 300


def test_the_page_shows_the_endpoints(page: Page) -> None:
    page.goto("/api/v1/docs/")
    expect(page.get_by_role("heading", name="Rapport API")).to_be_visible()
    paths = page.locator(".opblock-summary-path")
    expect(paths.first).to_be_visible()
    scorecard = paths.filter(has_text="scorecard")
    # The page draws what comes near the screen.
    for _ in range(SCREENS):
        if scorecard.count():
            break
        paths.last.scroll_into_view_if_needed()
        page.evaluate("() => new Promise(done => requestAnimationFrame(() => setTimeout(done)))")
    scorecard.first.click()
    expect(page.get_by_text("A quarter of the brand's fiscal calendar").first).to_be_visible()
