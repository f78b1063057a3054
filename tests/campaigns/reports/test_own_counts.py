"""Effects, episodes and what is seen to the end, in the report of a campaign."""

from __future__ import annotations

from decimal import Decimal

import pytest

from campaigns.models import Deliverable
from campaigns.selectors.reports.report import report_of
from crm.choices import PostKind
from tests.campaigns.publishing.pieces import running
from tests.campaigns.reports.test_report import live
from tests.factories import NOW

pytestmark = pytest.mark.django_db
OWN = ("opens", "captures", "capture_rate", "downloads", "listen_through", "view_through")


@pytest.fixture
def campaign(brand, manager):
    return running(brand, manager, target=Decimal(2_000), objective="reach", currency="EUR")


def show(campaign, number, form, **counts):
    made = live(campaign, number, counts=counts)
    Deliverable.objects.filter(pk=made.pk).update(form=form)


def words(campaign):
    found = {one["key"]: one for one in report_of(campaign, NOW)["figures"]}
    return {name: found[f"all:{name}"]["words"] for name in OWN if f"all:{name}" in found}


def test_a_campaign_without_such_pieces_has_no_such_figures(campaign):
    show(campaign, 1, PostKind.IMAGE, reach=100)
    show(campaign, 2, PostKind.VIDEO, views=100)
    assert words(campaign) == {}


def test_effects_are_opened_and_captured(campaign):
    show(campaign, 1, PostKind.AR_EFFECT, opens=4_000, captures=500)
    show(campaign, 2, PostKind.AR_EFFECT, opens=1_000)
    assert words(campaign) == {
        "opens": "5,000",
        "captures": "at least 500",
        "capture_rate": "12.50 %",
    }


def test_episodes_are_downloaded_and_heard_to_the_end(campaign):
    show(campaign, 1, PostKind.AUDIO, downloads=800, completions=600)
    show(campaign, 2, PostKind.AUDIO, downloads=200, completions=100)
    assert words(campaign) == {"downloads": "1,000", "listen_through": "70.00 %"}


def test_videos_are_seen_to_the_end_where_it_is_told(campaign):
    show(campaign, 1, PostKind.VIDEO, views=1_000, completions=250)
    show(campaign, 2, PostKind.STORY, views=1_000)
    show(campaign, 3, PostKind.IMAGE, views=5_000)
    assert words(campaign) == {"view_through": "25.00 %"}
