"""The list of segments, one segment, its members as a file."""

from __future__ import annotations

import csv
from io import StringIO

import pytest
from django.urls import reverse

from crm.models import AuditEntry
from segmentation.choices import RunStatus, SegmentStatus, Trigger
from segmentation.models import Run, Segment
from tests.segmentation.world import crowd, make_creator, make_segment, moment, stay

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}


def list_url(brand):
    return reverse("segmentation:segments", args=[brand.slug])


def segment_url(segment):
    return reverse("segmentation:segment", args=[segment.brand.slug, segment.key])


def page(client, url, **data):
    response = client.get(url, data)
    assert response.status_code == 200
    return response.content.decode()


class TestList:
    def test_nothing_yet_offers_the_packs_to_those_who_may_install(
        self, brand, strategist_client, manager_client
    ):
        offered = page(strategist_client, list_url(brand))
        assert "No segments yet" in offered
        assert "Install the standard packs" in offered
        shown = page(manager_client, list_url(brand))
        assert "A strategist or an admin can install the standard packs." in shown
        assert '<button class="btn btn-primary" type="submit">' not in shown

    def test_installing_adds_all_and_again_nothing(self, brand, strategist_client):
        url = reverse("segmentation:install_packs", args=[brand.slug])
        response = strategist_client.post(url, follow=True)
        count = Segment.objects.filter(brand=brand).count()
        assert count > 20
        assert f"{count} segments were added." in response.content.decode()
        response = strategist_client.post(url, follow=True)
        assert "nothing was changed" in response.content.decode()
        assert Segment.objects.filter(brand=brand).count() == count

    def test_installing_is_refused_to_a_manager(self, brand, manager_client):
        url = reverse("segmentation:install_packs", args=[brand.slug])
        assert manager_client.post(url).status_code == 403
        assert manager_client.get(url).status_code == 405
        assert not Segment.objects.exists()
        assert not AuditEntry.objects.exists()

    def test_members_share_and_last_change(self, run, stage_core, analyst_client):
        shown = page(analyst_client, list_url(run.brand))
        assert stage_core.name in shown
        assert "100.0\u202f%" in shown
        assert f'href="/acme/runs/{run.pk}/"' in shown
        assert "+12 \u22120</a>" in shown

    def test_filter_by_dimension_and_status(self, brand, analyst_client):
        kept = make_segment(brand, "kept", dimension="one")
        make_segment(brand, "elsewhere", dimension="two")
        gone = make_segment(brand, "gone", dimension="one", status=SegmentStatus.ARCHIVED)
        shown = page(analyst_client, list_url(brand), dimension="one")
        assert kept.name in shown
        assert "Elsewhere" not in shown
        assert gone.name not in shown
        shown = page(analyst_client, list_url(brand), status="archived")
        assert gone.name in shown
        assert kept.name not in shown

    def test_a_filter_value_that_there_is_not_says_so(self, brand, other_brand, analyst_client):
        make_segment(brand)
        make_segment(other_brand, dimension="theirs")
        shown = page(analyst_client, list_url(brand), dimension="theirs", status="x\x00")
        assert shown.count("invalid-feedback") == 2
        assert "No segment matches" in shown

    def test_the_fragment_is_the_rows_only(self, brand, analyst_client):
        make_segment(brand)
        shown = analyst_client.get(list_url(brand), **HTMX).content.decode()
        assert "<html" not in shown
        assert "data-announce=" in shown

    def test_another_brand_is_not_there(self, brand, outsider_client, client):
        assert outsider_client.get(list_url(brand)).status_code == 404
        assert client.get(list_url(brand)).status_code == 302


class TestSegment:
    def test_purpose_rule_history_members_and_movers(self, run, stage_core, creators, legal_client):
        shown = page(legal_client, segment_url(stage_core))
        assert stage_core.active_version.rule_text in shown
        assert "Relationship stage is" in shown or "Stage is" in shown
        assert stage_core.origin in shown
        assert "<h3>12 joined</h3>" in shown
        assert "All 12 who joined" in shown
        assert "Nobody left." in shown
        assert creators[11].name in shown
        assert '"x": ["2026Q4"]' in shown

    def test_members_come_in_the_order_asked_for(self, stage_core, creators, analyst_client):
        by_followers = page(analyst_client, segment_url(stage_core))
        table = by_followers[by_followers.index('id="members"') :]
        assert table.index(creators[11].name) < table.index(creators[0].name)
        by_name = page(analyst_client, segment_url(stage_core), sort="name")
        table = by_name[by_name.index('id="members"') :]
        assert table.index(creators[0].name) < table.index(creators[11].name)

    def test_pages_of_members_walk_through_all(self, brand, analyst_client):
        segment = make_segment(brand)
        names = set()
        for n in range(120):
            creator = make_creator(brand, name=f"Person {n:03d}")
            stay(segment, creator, moment(6, 1 + n % 20))
            names.add(creator.name)
        for sort in ("-followers", "-since", "name"):
            seen, url, params = [], segment_url(segment), {"sort": sort}
            while True:
                response = analyst_client.get(url, params, **HTMX)
                members = response.context["members"]
                seen += [row["name"] for row in members.items]
                if not members.next:
                    break
                params["cursor"] = members.next
            assert len(seen) == 120
            assert set(seen) == names

    def test_a_cursor_that_is_none_goes_back_to_page_one(self, stage_core, analyst_client):
        response = analyst_client.get(segment_url(stage_core), {"cursor": "x\x00"}, follow=True)
        assert "Start again from page one." in response.content.decode()

    def test_a_broken_segment_says_why_and_keeps_its_members(self, brand, analyst_client):
        segment = make_segment(
            brand, status=SegmentStatus.BROKEN, broken_reason="There is no fact “gone”."
        )
        stay(segment, make_creator(brand, name="Still here"), moment(6, 1))
        shown = page(analyst_client, segment_url(segment))
        assert "There is no fact “gone”." in shown
        assert "Still here" in shown

    def test_size_history_adds_up_from_the_ledger(self, brand, analyst_client):
        segment = make_segment(brand)
        first, second, third = (make_creator(brand) for _ in range(3))
        stay(segment, first, moment(2, 1, year=2023), moment(8, 1))
        stay(segment, second, moment(5, 1))
        stay(segment, third, moment(7, 1), moment(9, 1))
        history = analyst_client.get(segment_url(segment)).context["page"].history
        assert [(row.quarter, row.size, row.joined, row.left) for row in history][-4:] == [
            ("2026Q1", 1, 0, 0),
            ("2026Q2", 2, 1, 0),
            ("2026Q3", 1, 1, 2),
            ("2026Q4", 1, 0, 0),
        ]
        assert history[-1].is_running

    def test_no_such_segment_and_not_ones_own(self, brand, other_brand, analyst_client):
        elsewhere = make_segment(other_brand, "secret")
        url = reverse("segmentation:segment", args=[brand.slug, elsewhere.key])
        assert analyst_client.get(url).status_code == 404

    def test_an_empty_draft_can_be_looked_at(self, brand, analyst_client):
        segment = make_segment(brand)
        segment.status, segment.active_version = SegmentStatus.DRAFT, None
        segment.save()
        segment.versions.all().delete()
        shown = page(analyst_client, segment_url(segment))
        assert "This draft has no active version yet." in shown
        assert "Nobody is in this segment" in shown


class TestCsv:
    def rows(self, client, segment):
        url = reverse("segmentation:members_csv", args=[segment.brand.slug, segment.key])
        response = client.get(url)
        assert response["Content-Type"] == "text/csv; charset=utf-8"
        text = b"".join(response.streaming_content).decode("utf-8-sig")
        return list(csv.reader(StringIO(text)))

    def test_every_member_with_unknown_cells_empty(self, brand, analyst_client):
        segment = make_segment(brand)
        stay(segment, make_creator(brand, name="Ana"), moment(6, 1))
        stay(segment, make_creator(brand, name="Gone"), moment(6, 1), moment(7, 1))
        assert self.rows(analyst_client, segment) == [
            [
                *("Name", "Handle", "Platform", "Followers", "Engagement rate"),
                *("Country", "Stage", "Member since", "Came in by"),
            ],
            ["Ana", "", "", "", "", "", "prospect", "2026-06-01T00:00:00+00:00", "rule"],
        ]

    def test_a_name_is_not_a_formula(self, brand, analyst_client):
        segment = make_segment(brand)
        stay(segment, make_creator(brand, name='=HYPERLINK("x")'), moment(6, 1))
        assert self.rows(analyst_client, segment)[1][0] == '\'=HYPERLINK("x")'

    def test_not_for_outsiders(self, brand, outsider_client):
        segment = make_segment(brand)
        url = reverse("segmentation:members_csv", args=[brand.slug, segment.key])
        assert outsider_client.get(url).status_code == 404


def test_queries_do_not_grow_with_creators(stage_core, analyst_client, count_queries):
    urls = [list_url(stage_core.brand), segment_url(stage_core)]

    def counts():
        return [count_queries(lambda url=url: page(analyst_client, url)) for url in urls]

    crowd(stage_core, 100)
    few = counts()
    crowd(stage_core, 900)
    assert counts() == few


def test_before_its_first_run_the_page_says_which_run_counts(brand, strategist_client):
    segment = make_segment(brand, "fresh")
    assert "Members appear with the first run." in page(strategist_client, segment_url(segment))
    run = Run.objects.create(
        brand=brand, as_of=moment(1, 1), trigger=Trigger.MANUAL, created_at=moment(1, 1)
    )
    shown = page(strategist_client, segment_url(segment))
    assert "Its members are being counted:" in shown
    assert f"run {run.pk}</a> begins in a moment." in shown
    Run.objects.filter(pk=run.pk).update(status=RunStatus.RUNNING)
    assert f"run {run.pk}</a> is at work." in page(strategist_client, segment_url(segment))
    # One that waits and did not look at the segment will find nobody for it.
    Run.objects.filter(pk=run.pk).update(status=RunStatus.WAITING)
    assert "being counted" not in page(strategist_client, segment_url(segment))
    Run.objects.filter(pk=run.pk).update(status=RunStatus.APPLIED)
    assert "being counted" not in page(strategist_client, segment_url(segment))
