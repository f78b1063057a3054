"""Changing a segment on its pages: metadata, playbook, examples, versions, archive, order."""

from __future__ import annotations

import pytest
from django.urls import reverse

from crm.models import AuditEntry
from segmentation.choices import SegmentStatus
from segmentation.models import AudienceSegment, Dimension, Playbook, Segment, SegmentVersion
from segmentation.services import metadata, playbooks
from segmentation.services.edits import stamp
from tests.factories import ProfileFactory
from tests.segmentation.segments.masks import member
from tests.segmentation.world import RULE, make_creator, make_segment, moment, stay

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


class TestMetadata:
    def data(self, segment, **given):
        return {
            "seen": stamp(segment, metadata.FIELDS),
            "name": "Educators",
            "purpose": "Teach",
            "primary_kpi": "size",
            **given,
        }

    def test_saved_and_shown(self, segment, strategist, strategist_client):
        shown = text(strategist_client.get(url("segment_edit", "educators")))
        assert "Teach</textarea>" in shown
        data = self.data(
            segment, definition="Who explains\nstep by step.", owner=strategist.pk, kpis=["size"]
        )
        page = text(strategist_client.post(url("segment_edit", "educators"), data, follow=True))
        assert "Who explains\nstep by step." in page
        assert strategist.display_name in page
        assert AuditEntry.objects.count() == 1

    def test_errors_stand_beside_the_field_and_what_was_typed_stays(
        self, segment, strategist_client
    ):
        data = self.data(segment, name="", definition="Typed", primary_kpi="colour")
        page = text(strategist_client.post(url("segment_edit", "educators"), data), 422)
        assert page.count("invalid-feedback") == 2
        assert "Typed</textarea>" in page
        assert not AuditEntry.objects.exists()

    def test_somebody_was_faster(self, segment, strategist_client):
        data = self.data(segment, purpose="Mine")
        Segment.objects.update(purpose="Theirs")
        page = text(strategist_client.post(url("segment_edit", "educators"), data), 422)
        assert "Somebody else has changed this since you opened it." in page
        segment.refresh_from_db()
        assert segment.purpose == "Theirs"


class TestPlaybook:
    def test_share_in_percent_and_the_marks_on_top(
        self, segment, strategist_client, manager_client
    ):
        data = {
            "seen": stamp(playbooks.playbook_of(segment), playbooks.FIELDS),
            "do_not_pitch": "on",
            "maximum_share": "12.5",
            "claims_policy": "No before and after",
            "dos": "Show the <b>routine</b>",
        }
        page = text(strategist_client.post(url("playbook", "educators"), data, follow=True))
        assert Playbook.objects.get().maximum_share == 0.125
        for shown in (page, text(manager_client.get(url("segment", "educators")))):
            assert "<strong>Do not pitch.</strong>" in shown
            assert "No before and after" in shown
            assert "Show the &lt;b&gt;routine&lt;/b&gt;" in shown
            assert "12\u202f% of its creators" in shown
        form = text(strategist_client.get(url("playbook", "educators")))
        assert 'value="12.5"' in form

    @pytest.mark.parametrize("share", ["0", "101", "half"])
    def test_a_share_that_is_none(self, segment, strategist_client, share):
        data = {"seen": "", "maximum_share": share}
        page = text(strategist_client.post(url("playbook", "educators"), data), 422)
        assert "invalid-feedback" in page
        assert not Playbook.objects.exists()


class TestExamples:
    def test_by_name_or_handle(self, brand, segment, strategist_client):
        ana = make_creator(brand, name="Ana Lind")
        ProfileFactory(creator=make_creator(brand, name="Bo"), handle="bo.bakes")
        add = url("examples", "educators")
        data = {"handle": "ana lind", "belongs": "yes", "note": "Explains"}
        text(strategist_client.post(add, data, follow=True))
        text(strategist_client.post(add, {"handle": "@BO.bakes", "belongs": "no"}, follow=True))
        page = text(strategist_client.get(url("segment", "educators")))
        assert "Ana Lind</a> belongs in: Explains" in page
        assert "Bo</a> is rightly out" in page
        example = segment.examples.get(creator=ana)
        text(strategist_client.post(url("remove_example", "educators", example.pk), follow=True))
        assert segment.examples.count() == 1

    def test_nobody_or_several(self, brand, other_brand, segment, strategist_client):
        for _ in range(2):
            make_creator(brand, name="Same")
        make_creator(other_brand, name="Elsewhere")
        add = url("examples", "educators")
        page = text(strategist_client.post(add, {"handle": "Same", "belongs": "yes"}), 422)
        assert "Several creators are called “Same”" in page
        page = text(strategist_client.post(add, {"handle": "Elsewhere", "belongs": "yes"}), 422)
        assert "Acme knows nobody of the name or handle “Elsewhere”." in page
        assert not segment.examples.exists()


class TestVersions:
    @pytest.fixture
    def draft(self, segment):
        return SegmentVersion.objects.create(
            segment=segment,
            number=2,
            rule=RULE["all"][0],
            rule_text="followers >= 1000",
            created_at=moment(2, 1),
        )

    def test_the_segment_lists_drafts_with_what_they_change(
        self, segment, draft, strategist_client, analyst_client
    ):
        page = text(strategist_client.get(url("segment", "educators")))
        assert "No longer: Country is “DK”" in page
        assert "Compare and activate" in page
        assert "Compare and activate" not in text(analyst_client.get(url("segment", "educators")))

    def test_compared_and_activated(self, segment, draft, strategist_client):
        page = text(strategist_client.get(url("version", "educators", 2)))
        assert "Against version 1" in page
        assert "<del>\nand country is DK</del>" in page or "<del> and country is DK</del>" in page
        page = text(strategist_client.post(url("version", "educators", 2), {"reason": ""}), 422)
        segment.refresh_from_db()
        assert segment.active_version.number == 1
        data = {"reason": "Country says nothing"}
        page = text(strategist_client.post(url("version", "educators", 2), data, follow=True))
        assert "Version 2 is in use from the next run on." in page
        assert "Country says nothing" in page
        page = text(strategist_client.post(url("version", "educators", 2), data), 422)
        assert "Version 2 is in use already." in page

    def test_any_two(self, segment, draft, analyst_client):
        page = text(analyst_client.get(url("version", "educators", 1), {"against": 2}))
        assert "Against version 2" in page
        assert "Now also: Country is “DK”." in page
        page = text(analyst_client.get(url("version", "educators", 1)))
        assert "The first version" in page
        assert analyst_client.get(url("version", "educators", 7)).status_code == 404
        page = text(analyst_client.get(url("version", "educators", 2), {"against": "x"}))
        assert "Against version 1" in page


class TestArchive:
    def test_says_who_uses_it_and_ends_the_stays(self, brand, segment, strategist_client):
        stay(segment, make_creator(brand), moment(6, 1))
        Segment.objects.filter(pk=segment.pk).update(members_count=1)
        other = make_segment(brand, "other")
        SegmentVersion.objects.filter(segment=other).update(rule={"segment": "educators"})
        audience = AudienceSegment.objects.create(brand=brand, key="teens", name="Teens")
        audience.segments.add(segment)
        page = text(strategist_client.get(url("archive", "educators")))
        assert "the stays of its 1 member end now" in page
        assert "Other</a> asks for it and will break" in page
        assert "Teens</a> counts on it" in page
        text(strategist_client.post(url("archive", "educators"), {"reason": ""}), 422)
        assert segment.memberships.filter(left_at=None).exists()
        data = {"reason": "Nobody needs it"}
        page = text(strategist_client.post(url("archive", "educators"), data, follow=True))
        assert "This segment is archived" in page
        segment.refresh_from_db()
        assert segment.status == SegmentStatus.ARCHIVED
        assert not segment.memberships.filter(left_at=None).exists()
        assert "It is archived already." in text(strategist_client.get(url("archive", "educators")))


class TestDimensions:
    def test_new_changed_and_empty_ones_are_listed(self, brand, strategist_client):
        data = {
            "name": "Theme",
            "key": "theme",
            "mode": "one",
            "cadence": "cron",
            "cron": "0 3 * *",
            "drift_alert_percent": "20",
        }
        page = text(strategist_client.post(url("dimension_new"), data), 422)
        assert "Write five parts" in page
        assert not Dimension.objects.exists()
        text(
            strategist_client.post(url("dimension_new"), data | {"cron": "0 3 * * 1"}, follow=True)
        )
        made = Dimension.objects.get()
        assert (made.is_exclusive, made.has_precedence, made.cron) == (True, False, "0 3 * * 1")
        shown = text(strategist_client.get(url("segments")))
        assert "Without segments" in shown
        form = strategist_client.get(url("dimension", "theme")).context["form"]
        data |= {"cadence": "monthly", "mode": "first", "seen": form.initial["seen"]}
        text(strategist_client.post(url("dimension", "theme"), data, follow=True))
        made.refresh_from_db()
        assert (made.cadence, made.cron, made.has_precedence) == ("monthly", "", True)
        page = text(strategist_client.post(url("dimension", "theme"), data), 422)
        assert "Somebody else has changed this" in page

    def test_one_place_up_or_down(self, brand, strategist_client):
        for place, key in enumerate(("a", "b", "c")):
            make_segment(brand, key, position=place)

        def order(**move):
            keys = [segment.key for segment in Segment.objects.order_by("position")]
            strategist_client.post(url("dimension_order", "role"), {"keys": keys, **move})
            return [segment.key for segment in Segment.objects.order_by("position")]

        assert order(up="c") == ["a", "c", "b"]
        assert order(down="a") == ["c", "a", "b"]
        assert order(up="c") == ["c", "a", "b"]
        page = text(
            strategist_client.post(url("dimension_order", "role"), {"keys": ["a"]}, follow=True)
        )
        assert "The order must name every segment" in page


class TestOverlap:
    def test_a_fragment_of_ten_and_the_whole(self, brand, segment, analyst_client):
        others = [make_segment(brand, f"other{n:02d}") for n in range(12)]
        member(brand, segment, *others)
        part = text(analyst_client.get(url("overlap", "educators"), **HTMX))
        assert part.count("<tr>") == 11
        assert "2 more" in part
        assert text(analyst_client.get(url("overlap", "educators"))).count("<tr>") == 13

    def test_nobody_is_elsewhere(self, segment, analyst_client):
        assert "Its members are in no other segment." in text(
            analyst_client.get(url("overlap", "educators"))
        )


def test_members_narrowed_as_is_their_file(brand, segment, analyst_client):
    stay(segment, make_creator(brand, name="Core one", stage="core"), moment(6, 1))
    stay(segment, make_creator(brand, name="New one"), moment(6, 1))
    page = text(analyst_client.get(url("segment", "educators"), {"stage": "core"}))
    assert "Core one" in page
    assert "New one" not in page
    assert "members.csv?stage=core" in page
    response = analyst_client.get(url("members_csv", "educators"), {"stage": "core"})
    assert b"".join(response.streaming_content).count(b"\r\n") == 2
    entry = AuditEntry.objects.get(verb="segmentation.members.exported")
    assert entry.data == {"query": "stage=core"}
    answer = analyst_client.get(url("members_csv", "educators"), {"stage": "friend"})
    assert answer.status_code == 400
    page = text(analyst_client.get(url("segment", "educators"), {"stage": "declined"}))
    assert "No member matches" in page


def test_those_who_may_not_see_no_buttons(segment, analyst_client):
    page = text(analyst_client.get(url("segment", "educators")))
    for name in ("segment_edit", "playbook", "archive", "builder"):
        assert url(name, "educators") not in page


def test_archived_segments_are_not_changed(brand, strategist_client):
    make_segment(brand, "old", status=SegmentStatus.ARCHIVED)
    page = text(strategist_client.get(url("segment", "old")))
    assert "This segment is archived" in page
    assert url("segment_edit", "old") not in page
    data = {"handle": "x", "belongs": "yes"}
    make_creator(brand, name="x")
    assert "is archived" in text(strategist_client.post(url("examples", "old"), data), 422)
