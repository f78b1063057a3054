"""An event on a phone: a creator answers behind the link, and is ticked off with one tap."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import expect

from campaigns.models import EventInvitation
from campaigns.services import guests
from tests.browser.watching import PHONE, width_beyond_screen
from tests.campaigns.events.worlds import an_event, invited


def test_a_creator_says_yes_and_is_ticked_off(brand, manager, log_in, visit, assert_accessible):
    begins = timezone.now() + timedelta(hours=6)
    event = an_event(
        brand,
        manager,
        starts_at=begins,
        ends_at=begins + timedelta(hours=4),
        answer_by=None,
        covers="Dinner and the train",
        notes="Ring at the side door.",
    )
    ava, _bo = invited(event, manager, "Ava", "Bo")
    address = f"/acme/campaigns/{event.campaign.key}/events/{event.pk}/"
    log_in(manager)
    page = visit(address)
    assert_accessible(page)

    page.set_viewport_size(PHONE)
    assert width_beyond_screen(page) == 0
    link = guests.make_link(target=ava, name="Ava", actor=manager, at=timezone.now())
    page = visit(guests.path_of(link))
    assert width_beyond_screen(page) == 0
    assert_accessible(page)
    page.get_by_label("How many people do you bring?").fill("1")
    page.get_by_role("button", name="I come").click()
    expect(page.get_by_role("heading", name="You come, with 1 guest")).to_be_visible()

    page = visit(f"{address}door/")
    assert width_beyond_screen(page) == 0
    assert_accessible(page)
    page.get_by_role("button", name="There").first.click()
    expect(page.get_by_text("2 there, 0 expected still")).to_be_visible()
    assert EventInvitation.objects.get(pk=ava.pk).state == "attended"
