"""A brief from the draft's lines to the creator's yes on a phone."""

from __future__ import annotations

from django.utils import timezone
from playwright.sync_api import expect

from campaigns.choices import EngagementStage
from campaigns.models import BriefAcceptance
from campaigns.services import guests
from tests.browser.watching import PHONE, width_beyond_screen
from tests.campaigns.briefs.made import approve, draft
from tests.campaigns.made import engage, make_campaign


def test_a_brief_is_written_and_accepted(
    brand, manager, strategist, log_in, visit, assert_accessible
):
    campaign = make_campaign(brand, manager)
    version = draft(campaign, manager)
    log_in(manager)
    page = visit(f"/acme/campaigns/{campaign.key}/briefs/{version.brief_id}/edit/")
    page.get_by_role("button", name="Another message").click()
    page.get_by_label("Message", exact=True).last.fill("It takes a minute.")
    assert_accessible(page)
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_text("It takes a minute.")).to_be_visible()
    assert_accessible(page)

    version.refresh_from_db()
    approve(version, strategist)
    place = engage(campaign, EngagementStage.INVITED)
    link = guests.make_link(target=place, name="Mira", actor=manager, at=timezone.now())
    page.set_viewport_size(PHONE)
    page = visit(guests.path_of(link))
    page.get_by_role("link", name="Brief").first.click()
    expect(page.get_by_label("I have read it")).to_be_visible()
    assert width_beyond_screen(page) == 0
    assert_accessible(page)
    page.get_by_label("I have read it").check()
    page.get_by_role("button", name="Accept the brief").click()
    expect(page.get_by_role("heading", name="You accepted this version")).to_be_visible()
    assert BriefAcceptance.objects.get().name == "Mira"
