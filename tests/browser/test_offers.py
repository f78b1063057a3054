"""A manager offers, hears a counter-offer and agrees: forms that fit the kind, all by clicks."""

from __future__ import annotations

from playwright.sync_api import expect

from campaigns.models import Offer
from tests.factories import ProfileFactory, RelationshipFactory


def test_from_a_first_draft_to_yes(brand, manager, log_in, visit, assert_accessible):
    relationship = RelationshipFactory(brand=brand, creator__name="Maya Iversen")
    ProfileFactory(creator=relationship.creator, followers=50_000)
    log_in(manager)
    page = visit(f"/acme/creators/{relationship.creator.uid}/")
    page.get_by_role("link", name="New offer").click()
    # Only what the kind has is asked for, by the name that it has there.
    expect(page.get_by_label("Commission on top (optional)")).to_be_visible()
    page.get_by_label("Compensation").select_option("ambassador")
    expect(page.get_by_label("Runs for")).to_be_visible()
    expect(page.get_by_label("Commission on top")).to_have_count(0)
    page.get_by_label("Compensation").select_option("fee")
    page.get_by_label("What for").fill("Autumn shoes")
    line = page.get_by_role("group", name="Deliverable 1")
    line.get_by_label("Number").fill("2")
    line.get_by_label("Form", exact=True).select_option("short_video")
    line.get_by_label("Platform").select_option("instagram")
    page.get_by_label("Currency").select_option("USD")
    page.get_by_label("Fee", exact=True).fill("2500")
    page.get_by_label("Fee", exact=True).press("Tab")
    expect(page.get_by_text("the fee lies 25 % above")).to_be_visible()
    page.get_by_role("button", name="Another deliverable").click()
    added = page.get_by_role("group", name="Deliverable 3")
    expect(added.get_by_label("Number")).to_be_focused()
    added.get_by_label("Form", exact=True).select_option("image")
    added.get_by_label("Platform").select_option("instagram")
    assert_accessible(page)
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_text("Version 1 is a draft")).to_be_visible()
    assert Offer.objects.get().current.deliverables.count() == 2
    page.get_by_role("link", name="Send").click()
    page.get_by_role("button", name="Mark as sent").click()
    page.get_by_role("link", name="Counter-offer").click()
    page.get_by_label("Fee", exact=True).fill("3000")
    page.get_by_role("button", name="Save their counter-offer").click()
    expect(page.get_by_text("Fee: 3,000 USD (2,500 USD before)")).to_be_visible()
    assert_accessible(page)
    page = visit("/acme/")
    expect(page.get_by_text("a counter-offer waits")).to_be_visible()
    page.get_by_role("link", name="Autumn shoes").click()
    page.get_by_role("button", name="Accept their offer").click()
    expect(page.get_by_text("Accepted. What was agreed stays as it is.")).to_be_visible()
    page.get_by_role("link", name="Send a product for it").click()
    page.get_by_label("Product").fill("Trail shoes")
    page.get_by_role("button", name="Plan gift").click()
    page.get_by_text("They want it", exact=True).first.click()
    page.get_by_role("button", name="They want it").click()
    expect(page.get_by_text("There is no postal address of Maya Iversen yet.")).to_be_attached()
    assert_accessible(page)
