"""What came back for a campaign, by hand; how few carry a brand; creators beside channels."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from campaigns.choices import (
    CostKind,
    DeliverableState,
    EngagementStage,
    MarketingChannel,
    PayState,
)
from campaigns.models import ChannelResult, Conversion, PromoCode, Refund
from campaigns.selectors.channels import compared
from campaigns.selectors.concentration import concentration_of, quarters_of
from campaigns.selectors.returns.whole import figures_in, returns_of
from campaigns.services import channels
from campaigns.services.rates.entering import Rate, enter
from campaigns.services.refusals import CampaignRefused
from crm.models import AuditEntry
from tests.campaigns.payments.worlds import TODAY, day, owed
from tests.campaigns.publishing.pieces import piece, producing, running
from tests.factories import NOW, PostFactory

COUNTS = {
    "likes": 5_000, "comments": 500, "saves": 0, "shares": 0, "views": 40_000, "reach": 30_000,
    "impressions": 50_000,
}  # fmt: skip
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def campaign(brand, manager):
    brand.currency = "EUR"
    brand.save()
    return running(brand, manager, currency="EUR")


def live(campaign, *, cost=400, counts=None, tier="micro", segment=""):
    engagement = producing(
        campaign, stage=EngagementStage.LIVE, agreed_cost=cost, tier=tier, segment=segment
    )
    profile = engagement.relationship.creator.profiles.get()
    post = PostFactory(profile=profile, followers_at_post=1_000, **(counts or COUNTS))
    piece(engagement, DeliverableState.PUBLISHED, published_at=NOW, post=post)
    return engagement


def sold(engagement, key, value, **said):
    """An order with the creator's code."""
    campaign = engagement.campaign
    code, _ = PromoCode.objects.get_or_create(
        brand=campaign.brand, campaign=campaign, relationship=engagement.relationship,
        code=f"C{engagement.pk}",
    )  # fmt: skip
    values = {"at": NOW, "value": value, "currency": "EUR" if value is not None else ""} | said
    return Conversion.objects.create(
        brand=campaign.brand, key=key, campaign=campaign, code=code, code_text=code.code,
        source="api", **values,
    )  # fmt: skip


def of(made):
    return {one["key"]: one for one in figures_in(made)}


def missing(on):
    return (
        f"Studio for a day: there is no rate from DKK to EUR of {on:%-d %B %Y} or the 7 days "
        "before."
    )


def words(made, *keys):
    found = of(made)
    return [found[f"all:{key}"]["words"] for key in keys]


def test_costs_and_returns_by_hand(brand, campaign, manager) -> None:
    first, second = live(campaign), live(campaign, cost=600, tier="macro")
    owed(campaign, engagement=first, kind=CostKind.PRODUCT, amount=Decimal(100))
    owed(campaign, kind=CostKind.AGENCY, amount=Decimal(400))
    sold(first, "1", Decimal(2_000))
    order = sold(first, "2", Decimal(500))
    Refund.objects.create(
        brand=brand, conversion=order, key="r", at=NOW, value=Decimal(200), source="api"
    )
    sold(second, "3", Decimal(700))
    sold(second, "4", None)
    made = returns_of(campaign, LATER)
    # 400 + 100 product, 600, and 400 that belong to nobody.
    assert words(made, "full_cost", "revenue", "roas", "roi") == [
        "1,500 EUR", "at least 3,000 EUR", "at least 2.00", "at least 100.00 %",
    ]  # fmt: skip
    # 1,100 EUR of creators for 100,000 impressions, 11,000 engagements, 80,000 views, 2 posts.
    assert words(made, "full_cpm", "full_cpe", "cpv", "cpp", "cpqe") == [
        "11 EUR", "0.10 EUR", "0.01 EUR", "550 EUR", "1.10 EUR",
    ]  # fmt: skip
    assert of(made)["all:roi"]["formula"].startswith("(revenue by last touch - whole cost)")
    found = of(made)
    mine = f"creator/{first.pk}"
    assert found[f"{mine}:full_cost"]["words"] == "500 EUR"
    assert found[f"{mine}:roas"]["words"] == "4.60"
    assert found["tier/macro:roi"]["words"] == "at least 16.67 %"
    [tiers] = [cut["rows"] for cut in made["cuts"] if cut["by"] == "tier"]
    assert [(row["key"], row["name"]) for row in tiers] == [("macro", "Macro"), ("micro", "Micro")]
    assert found["platform/instagram:revenue"]["reason_if_absent"].startswith("A conversion is a")


def test_media_values_side_by_side_and_apart_from_revenue(brand, campaign, manager) -> None:
    live(campaign, cost=500)
    made = returns_of(campaign, LATER)
    assert words(made, "emv_later", "emv_lefty", "emv_traackr", "emv_cpm_10", "emv_klear") == [
        "1,752.50 USD", "750 USD", "825 USD", "500 USD", "not known",
    ]  # fmt: skip
    assert made["spread"] == (
        "500 USD to 1,752.50 USD for the same 1 post: which model is named decides, not the posts."
    )
    assert of(made)["all:emv_roi_later"]["reason_if_absent"] == (
        "There is no rate from USD to EUR of these days."
    )
    assert of(made)["all:revenue"]["value"] is None
    assert of(made)["all:roi"]["value"] is None
    rate = Rate("USD", "EUR", TODAY, Decimal("0.8"))
    enter(brand=brand, rates=[rate], source="ECB", actor=manager, at=NOW)
    made = returns_of(campaign, LATER)
    # 1,752.50 x 0.8 = 1,402 for 500.
    assert words(made, "emv_roi_later", "roi") == ["180.40 %", "not known"]
    assert of(made)["all:emv_roi_later"]["label"] == (
        "Return by media value, Later (Ayzenberg index): no revenue"
    )


def test_an_unknown_cost_makes_no_ratio(brand, campaign, manager) -> None:
    first = live(campaign)
    live(campaign, cost=None)
    sold(first, "1", Decimal(2_000))
    made = returns_of(campaign, LATER)
    assert words(made, "full_cost", "roi") == ["at least 400 EUR", "not known"]
    assert "better than it is" in of(made)["all:roi"]["reason_if_absent"]
    # An amount in another currency without a rate: the creator's cost is not known.
    owed(campaign, engagement=first, kind=CostKind.TRAVEL, currency="DKK", amount=Decimal(100))
    made = returns_of(campaign, LATER)
    assert words(made, "full_cost") == ["not known"]
    assert made["missing"] == [missing(TODAY)]


def test_amounts_owed_take_the_place_of_what_was_agreed(brand, campaign, manager) -> None:
    first = live(campaign, cost=400)
    for amount in (300, 150):
        owed(campaign, PayState.READY, engagement=first, kind="fee", amount=Decimal(amount))
    owed(campaign, PayState.CANCELLED, engagement=first, kind="fee", amount=Decimal(999))
    assert words(returns_of(campaign, LATER), "full_cost") == ["450 EUR"]


def test_the_page_and_why(brand, campaign, manager_client: Client) -> None:
    live(campaign)
    address = reverse("campaigns:campaign_returns", args=[brand.slug, campaign.key])
    page = manager_client.get(address)
    assert "By media value (EMV): not revenue" in page.text
    assert "for the same 1 post" in page.text
    why = manager_client.get(address, {"why": "all:emv_lefty"})
    assert "Lefty help centre" in why.text
    assert manager_client.get(address, {"why": "all:nothing"}).status_code == 404


def test_it_costs_the_same_for_many(brand, campaign) -> None:
    def queries(number: int) -> int:
        for _ in range(number):
            engagement = live(campaign)
            owed(campaign, PayState.READY, engagement=engagement, kind="fee")
            sold(engagement, f"{engagement.pk}", Decimal(9))
        with CaptureQueriesContext(connection) as caught:
            returns_of(campaign, LATER)
            concentration_of(brand, LATER)
            compared(brand, day(-30), day(30))
        return len(caught)

    assert queries(1) == queries(8)


def test_how_few_carry_a_brand(brand, campaign, manager) -> None:
    for amount, tier in ((600, "micro"), (300, "macro"), (100, "macro")):
        engagement = live(campaign, tier=tier, counts=COUNTS | {"reach": amount})
        owed(campaign, PayState.READY, engagement=engagement, kind="fee", amount=Decimal(amount))
        # Not earned yet, and nobody's: in no share.
        owed(campaign, engagement=engagement, kind="fee", amount=Decimal(9_000))
    owed(campaign, PayState.READY, amount=Decimal(9_000))
    foreign = live(campaign, counts={"likes": None, "comments": None, "reach": None})
    owed(campaign, PayState.READY, engagement=foreign, kind="fee", currency="SEK")
    made = concentration_of(brand, LATER)
    found = {(one["of"], one["by"]): one for one in made["spreads"]}
    spend = found["spend", "creator"]
    # 0.6² + 0.3² + 0.1²
    assert (spend["hhi"], spend["known"], spend["out_of"]) == (0.46, 3, 4)
    assert spend["warning"].startswith("Highly concentrated: ")
    assert found["spend", "tier"]["hhi"] == 0.52
    assert found["spend", "platform"]["warning"] == "Instagram has all of the known spend."
    assert found["reach", "creator"]["hhi"] == 0.46
    assert found["engagements", "creator"]["hhi"] == 0.3333
    assert found["engagements", "creator"]["out_of"] == 4
    assert [one["spend"] for one in made["trend"]][-1] == 0.46
    assert [one["spend"] for one in made["trend"]][:-1] == [None] * 7
    assert made["missing"] == ["1 amount in SEK left out: there is no rate to EUR of these days."]


def test_quarters_are_the_brands(brand) -> None:
    assert [(one.name, one.start) for one in quarters_of(brand, date(2026, 11, 22))][-2:] == [
        ("Q3 2026", date(2026, 7, 1)),
        ("Q4 2026", date(2026, 10, 1)),
    ]
    brand.fiscal_year_start_month = 7
    assert [(one.name, one.start) for one in quarters_of(brand, date(2026, 8, 1))][-2:] == [
        ("Q4 2026", date(2026, 4, 1)),
        ("Q1 2027", date(2026, 7, 1)),
    ]


def test_creators_beside_other_channels(brand, campaign, manager) -> None:
    first = live(campaign)
    owed(campaign, PayState.READY, engagement=first, kind="fee", amount=Decimal(400))
    sold(first, "1", Decimal(1_000))
    sold(first, "2", Decimal(200))
    result = channels.Result(
        MarketingChannel.SEARCH, day(-10), day(10), Decimal(1_000), "usd", "Ads account",
        clicks=500, conversions=20, revenue=Decimal(4_000),
    )  # fmt: skip
    channels.enter(brand=brand, result=result, actor=manager, at=NOW)
    mine, search = compared(brand, day(-30), day(30))
    assert (mine.cost, mine.cpm, mine.cpa, mine.roas, mine.cpc) == (
        400, Decimal("8.00"), 200, 3, None,
    )  # fmt: skip
    assert (search.cost, search.cpa) == (None, None)
    assert "there is no rate from USD to EUR" in search.notes[0]
    rate = Rate("USD", "EUR", day(0), Decimal("0.8"))
    enter(brand=brand, rates=[rate], source="ECB", actor=manager, at=NOW)
    ChannelResult.objects.update(ends_on=day(5))
    search = compared(brand, day(-30), day(30))[1]
    assert (search.cost, search.cpc, search.cpa, search.roas, search.cpm) == (
        800, Decimal("1.60"), 40, 4, None,
    )  # fmt: skip


def test_a_channel_that_cannot_be_is_refused(brand, manager) -> None:
    good = channels.Result(
        MarketingChannel.SEARCH, day(0), day(1), Decimal(10), "EUR", "Ads account"
    )
    for said, field in (
        ({"ends_on": day(-1)}, "ends_on"),
        ({"cost": Decimal(-1)}, "cost"),
        ({"source": ""}, "source"),
        ({"clicks": -1}, "clicks"),
        ({"currency": "Q"}, "currency"),
    ):
        with pytest.raises(CampaignRefused) as refusal:
            channels.enter(
                brand=brand, result=channels.Result(**{**vars(good), **said}), actor=manager, at=NOW
            )
        assert refusal.value.field == field
    assert not ChannelResult.objects.exists()
    assert not AuditEntry.objects.exists()


def test_pages_of_values_channels_and_concentration(
    brand, campaign, manager_client: Client, analyst_client: Client
) -> None:
    def url(name, *args):
        return reverse(f"campaigns:{name}", args=[brand.slug, *args])

    live(campaign)
    assert "Instagram" in manager_client.get(url("concentration")).text
    values = url("media_values")
    page = manager_client.get(values)
    assert "Ayzenberg" in page.text
    assert "as published" in page.text
    assert "<summary>Enter your own values" not in analyst_client.get(values).text
    said = {"key": "own", "number": 0, "likes": "0.5", "multiplier": 1, "currency": "EUR"}
    wrong = manager_client.post(values, said)
    assert wrong.status_code == 422
    manager_client.post(values, said | {"reason": "Finance"})
    assert "your version 1" in manager_client.get(values).text
    weights = {"number": 0, "comments": 1, "reason": "Only talk counts"}
    assert manager_client.post(url("weights"), weights | {"comments": 0}).status_code == 422
    manager_client.post(url("weights"), weights)
    assert "1 x comments (your version 1)" in manager_client.get(values).text
    address = url("channels")
    entered = {
        "channel": "search", "starts_on": "2026-01-01", "ends_on": "2026-01-31", "cost": "10",
        "clicks": 5, "source": "Ads",
    }  # fmt: skip
    assert manager_client.post(address, entered | {"source": ""}).status_code == 422
    manager_client.post(address, entered)
    shown = manager_client.get(address, {"since": "2026-01-01", "until": "2026-12-31"})
    assert "Search advertising" in shown.text
    assert "2 EUR" in shown.text
    made = ChannelResult.objects.get()
    assert analyst_client.post(url("channel_remove", made.pk)).status_code == 403
    manager_client.post(url("channel_remove", made.pk))
    assert not ChannelResult.objects.exists()
    assert manager_client.post(url("channel_remove", made.pk)).status_code == 404
