"""A link and a code of a creator in a browser: made, followed, counted, used far too often."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Playwright, expect

from campaigns.models import Conversion, PromoCode, TrackingLink
from campaigns.services import guests
from campaigns.services.tracking import spikes, writing
from tests.browser.watching import PHONE as SMALL
from tests.browser.watching import width_beyond_screen
from tests.campaigns.made import engage, make_campaign
from tests.campaigns.tracking import conftest
from tests.campaigns.tracking.conftest import PHONE
from tests.campaigns.tracking.worlds import SHOP, known

valkey_server, valkey = conftest.valkey_server, conftest.valkey
BOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
PREVIEW = "WhatsApp/2.23.20.0 A"


@pytest.mark.usefixtures("valkey")
def test_a_link_is_followed_and_a_code_used(
    brand, manager, base_url, log_in, visit, assert_accessible, playwright: Playwright
):
    place = engage(make_campaign(brand, manager), relationship=known(brand))
    log_in(manager)
    page = visit(f"/acme/campaigns/{place.campaign.key}/creators/{place.pk}/")
    page.get_by_role("link", name="New link").click()
    page.get_by_label("Leads to").fill(SHOP)
    page.get_by_label("Variant").fill("Story")
    page.get_by_role("button", name="Make the link").click()
    expect(page.get_by_text("Nobody has followed it")).to_be_visible()
    made = TrackingLink.objects.get()
    assert made.engagement == place
    address = page.get_by_label("the address", exact=True).input_value()
    assert address == f"{base_url}/t/{made.code}"

    # Somebody without an account, twice in a row; a look ahead, a program and a preview.
    somebody = playwright.request.new_context()
    for method, name in (
        ("GET", PHONE), ("GET", PHONE), ("HEAD", PHONE), ("GET", BOT), ("GET", PREVIEW),
    ):  # fmt: skip
        answer = somebody.fetch(
            address, method=method, headers={"User-Agent": name}, max_redirects=0
        )
        assert answer.status == 302
        assert answer.headers["location"].startswith(f"{SHOP}&utm_source=instagram")
    somebody.dispose()
    assert writing.drain() == 4
    page.reload()
    expect(page.get_by_text("1 by people")).to_be_visible()
    expect(page.get_by_text("4 clicks, 2 of them bots and previews, 1 repeat")).to_be_visible()
    expect(page.locator("[data-chart] canvas")).to_be_visible()
    assert_accessible(page)

    page = visit(f"/acme/creators/{place.relationship.creator.uid}/codes/new/?place={place.pk}")
    page.get_by_label("Code", exact=True).fill("noa15")
    page.get_by_label("Uses expected on a day, at most").fill("2")
    page.get_by_role("button", name="Make the code").click()
    expect(page.get_by_role("heading", name="NOA15")).to_be_visible()
    code, now = PromoCode.objects.get(), timezone.now()
    Conversion.objects.bulk_create(
        Conversion(brand=brand, key=str(n), at=now - timedelta(seconds=1), received_at=now,
                   kind="order", source="api", code=code, code_text=code.code)
        for n in range(3)
    )  # fmt: skip
    assert spikes.find_spikes(brand=brand, at=now) == 1
    page = visit("/acme/tracking/spikes/")
    expect(page.get_by_text("Uses: ")).to_contain_text("3")
    page.get_by_role("button", name="End the code and make a new one").click()
    expect(page.get_by_text("Takes the place of")).to_be_visible()
    new = PromoCode.objects.get(replaces=code)

    guest = guests.make_link(target=place, name="Noa", actor=manager, at=now)
    page.context.clear_cookies()
    page = visit(f"{guests.path_of(guest)}tracking/")
    expect(page.get_by_text("Followed 1 time by people; 2 more were bots")).to_be_visible()
    expect(page.get_by_label("The address")).to_have_value(address)
    expect(page.locator(f"#code-{new.pk}")).to_have_value(new.code)
    assert_accessible(page)
    page.set_viewport_size(SMALL)
    assert width_beyond_screen(page) == 0
