"""The report of a campaign: exact figures from a small world, and what is not known."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaigns.choices import CampaignStatus, DeliverableState, EngagementStage
from campaigns.models import Campaign, Deliverable, EngagementStay, ReportCopy
from campaigns.selectors.measures.activation import Way, activation_of, funnel_of, took
from campaigns.selectors.reports.report import figure_of, lines_of, report_of
from campaigns.services import guests
from campaigns.services.campaigns import Act, move_campaign
from campaigns.services.reports import changes_since, is_whole, take_copy
from crm.models import Post
from tests.campaigns.publishing.pieces import piece, producing, running
from tests.factories import NOW, PostFactory

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def live(campaign: Campaign, number: int, *, cost=400, counts=None, **values) -> Deliverable:
    """A creator with one publication of which an import brought these counts."""
    engagement = producing(campaign, stage=EngagementStage.LIVE, agreed_cost=cost, **values)
    profile = engagement.relationship.creator.profiles.get()
    post = PostFactory(profile=profile, followers_at_post=1_000, **(counts or {}))
    return piece(
        engagement,
        DeliverableState.PUBLISHED,
        title=f"Piece {number}",
        published_at=NOW,
        post=post,
    )


@pytest.fixture
def campaign(brand, manager):
    return running(brand, manager, target=Decimal(2_000), objective="reach", currency="EUR")


@pytest.fixture
def world(campaign):
    """Six creators live in two segments and two tiers; one cost and one reach are not known."""
    known = {"likes": 50, "comments": 10, "saves": 5, "shares": 5, "reach": 500}
    for number in range(3):
        live(campaign, number, counts=known, segment="educators", tier="micro")
    live(campaign, 3, counts=known, segment="educators", tier="macro", cost=1_600)
    live(campaign, 4, counts={"likes": 20}, segment="humour", tier="micro")
    live(campaign, 5, counts=known, segment="humour", tier="micro", cost=None)
    # In production, with a piece to come.
    piece(producing(campaign, segment="humour", tier="micro", agreed_cost=200))
    # Out: in no figure.
    producing(campaign, stage=EngagementStage.DROPPED, agreed_cost=999)
    return report_of(campaign, NOW)


def value(report, key):
    figure = figure_of(report, key)
    assert figure is not None, key
    return figure["value"], figure["known"], figure["of"], figure["basis"]


def test_sums_say_of_how_many_they_are_known(world):
    assert value(world, "all:creators") == (7, 7, 7, "measured")
    assert value(world, "all:live") == (6, 7, 7, "measured")
    assert value(world, "all:published") == (6, 7, 7, "measured")
    assert value(world, "all:reach") == (2_500, 5, 6, "partial")
    assert value(world, "all:engagements") == (370, 6, 6, "measured")
    assert value(world, "all:impressions") == (None, 0, 6, "unknown")
    assert figure_of(world, "all:impressions")["words"] == "not known"
    assert (
        "No import has brought impressions"
        in (figure_of(world, "all:impressions")["reason_if_absent"])
    )
    # 5 x 7 % and once 2 %.
    rate, *of = value(world, "all:engagement_rate")
    assert rate == pytest.approx(100 * (5 * 0.07 + 0.02) / 6)
    assert of == [6, 6, "measured"]


def test_costs_are_divided_only_where_both_are_known(world):
    assert value(world, "all:cost") == ("3400.00", 6, 7, "partial")
    # Who has no cost (number 5) is left out with their engagements: 3 x 400 + 1,600 + 400 over
    # 4 x 70 + 20.
    assert value(world, "all:cpe") == ("10.67", 5, 6, "partial")
    # Number 4 has no reach: 2,800 EUR for 2,000 reached.
    assert value(world, "all:cost_per_reach") == ("1400.00", 4, 6, "partial")
    assert value(world, "all:cpm")[0] is None
    assert value(world, "segment/educators:cost") == ("2800.00", 4, 4, "measured")
    assert value(world, "tier/macro:cost") == ("1600.00", 1, 1, "measured")
    assert value(world, "platform/instagram:cost") == ("3400.00", 6, 7, "partial")


def test_the_objective_is_measured_and_a_partial_sum_may_suffice(world, campaign):
    objective = world["objective"]
    assert objective["actual"]["words"] == "at least 2,500"
    assert (objective["target"], objective["is_met"]) == ("2000", True)
    campaign.target = Decimal(3_000)
    assert report_of(campaign, NOW)["objective"]["is_met"] is None
    # Nothing measures revenue here: what somebody entered, marked so.
    campaign.objective, campaign.reached = "revenue", Decimal(2_999)
    objective = report_of(campaign, NOW)["objective"]
    assert (objective["actual"]["basis"], objective["is_met"]) == ("by_hand", False)
    campaign.reached = None
    objective = report_of(campaign, NOW)["objective"]
    assert objective["is_met"] is None
    assert objective["words"].startswith("Nobody knows yet")


def test_concentration_is_the_sum_of_squared_shares(world):
    cost = world["concentration"][0]
    assert (cost["of"], cost["by"]) == ("cost", "creator")
    shares = [1600, 400, 400, 400, 400, 200]
    assert cost["hhi"] == pytest.approx(sum((one / 3400) ** 2 for one in shares), abs=1e-4)
    assert cost["known"], cost["out_of"] == (6, 7)
    assert cost["warning"].startswith("Highly concentrated: ") is (cost["hhi"] > 0.25)
    platforms = [one for one in world["concentration"] if one["by"] == "platform"]
    assert platforms[0]["warning"] == "Instagram has all of the known cost."


def test_segments_are_compared_only_with_enough_creators(campaign, world):
    best = world["best_segment"]
    assert best["best"] is None
    assert [one["name"] for one in best["too_few"]] == ["educators", "humour"]
    for number in range(5):
        live(campaign, number, counts={"likes": 70 + number}, segment="educators")
        live(campaign, number, counts={"likes": 10 + number}, segment="humour")
    best = report_of(campaign, NOW)["best_segment"]
    assert best["best"] == "educators"
    first, second = best["compared"]
    assert (first["creators"], second["creators"]) == (9, 7)
    assert first["low"] > second["high"]


def test_what_is_missing_is_said(world):
    assert world["missing"] == [
        "1 piece with a post whose reach is not known.",
        "6 pieces with a post whose impressions are not known.",
        "1 creator under contract of whom nobody said what they cost.",
    ]


def test_the_report_asks_the_same_for_ten_and_for_hundred(
    campaign, world, django_assert_num_queries
):
    with django_assert_num_queries(20):
        report_of(campaign, NOW)
    for number in range(40):
        live(campaign, number, counts={"likes": number}, segment=f"s{number}")
    with django_assert_num_queries(20):
        report_of(campaign, NOW)


def test_the_median_counts_those_who_are_not_live_yet():
    ways = [Way("", days, is_live=True) for days in (2.0, 4.0, 6.0)]
    assert took("", ways).median_days is None
    assert took("", ways).why == "Too few: 3 invited, 5 are needed."
    late = [Way("", 20.0, is_live=False)] * 3
    # 1/6, 2/6, 3/6 are live by day 6.
    assert took("", ways + late).median_days == 6.0
    assert took("", ways + late + late).median_days is None
    assert took("", ways + late + late).why == "Fewer than half are live yet (3 of 9)."


def test_activation_runs_from_the_invitation_and_the_funnel_counts_stays(campaign):
    for number in range(5):
        made = producing(campaign, stage=EngagementStage.LIVE)
        EngagementStay.objects.filter(engagement=made).update(entered_at=NOW)
        EngagementStay.objects.create(
            engagement=made,
            stage=EngagementStage.INVITED,
            entered_at=NOW - (number + 3) * DAY,
            left_at=NOW - (number + 1) * DAY,
        )
    found = activation_of(campaign, NOW)
    assert (found.whole.creators, found.whole.live, found.whole.median_days) == (5, 5, 5.0)
    steps = {step.stage: step for step in funnel_of(campaign)}
    invited = steps[EngagementStage.INVITED]
    assert (invited.reached, invited.now, invited.median_days) == (5, 0, 2.0)
    assert steps[EngagementStage.LIVE].now == 5


def test_a_completed_campaign_keeps_its_report_and_tells_what_changed(
    campaign, world, manager, manager_client
):
    campaign.engagements.update(stage=EngagementStage.COMPLETED, stage_since=NOW)
    move_campaign(
        campaign_id=campaign.pk,
        brand=campaign.brand,
        act=Act.COMPLETE,
        actor=manager,
        at=NOW,
        words="Ask earlier.",
        expected_version=None,
    )
    [copy] = ReportCopy.objects.all()
    assert is_whole(copy)
    assert copy.report["lessons"] == "Ask earlier."
    assert copy.report["campaign"]["status"] == CampaignStatus.COMPLETED
    with pytest.raises(IntegrityError), transaction.atomic():
        ReportCopy.objects.filter(pk=copy.pk).update(report={})
    Post.objects.filter(reach=500).update(reach=600)
    campaign.refresh_from_db()
    changes = changes_since(copy, report_of(campaign, NOW))
    first = next(one for one in changes if one["key"] == "all:reach")
    assert (first["before"], first["after"]) == ("at least 2,500", "at least 3,000")
    address = reverse("campaigns:report_copy", args=["acme", campaign.key, copy.pk])
    text = manager_client.get(address).content.decode()
    assert "at least 3,000" in text
    assert "is not what was kept" not in text


def test_the_page_answers_why_and_goes_out_as_files(campaign, world, analyst_client):
    def page(name, *parts):
        return reverse(f"campaigns:{name}", args=["acme", campaign.key, *parts])

    text = analyst_client.get(page("report")).content.decode()
    assert "at least 2,500" in text
    assert "5 of 6 publications" in text
    panel = analyst_client.get(page("report"), {"why": "all:reach"}, headers={"HX-Request": "true"})
    assert "What is not known is not counted as 0." in panel.content.decode()
    assert "<html" not in panel.content.decode()
    assert analyst_client.get(page("report"), {"why": "all:nothing"}).status_code == 404
    csv = b"".join(analyst_client.get(page("report_export", "csv")).streaming_content).decode()
    assert "all,All,Reach,2500,count,,known in part,5,6,publications,," in csv
    assert analyst_client.get(page("report_export", "xlsx")).status_code == 200
    pdf = analyst_client.get(page("report_pdf"))
    assert pdf["Content-Type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF")
    # 21 figures of what came back.
    assert len(list(lines_of(world))) == 1 + 12 * 6 + 21


def test_a_link_opens_the_report_and_nothing_else(campaign, world, manager):
    link = guests.make_link(target=campaign, name="Client", actor=manager, at=timezone.now())
    token, client = guests.token_of(link), Client()
    address = reverse("guest:report", args=[token])
    assert client.get(guests.path_of(link))["Location"] == address
    text = client.get(address).content.decode()
    assert "at least 2,500" in text
    assert "@" not in text.replace("@media", "")
    assert "Formula" in client.get(address, {"why": "all:reach"}).content.decode()
    assert client.get(reverse("guest:report_pdf", args=[token])).content.startswith(b"%PDF")
    engagement = campaign.engagements.first()
    other = guests.make_link(target=engagement, name="Maya", actor=manager, at=timezone.now())
    assert client.get(reverse("guest:report", args=[guests.token_of(other)])).status_code == 404
    assert client.get(reverse("guest:report", args=["nonsense"])).status_code == 404
    guests.revoke(link=link, actor=manager, at=timezone.now())
    assert client.get(address).status_code == 410


def test_an_empty_campaign_has_a_report_too(campaign, manager_client):
    report = report_of(campaign, NOW)
    assert value(report, "all:reach") == (None, 0, 0, "unknown")
    assert figure_of(report, "all:reach")["reason_if_absent"] == "Nothing is published yet."
    address = reverse("campaigns:report", args=["acme", campaign.key])
    assert manager_client.get(address).status_code == 200
    keep = reverse("campaigns:report_keep", args=["acme", campaign.key])
    assert manager_client.post(keep).status_code == 302
    assert take_copy(campaign=campaign, actor=None, at=NOW).digest
    assert ReportCopy.objects.count() == 2
