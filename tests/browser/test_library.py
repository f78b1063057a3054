"""From a customer's picture to its use: what they allowed is written down, asked for, kept to."""

from __future__ import annotations

from datetime import date

from playwright.sync_api import expect

from campaigns.models import AssetUse
from tests.campaigns.rights.worlds import asset_of, engagement_of, give

# Nothing that lies in the store.
PAGE = {
    "kind": "page",
    "url": "https://www.example.com/kim/",
    "sha256": "",
    "file_name": "",
    "content_type": "",
    "size": None,
}


def test_from_a_permission_to_a_use(brand, manager, log_in, visit, assert_accessible, troubles):
    asset = asset_of(**PAGE, brand=brand, title="Breakfast by Kim", made_by="Kim", tags=["summer"])
    place = engagement_of(brand, manager)
    give(place, starts_on=date(2026, 1, 1), ends_on=date(2090, 1, 1), territory=("DK",))
    log_in(manager)
    page = visit("/acme/library/")
    assert_accessible(page)
    page.get_by_role("link", name="Breakfast by Kim").click()
    page.get_by_role("link", name="Write down a right").click()
    page.get_by_label("Where", exact=True).fill("EU")
    page.get_by_label("Website").check()
    page.get_by_label("First day").fill("2026-01-01")
    page.get_by_label("Or: without end").check()
    page.get_by_label("Where can it be seen?").fill("Mail of 3 May")
    assert_accessible(page)
    page.get_by_role("button", name="Write down").click()
    expect(page.get_by_text("The right is written down.")).to_be_visible()
    assert_accessible(page)

    page = visit(f"/acme/library/{asset.pk}/")
    page.get_by_label("Where", exact=True).first.fill("Denmark")
    page.get_by_label("On which channel").first.select_option("website")
    page.get_by_role("button", name="Ask").click()
    expect(page.get_by_role("heading", name="Yes, without end")).to_be_visible()
    page.get_by_text("Write down a use").click()
    form = page.locator("#use form")
    form.get_by_label("On which channel").select_option("instagram")
    form.get_by_label("Where", exact=True).fill("Denmark")
    troubles.expect(422)
    form.get_by_role("button", name="Write down").click()
    expect(page.get_by_text("not on Instagram")).to_be_visible()
    assert_accessible(page)
    assert not AssetUse.objects.exists()
    assert_accessible(visit("/acme/rights/"))
    page = visit(f"/acme/campaigns/{place.campaign.key}/creators/{place.pk}/")
    expect(page.get_by_text("Paid use in Denmark")).to_be_visible()
