"""Hygiene, the matrix and audiences, as people see them."""

from __future__ import annotations

import csv
from datetime import timedelta
from io import StringIO

import pytest
from django.urls import reverse
from django.utils import timezone

from crm.models import AuditEntry
from segmentation.choices import SegmentStatus
from segmentation.models import AudienceSegment
from tests.segmentation.segments.masks import member
from tests.segmentation.world import make_segment

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def segment(brand):
    return make_segment(brand, "educators", purpose="Teach", primary_kpi="size")


def url(name, *args):
    return reverse(f"segmentation:{name}", args=["acme", *args])


def text(response, status=200):
    assert response.status_code == status, response.content
    return response.content.decode()


class TestHygiene:
    def test_nothing_there(self, brand, analyst_client):
        assert "Nothing to tidy up" in text(analyst_client.get(url("hygiene")))

    def test_each_finding_says_what_to_do(self, brand, segment, strategist_client, analyst_client):
        make_segment(brand, "mended", status=SegmentStatus.BROKEN, broken_reason="No such fact.")
        page = text(strategist_client.get(url("hygiene")))
        assert "No such fact." in page
        assert "Name an owner on the segment&#x27;s page." in page
        assert url("segment_edit", "educators") in page
        assert url("builder", "mended") in page
        assert url("segment_edit", "educators") not in text(analyst_client.get(url("hygiene")))


class TestMatrix:
    @pytest.fixture
    def world(self, brand, segment):
        member(brand, segment, country="DK", name="=Ana", primary_platform="instagram")
        member(brand, country="DK", name="Bo", primary_platform="tiktok")
        return brand

    def test_country_by_platform_to_begin_with(self, world, analyst_client):
        page = text(analyst_client.get(url("matrix")))
        assert "Country by Primary platform" in page
        assert "Denmark" in page

    def test_a_number_leads_to_its_creators(self, world, analyst_client):
        asked = {"rows": "role", "columns": "fact.country"}
        page = text(analyst_client.get(url("matrix"), asked))
        axes = "rows=role&amp;columns=fact.country"
        place = f"{url('matrix_cell')}?{axes}&amp;row=educators&amp;column=DK"
        assert f'<a href="{place}">1</a>' in page
        cell = analyst_client.get(url("matrix_cell"), asked | {"row": "educators", "column": "DK"})
        shown = text(cell)
        assert "=Ana" in shown
        assert "Bo</a>" not in shown
        assert "Educators, Denmark" in shown
        everybody = text(analyst_client.get(url("matrix_cell"), asked | {"column": "DK"}))
        assert "Bo</a>" in everybody

    def test_a_cut_that_there_is_not(self, world, analyst_client):
        page = text(analyst_client.get(url("matrix"), {"rows": "colour"}), 422)
        assert "There is no such cut" in page
        asked = {"rows": "role", "columns": "fact.country", "row": "nowhere"}
        assert analyst_client.get(url("matrix_cell"), asked).status_code == 404
        assert analyst_client.get(url("matrix_csv"), {"rows": "x"}).status_code == 404

    def test_as_a_file(self, world, analyst_client):
        asked = {"rows": "role", "columns": "fact.country"}
        response = analyst_client.get(url("matrix_csv"), asked)
        text = b"".join(response.streaming_content).decode("utf-8-sig")
        rows = list(csv.reader(StringIO(text)))
        assert rows == [
            ["Content role / Country", "Denmark", "All"],
            ["Educators", "1", "1"],
            ["In none", "1", "1"],
            ["All", "2", "2"],
        ]

    def test_before_any_fact(self, brand, analyst_client):
        assert "Nothing to count yet" in text(analyst_client.get(url("matrix")))

    def test_the_fragment_is_the_table_only(self, world, analyst_client):
        part = text(analyst_client.get(url("matrix"), {"rows": "role"}, **HTMX))
        assert "<html" not in part
        assert "Content role by Primary platform" in part

    def test_statements_do_not_grow(self, world, analyst_client, count_queries):
        def count():
            pages = [url("matrix"), url("matrix_cell")]
            return [count_queries(lambda page=page: analyst_client.get(page)) for page in pages]

        few = count()
        for _ in range(20):
            member(world, country="SE")
        assert count() == few


class TestAudiences:
    DATA = {
        "name": "Teens",
        "key": "teens",
        "countries": "dk, SE",
        "platforms": ["tiktok"],
        "wanted_creators": "2",
        "segments": ["educators"],
    }

    def test_the_first_one(self, brand, strategist_client, analyst_client):
        assert url("audience_new") in text(strategist_client.get(url("audiences")))
        page = text(analyst_client.get(url("audiences")))
        assert "A strategist or an admin can describe one." in page
        assert url("audience_new") not in page

    def test_described_changed_and_deleted(self, brand, segment, strategist_client):
        page = text(strategist_client.post(url("audience_new"), self.DATA, follow=True))
        assert "Denmark" in page
        assert "gap" in page
        made = AudienceSegment.objects.get()
        assert (made.countries, made.platforms) == (["DK", "SE"], ["tiktok"])
        page = text(strategist_client.get(url("audiences")))
        assert page.count("0 creators") == 2
        form = strategist_client.get(url("audience_edit", "teens")).context["form"]
        data = self.DATA | {"countries": "", "platforms": [], "seen": form.initial["seen"]}
        text(strategist_client.post(url("audience_edit", "teens"), data, follow=True))
        page = text(strategist_client.post(url("audience_edit", "teens"), data), 422)
        assert "Somebody else has changed this" in page
        assert "map to 1 segment are" in text(
            strategist_client.get(url("audience_delete", "teens"))
        )
        text(strategist_client.post(url("audience_delete", "teens"), follow=True))
        assert not AudienceSegment.objects.exists()
        assert AuditEntry.objects.count() == 3

    def test_refusals_stand_beside_the_field(self, brand, segment, strategist_client):
        data = self.DATA | {"countries": "Denmark", "wanted_creators": "0", "segments": ["x"]}
        page = text(strategist_client.post(url("audience_new"), data), 422)
        assert "DENMARK is no country: write two letters, as DK." in page
        assert page.count("invalid-feedback") == 3
        strategist_client.post(url("audience_new"), self.DATA)
        page = text(strategist_client.post(url("audience_new"), self.DATA), 422)
        assert "There is an audience &#x27;teens&#x27; already." in page
        assert AudienceSegment.objects.count() == 1

    def test_the_heat_table(self, brand, segment, analyst_client):
        made = AudienceSegment.objects.create(brand=brand, key="all", name="All", wanted_creators=1)
        made.segments.add(segment)
        member(brand, segment, last_post_at=timezone.now() - timedelta(days=2))
        page = text(analyst_client.get(url("audiences")))
        assert "heat-covered" in page
        assert "Any platform" in page
        assert "in each of its countries" in page
