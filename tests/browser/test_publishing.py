"""A piece is published by its creator on a phone, and stands in the campaign's report."""

from __future__ import annotations

from django.utils import timezone
from playwright.sync_api import expect

from campaigns.services import guests
from tests.browser.watching import PHONE, width_beyond_screen
from tests.campaigns.publishing.pieces import URL, piece, producing, running


def test_a_piece_is_published_and_reported(brand, manager, log_in, visit, assert_accessible):
    campaign = running(brand, manager)
    ready = piece(producing(campaign, segment="educators", tier="micro"))
    link = guests.make_link(target=ready.engagement, name="Maya", actor=manager, at=timezone.now())
    page = visit(guests.path_of(link))
    page.set_viewport_size(PHONE)
    page.get_by_role("link", name="Reel about serum").first.click()
    page.get_by_label("Address of the post").fill(URL)
    assert width_beyond_screen(page) == 0
    assert_accessible(page)
    page.get_by_role("button", name="It is published").click()
    expect(page.get_by_role("heading", name="Published")).to_be_visible()

    log_in(manager)
    page = visit(f"/acme/campaigns/{campaign.key}/publishing/")
    expect(page.get_by_text("Published, not seen yet", exact=True)).to_be_visible()
    assert width_beyond_screen(page) == 0
    assert_accessible(page)
    page = visit(f"/acme/campaigns/{campaign.key}/report/")
    assert width_beyond_screen(page) == 0
    assert_accessible(page)
    page.get_by_role("link", name="Published, why?").first.click()
    expect(page.get_by_text("Pieces planned: 1")).to_be_visible()
