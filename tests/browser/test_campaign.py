"""From a segment to an approved creator: a manager plans a campaign and fills it."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import expect

from campaigns.models import Campaign, Engagement
from tests.factories import RelationshipFactory
from tests.segmentation.world import make_segment, stay


def test_from_a_segment_to_an_approved_creator(
    brand, manager, log_in, visit, settle, assert_accessible, troubles
):
    segment = make_segment(brand, "educators", name="Educators")
    for name in ("Ida Holm", "Bo Lind", "Eva Berg"):
        row = RelationshipFactory(brand=brand, creator__name=name)
        stay(segment, row.creator, timezone.now() - timedelta(days=30))
    log_in(manager)
    page = visit("/acme/campaigns/")
    page.get_by_role("link", name="Plan a campaign").click()
    page.get_by_role("link", name="Education").click()
    page.get_by_label("Name").fill("Know your acids")
    page.get_by_label("Target", exact=True).fill("4")
    page.get_by_label("First day").fill("2027-03-01")
    page.get_by_label("Budget", exact=True).fill("3000")
    page.get_by_label("Instagram").check()
    page.get_by_label("Denmark").check()
    page.get_by_role("button", name="Plan campaign").click()
    expect(page.get_by_role("heading", name="Know your acids")).to_be_visible()
    assert_accessible(page)

    page.get_by_role("link", name="From a segment").click()
    page.get_by_label("Creators wanted").fill("2")
    page.get_by_label("Budget for them").fill("1000")
    page.get_by_role("button", name="Rank").click()
    expect(page.get_by_text("3 members, 3 of them could be taken")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="Put the ticked on the shortlist").click()
    expect(page.get_by_text("2 creators of Educators are on the shortlist")).to_be_visible()
    assert_accessible(page)

    for tick in page.get_by_role("checkbox").all():
        tick.check()
    page.get_by_label("What was found, or why they go").fill("Looked at 20 posts: sober claims.")
    page.get_by_role("button", name="Vetted", exact=True).click()
    expect(page.get_by_text("2 creators are in “Vetted” now.")).to_be_visible()

    page.get_by_role("link", name="Board", exact=True).last.click()
    # Its script listens once the page is whole.
    settle()
    card = page.locator("[data-card]").first
    name = card.get_by_role("link").inner_text()
    card.get_by_role("combobox").select_option("approved")
    expect(page.locator("#cards-approved")).to_contain_text(name)
    expect(page.locator("#announce")).to_have_text(f"{name} is in Approved now.")
    # A draft invites nobody: the card says so where it stands.
    troubles.expect(409)
    page.locator("#cards-approved [data-card]").drag_to(page.locator("[data-column=invited]"))
    expect(page.locator("#cards-approved")).to_contain_text("is still a draft")
    assert_accessible(page)
    found = Engagement.objects.get(stage="approved")
    assert found.campaign == Campaign.objects.get(key="know-your-acids")
    assert (found.segment, found.planned_cost) == ("educators", 500)
    assert_accessible(visit(f"/acme/campaigns/know-your-acids/creators/{found.pk}/"))
