"""KPI sets, targets, comparison, cohorts, sizes, quality, files and links, as people use them."""

from __future__ import annotations

import csv
import io

import pytest
from django.urls import reverse

from campaigns.choices import EngagementStage
from crm.models import AuditEntry
from segmentation.models import (
    CreatorFacts,
    Dimension,
    MetricTarget,
    ScorecardShare,
    Segment,
)
from segmentation.services import scorecards
from segmentation.services.edits import EditRefused
from segmentation.services.kpis import change_kpis, default_for, kpi_set
from tests.campaigns.made import engage, make_campaign
from tests.factories import NOW
from tests.rest import assert_problem, rest_as
from tests.segmentation.world import crowd, make_creator, make_segment, moment, post, stay

pytestmark = pytest.mark.django_db


def page(client, name, brand, *args, status=200, **data):
    answer = client.get(reverse(f"segmentation:{name}", args=[brand.slug, *args]), data)
    assert answer.status_code == status
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return body.decode() if not body.startswith((b"%PDF", b"PK")) else body


@pytest.fixture
def segment(brand):
    """Six members since June with a post of 3 to 4 % each in August."""
    return _segment(brand, "teachers", 30)


def _segment(brand, key, likes):
    made = make_segment(brand, key, purpose="They explain things.")
    for n in range(6):
        creator = make_creator(brand, name=f"{key} {n}")
        stay(made, creator, moment(6, 1))
        post(creator, moment(8, 1), followers_at_post=1_000, likes=likes + 2 * n)
    return made


class TestKpis:
    def test_without_a_choice_they_follow_from_the_purpose(self, brand, segment):
        assert kpi_set(segment) == [
            "save_share_rate",
            "save_share_rate_views",
            "engagement_rate_followers",
            "posting_frequency",
            "size",
        ]
        assert default_for("")[0] == "engagement_rate_followers"

    def test_chosen_on_the_page_with_a_target_that_is_dated(
        self, brand, segment, strategist_client, analyst_client
    ):
        url = reverse("segmentation:kpis", args=[brand.slug, segment.key])
        sent = {
            "from_period": "2026Q3",
            "place_posting_frequency": "2",
            "place_engagement_rate_followers": "1",
            "target_engagement_rate_followers": "3",
        }
        assert analyst_client.post(url, sent).status_code == 403
        assert not MetricTarget.objects.exists()
        assert strategist_client.post(url, sent).status_code == 302
        segment.refresh_from_db()
        assert segment.primary_kpi == "engagement_rate_followers"
        assert kpi_set(segment) == ["engagement_rate_followers", "posting_frequency"]
        target = MetricTarget.objects.get()
        assert (target.metric, target.from_period, target.value) == (
            "engagement_rate_followers",
            "2026Q3",
            0.03,
        )
        scorecards.refresh(brand_id=brand.pk, as_of=NOW, periods=["2026Q3"])
        shown = page(analyst_client, "scorecard", brand, segment.key, period="2026Q3")
        assert "at least 3.00\u202f%" in shown
        assert "Reached" in shown
        earlier = page(analyst_client, "scorecard", brand, segment.key, period="2026Q2")
        assert "at least 3.00" not in earlier
        assert "From 2026Q3" in page(analyst_client, "kpis", brand, segment.key)

    @pytest.mark.parametrize(
        ("more", "code"),
        [
            ({"keys": []}, "kpi_needed"),
            ({"keys": ["no_such"]}, "unknown_metric"),
            ({"targets": {"size": -1.0}}, "out_of_range"),
            ({"targets": {"size": float("nan")}}, "out_of_range"),
            ({"targets": {"size": 5.0}, "from_period": "2030Q1"}, "out_of_range"),
            ({"targets": {"size": 5.0}, "from_period": "soon"}, "bad_period"),
        ],
    )
    def test_refusals_change_nothing(self, segment, more, code):
        values = {"keys": ["size"], "targets": {}, "from_period": "2026Q4", "actor": None}
        with pytest.raises(EditRefused) as refused:
            change_kpis(segment=segment, at=NOW, **values | more)
        assert refused.value.code == code
        segment.refresh_from_db()
        assert segment.kpis == []
        assert not MetricTarget.objects.exists()
        assert not AuditEntry.objects.exists()

    def test_a_target_is_taken_away_from_a_quarter_on(self, segment):
        for period, value in (("2026Q2", 5.0), ("2026Q4", None)):
            change_kpis(
                segment=segment,
                keys=["size"],
                targets={"size": value},
                from_period=period,
                actor=None,
                at=NOW,
            )
        held = {
            period: [one.value for one in MetricTarget.objects.holding_in(period)]
            for period in ("2026Q1", "2026Q3", "2026Q4")
        }
        assert held == {"2026Q1": [], "2026Q3": [5.0], "2026Q4": [None]}


class TestComparison:
    @pytest.fixture
    def pair(self, brand, segment):
        other = _segment(brand, "dancers", 90)
        scorecards.refresh(brand_id=brand.pk, as_of=NOW, periods=["2026Q3"])
        return [segment, other]

    def asked(self):
        return {
            "period": "2026Q3",
            "segment": ["teachers", "dancers"],
            "metric": ["engagement_rate_followers"],
        }

    def test_what_differs_is_said(self, brand, pair, analyst_client):
        shown = page(analyst_client, "compare", brand, **self.asked())
        assert "Dancers is above Teachers." in shown
        assert "3.50\u202f%" in shown
        assert "9.50\u202f%" in shown

    def test_two_of_one_name_are_told_apart_by_their_dimension(self, brand, pair, analyst_client):
        first, second = pair
        dimension = Dimension.objects.create(brand=brand, key="size", name="Size")
        Segment.objects.filter(pk=second.pk).update(name=first.name, dimension=dimension)
        shown = page(analyst_client, "compare", brand, **self.asked())
        whole = f"{first.name} ({first.dimension.name})"
        assert f"{first.name} (Size) is above {whole}." in shown
        shown = page(analyst_client, "formulas", brand, period="2026Q3")
        assert f"{first.name} (Size)</a>" in shown

    def test_files(self, brand, pair, analyst_client):
        text = page(analyst_client, "compare_export", brand, "csv", **self.asked())
        rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
        assert [(row["Segment"], round(float(row["Value"]), 4)) for row in rows] == [
            ("Dancers", 0.095),
            ("Teachers", 0.035),
        ]
        whole = page(analyst_client, "scorecard_export", brand, "teachers", "csv", period="2026Q3")
        assert "engagement_rate_followers" in whole
        for name, args in (("compare_pdf", []), ("scorecard_pdf", ["teachers"])):
            assert page(analyst_client, name, brand, *args, **self.asked()).startswith(b"%PDF")
        page(analyst_client, "compare_export", brand, "csv", status=404)

    def test_nothing_chosen(self, brand, segment, analyst_client):
        assert "Choose segments" in page(analyst_client, "compare", brand)

    def test_shared_by_a_link_that_ends_and_names_nobody(
        self, brand, pair, analyst_client, manager_client, client
    ):
        url = reverse("segmentation:share", args=[brand.slug])
        sent = {**self.asked(), "name": "Ada at the agency", "days": "7"}
        assert manager_client.post(url, sent).status_code == 403
        assert not ScorecardShare.objects.exists()
        analyst_client.post(url, sent)
        share = ScorecardShare.objects.get()
        shown = page(analyst_client, "compare", brand, **self.asked())
        start = shown.index("/guest/scorecards/")
        address = shown[start : shown.index('"', start)]
        answer = client.get(address)
        body = answer.content.decode()
        assert answer.status_code == 200
        assert "9.50\u202f%" in body
        assert "Dancers is above Teachers." in body
        assert "teachers 0" not in body
        assert answer["X-Robots-Tag"] == "noindex, nofollow"
        assert client.get(address[:-3] + "/x/").status_code == 404
        analyst_client.post(reverse("segmentation:share_revoke", args=[brand.slug, share.pk]))
        assert client.get(address).status_code == 410
        verbs = AuditEntry.objects.order_by("pk").values_list("verb", flat=True)
        assert [verb for verb in verbs if "scorecard." in verb] == [
            "segmentation.scorecard.shared",
            "segmentation.scorecard.unshared",
        ]

    def test_a_link_without_a_name_is_not_made(self, brand, pair, analyst_client):
        url = reverse("segmentation:share", args=[brand.slug])
        analyst_client.post(url, {**self.asked(), "name": " ", "days": "7"})
        analyst_client.post(url, {**self.asked(), "name": "Ada", "days": "400"})
        analyst_client.post(url, {"name": "Ada", "days": "7", "period": "2026Q3"})
        assert not ScorecardShare.objects.exists()


class TestCohorts:
    def test_who_came_back_and_how_they_engage(self, brand, analyst_client):
        first = make_campaign(brand, name="Spring")
        second = make_campaign(brand, name="Autumn")
        for n in range(6):
            creator = make_creator(brand)
            relationship = creator.relationships.get(brand=brand)
            _live(first, relationship, moment(2, 1))
            if n < 3:
                _live(second, relationship, moment(8, 1))
            post(creator, moment(8, 5), followers_at_post=1_000, likes=30 + 2 * n)
        shown = page(analyst_client, "cohorts", brand)
        assert "2026Q1: 6 of 6" not in shown
        assert "2026Q3: 3 of 6" in shown
        assert "50%" in shown
        assert "3.50\u202f%" in shown
        text = page(analyst_client, "cohorts_export", brand, "csv")
        rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
        (row,) = [one for one in rows if one["Quarter"] == "2026Q3"]
        assert (row["Quarters since"], row["Came back"], row["Share"]) == ("2", "3", "0.5")
        assert float(row["Engagement rate by followers"]) == pytest.approx(0.035)

    def test_nobody_yet(self, brand, analyst_client):
        assert "No collaboration yet" in page(analyst_client, "cohorts", brand)


def _live(campaign, relationship, at):
    engagement = engage(campaign, EngagementStage.COMPLETED, relationship)
    engagement.stays.create(stage=EngagementStage.LIVE, entered_at=at, left_at=at)


class TestOtherPages:
    def test_sizes_and_who_is_overexposed(self, brand, analyst_client):
        assert "No engagement rates yet" in page(analyst_client, "sizes", brand)
        for n in range(7):
            creator = make_creator(brand, name=f"Person {n}")
            CreatorFacts.objects.create(
                brand=brand,
                creator=creator,
                as_of=NOW,
                followers=2_000,
                engagement_rate=0.01 * (n + 1),
                paid_share=0.31 if n == 3 else 0.3,
            )
        shown = page(analyst_client, "sizes", brand)
        assert "4.00\u202f%" in shown
        assert "Person 3" in shown
        assert "Person 2" not in shown
        assert "31\u202f% paid" in shown

    def test_a_creators_rate_beside_published_ones(self, brand, analyst_client):
        creator = make_creator(brand)
        CreatorFacts.objects.create(
            brand=brand,
            creator=creator,
            as_of=NOW,
            followers=2_000,
            engagement_rate=0.06,
            engagement_posts=12,
            primary_platform="instagram",
        )
        shown = page(analyst_client, "creator_panel", brand, creator.uid)
        assert "Influencer Marketing glossary, influencer tier comparison, 2025" in shown
        for words in ("below</span> Influencer", "above</span> Untapper", "within</span> Modash"):
            assert words in shown
        assert "CreatorIQ" not in shown
        CreatorFacts.objects.update(engagement_posts=0)
        assert "compared with nothing" in page(analyst_client, "creator_panel", brand, creator.uid)

    def test_quality_names_gaps_jumps_and_kpis_that_cannot_be_measured(
        self, brand, segment, analyst_client
    ):
        for stay_ in segment.memberships.all():
            post(stay_.creator, moment(6, 15), followers_at_post=1_000, likes=90)
        post(make_creator(brand), moment(8, 2), likes=None, comments=None, followers_at_post=None)
        scorecards.refresh(brand_id=brand.pk, as_of=NOW, periods=["2026Q2", "2026Q3"])
        shown = page(analyst_client, "quality", brand, period="2026Q3")
        assert "9.00\u202f%" in shown
        assert "3.50\u202f%" in shown
        assert "nothing that the product knows of" in shown
        assert "1 of 7" in shown
        assert "cannot be measured with what is known" in shown

    def test_quality_over_rest(self, brand, segment, analyst):
        for stay_ in segment.memberships.all():
            post(stay_.creator, moment(6, 15), followers_at_post=1_000, likes=90)
        post(make_creator(brand), moment(8, 2), likes=None, comments=None, followers_at_post=None)
        scorecards.refresh(brand_id=brand.pk, as_of=NOW, periods=["2026Q2", "2026Q3"])
        rest = rest_as(analyst, brand)
        told = rest.json("data-quality/", period="2026Q3")
        gaps = {gap["key"]: (gap["missing"], gap["of"], gap["share"]) for gap in told["gaps"]}
        assert gaps["post_likes_and_comments"] == (1, 7, 1 / 7)
        assert gaps["country"] == (0, 0, None)
        assert told["sources"] == [{"source": "vendor", "posts": 7, "snapshots": 0}]
        assert (told["conflicts"], told["compared"]) == (0, 0)
        [jump] = [one for one in told["jumps"] if one["key"] == "engagement_rate_followers"]
        assert jump["segment"] == "teachers"
        assert (jump["before"]["value"], jump["now"]["value"]) == (0.09, pytest.approx(0.035))
        assert jump["now"]["interval"]["high"] < jump["before"]["value"]
        assert jump["causes"] == ["nothing that the product knows of: look at the posts"]
        assert told["jumps_count"] == len(told["jumps"])
        assert "teachers" in {one["segment"] for one in told["kpi_findings"]}
        assert rest.json("data-quality/")["period"] == "2026Q4"
        assert_problem(rest.get("data-quality/", period="2026Q9"), 400, "bad_period", at="?period")

    def test_formulas_side_by_side(self, brand, segment, analyst_client):
        scorecards.refresh(brand_id=brand.pk, as_of=NOW, periods=["2026Q3"])
        shown = page(analyst_client, "formulas", brand, period="2026Q3")
        assert "in the middle of 1 segment," in shown
        assert "1.00 times" in shown
        assert "Nothing to compare" in page(analyst_client, "formulas", brand, period="2026Q1")

    def test_claims_wait_for_a_worker_then_have_verdicts(
        self, brand, segment, analyst_client, django_capture_on_commit_callbacks
    ):
        from segmentation.models import ClaimTrial  # noqa: PLC0415
        from segmentation.services import claims  # noqa: PLC0415

        url = reverse("segmentation:claims", args=[brand.slug])
        asked = {"scheme": "harvard_media", "first": "2026Q1", "period": "2026Q3"}
        answer = analyst_client.post(url, asked)
        assert answer.status_code == 302
        assert "being tried" in analyst_client.get(url, asked).content.decode()
        trial = claims.compute(trial_id=ClaimTrial.objects.get().pk, at=NOW)
        assert trial.status == "done"
        shown = analyst_client.get(url, asked).content.decode()
        assert "Cannot be told here: too little is known." in shown
        assert "of at least 5 creators" in shown
        backwards = analyst_client.post(url, asked | {"first": "2026Q4"}, follow=True)
        assert "2026Q4 comes after 2026Q3" in backwards.content.decode()

    def test_queries_do_not_grow(self, brand, segment, analyst_client, count_queries):
        names = ["compare", "cohorts", "sizes", "formulas", "benchmarks", "quality", "claims"]

        def counts():
            scorecards.refresh(brand_id=brand.pk, as_of=NOW, periods=["2026Q3"])
            asked = {"period": "2026Q3", "segment": segment.key}
            return {
                name: count_queries(lambda name=name: page(analyst_client, name, brand, **asked))
                for name in names
            }

        few = counts()
        crowd(segment, 60)
        _segment(brand, "dancers", 90)
        assert counts() == few
