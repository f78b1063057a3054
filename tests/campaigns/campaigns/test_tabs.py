"""The pages of a campaign under few headings: each of them one press from its heading."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from campaigns.templatetags.campaign_tabs import HEADINGS
from tests.campaigns.made import make_campaign
from tests.people import logged_in

pytestmark = pytest.mark.django_db
LINK = re.compile(
    r'<a class="nav-link(?: active)?"(?: aria-current="(page|true)")? href="([^"]+)">'
)


def links_of(page: str) -> dict[str, str]:
    """The links above a page of a campaign, each with what it says of itself."""
    nav = page[page.index('<ul class="nav nav-tabs">') :]
    found: dict[str, str] = {}
    for current, url in LINK.findall(nav[: nav.index("</nav>")]):
        found[url] = current or found.get(url, "")
    return found


def test_every_page_shows_its_heading_and_its_neighbours(brand, manager):
    campaign = make_campaign(brand, manager)
    browser = logged_in(manager)
    firsts = {
        reverse(heading.tabs[0].name, args=[brand.slug, campaign.key]) for heading in HEADINGS
    }
    for heading in HEADINGS:
        urls = [reverse(tab.name, args=[brand.slug, campaign.key]) for tab in heading.tabs]
        for url in urls:
            answer = browser.get(url)
            assert answer.status_code == 200, url
            shown = links_of(answer.content.decode())
            assert set(shown) == firsts | set(urls), url
            # The page itself, and the heading where it is another page.
            assert {one for one, current in shown.items() if current} == {url, urls[0]}, url
            assert shown[url] == "page", url


def test_who_may_not_decide_is_led_to_what_they_may_see(brand, manager, analyst):
    campaign = make_campaign(brand, manager)
    page = logged_in(analyst).get(
        reverse("campaigns:deliverables", args=[brand.slug, campaign.key])
    )
    shown = links_of(page.content.decode())
    assert reverse("campaigns:submission_chain", args=[brand.slug, campaign.key]) in shown
    assert reverse("campaigns:submissions", args=[brand.slug, campaign.key]) not in shown
