"""The segments of one creator, and why."""

from __future__ import annotations

import csv
import io
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from crm.models import Creator, Relationship
from segmentation import outreach
from segmentation.models import Dimension, Segment
from tests.rest import rest_as
from tests.segmentation.world import make_creator, make_segment, moment, stay

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}


def panel_url(brand, creator):
    return reverse("segmentation:creator_panel", args=[brand.slug, creator.uid])


def passages_url(brand, creator):
    return reverse("segmentation:creator_passages", args=[brand.slug, creator.uid])


def why_url(brand, creator, segment):
    return reverse("segmentation:why", args=[brand.slug, creator.uid, segment.key])


def page(client, url, **headers):
    response = client.get(url, **headers)
    assert response.status_code == 200
    return response.content.decode()


def sent(client, url):
    """A file."""
    return b"".join(client.get(url).streaming_content).decode("utf-8-sig")


def column(client, url):
    """Of a list of creators by name: the column of segments."""
    lines = csv.DictReader(io.StringIO(sent(client, url)))
    return {line["name"]: line["segments"] for line in lines}


class TestPanel:
    def test_stays_by_dimension_with_since_when(self, segmented, creators, manager_client):
        shown = page(manager_client, panel_url(segmented, creators[3]), **HTMX)
        assert "<html" not in shown
        assert "since 1 Oct 2026" in shown
        assert "Why?" in shown
        assert "Why not?" in shown

    def test_who_objects_is_in_none_from_then_on(
        self, segmented, creators, manager, manager_client
    ):
        rest = rest_as(manager, segmented)
        path = f"creators/{creators[3].uid}/segments/"
        held = rest.json(path)["results"]
        listed = f"/{segmented.slug}/creators/export.csv?columns=segments"
        inside = f"{listed}&segment={held[0]['key']}"
        assert held[0]["name"] in column(manager_client, listed)[creators[3].name]
        assert creators[3].name in column(manager_client, inside)
        key, dimension = held[0]["key"], held[0]["dimension"]
        members = reverse("segmentation:segment", args=[segmented.slug, key])

        def listings() -> list[bool]:
            """Whether they are on the page, in its file, over REST twice, in the audience."""
            uid = str(creators[3].uid)
            stays = rest.json(f"dimensions/{dimension}/stays/")["results"]
            return [
                uid in manager_client.get(members, **HTMX).content.decode(),
                creators[3].name in sent(manager_client, f"{members}members.csv"),
                uid in {row["uid"] for row in rest.json(f"segments/{key}/members/")["results"]},
                uid in {row["creator"]["uid"] for row in stays},
                outreach.members(segmented, key).filter(pk=creators[3].pk).exists(),
            ]

        assert listings() == [True] * 5
        before = timezone.now()
        Relationship.objects.filter(creator=creators[3]).update(unprofiled_at=before)
        shown = page(manager_client, panel_url(segmented, creators[3]), **HTMX)
        assert "does not want to be sorted and scored: in no segment" in shown
        assert "Why?" not in shown
        assert column(manager_client, listed)[creators[3].name] == ""
        assert creators[3].name not in column(manager_client, inside)
        assert rest.json(path)["results"] == []
        assert listings() == [False] * 5
        # What was is in the ledger.
        assert rest.json(path, as_of=before.isoformat())["results"] == held
        past = rest.json(f"segments/{key}/members/", as_of=before.isoformat())["results"]
        assert str(creators[3].uid) in {row["uid"] for row in past}
        history = page(manager_client, passages_url(segmented, creators[3]), **HTMX)
        assert "in no segment any more. What was stays on record." in history
        assert held[0]["name"] in history

    def test_before_the_packs(self, brand, manager_client):
        shown = page(manager_client, panel_url(brand, make_creator(brand)))
        assert "This brand has no segments yet." in shown

    def test_before_the_first_run(self, brand, manager_client):
        make_segment(brand)
        shown = page(manager_client, panel_url(brand, make_creator(brand)))
        assert "in none" in shown

    def test_effective_where_precedence_decides(self, brand, manager_client):
        creator = make_creator(brand)
        for place, key in enumerate(("influencer", "innovator")):
            segment = make_segment(brand, key, dimension="persona", position=place)
            stay(segment, creator, moment(6, 1))
        Dimension.objects.update(has_precedence=True)
        panel = manager_client.get(panel_url(brand, creator)).context["panel"]
        assert panel.dimensions[0].effective.segment.key == "influencer"
        shown = page(manager_client, panel_url(brand, creator))
        assert shown.count(">effective<") == 1
        # The list comes after the card of the persona, which names both.
        listed = shown[shown.index(">effective<") - 600 :]
        assert listed.index("Influencer") < listed.index(">effective<") < listed.rindex("Innovator")

    def test_also_matches_in_a_single_valued_dimension(self, run, creators, manager_client):
        segment = Segment.objects.get(
            dimension__key="size_glossary_6", memberships__creator=creators[5]
        )
        wider = Segment.objects.create(
            brand=run.brand,
            dimension=segment.dimension,
            key="wider",
            name="Wider",
            bit=999,
            position=500,
        )
        version = wider.versions.create(
            number=1,
            rule={"fact": "followers", "op": ">=", "value": 1},
            rule_text="followers >= 1",
            created_at=moment(1, 1),
        )
        wider.active_version, wider.status = version, "active"
        wider.save()
        shown = page(manager_client, panel_url(run.brand, creators[5]))
        assert "also matches" in shown

    def test_a_creator_of_another_brand_is_not_there(self, brand, other_brand, manager_client):
        creator = make_creator(other_brand)
        assert manager_client.get(panel_url(brand, creator)).status_code == 404
        unknown = reverse("segmentation:creator_panel", args=[brand.slug, uuid.uuid4()])
        assert manager_client.get(unknown).status_code == 404

    def test_queries_do_not_grow_with_creators(
        self, segmented, creators, manager_client, count_queries
    ):
        url = panel_url(segmented, creators[0])
        few = count_queries(lambda: page(manager_client, url))
        for _ in range(50):
            make_creator(segmented)
        assert count_queries(lambda: page(manager_client, url)) == few


class TestWhy:
    def test_a_member(self, segmented, creators, stage_core, legal_client):
        shown = page(legal_client, why_url(segmented, creators[0], stage_core))
        assert f"Creator 00 is in {stage_core.name}: the rule is true." in shown
        assert ">true<" in shown
        assert "Relationship with the brand" in shown
        assert "Member since" in shown

    def test_somebody_out_reads_the_smallest_change(self, segmented, creators, legal_client):
        bigger = Segment.objects.get(
            dimension__key="size_glossary_6", memberships__creator=creators[11]
        )
        creator = Creator.objects.get(pk=creators[0].pk)
        shown = page(legal_client, why_url(segmented, creator, bigger))
        assert "The smallest change that would bring Creator 00 in:" in shown
        assert "500" in shown
        assert "Member since" not in shown

    def test_the_panel_is_the_fragment(self, segmented, creators, stage_core, legal_client):
        url = why_url(segmented, creators[0], stage_core)
        shown = legal_client.get(url, **HTMX).content.decode()
        assert "<html" not in shown
        assert "data-announce=" in shown

    def test_nothing_known_yet_is_said_in_words(self, brand, legal_client):
        segment, creator = make_segment(brand), make_creator(brand)
        shown = page(legal_client, why_url(brand, creator, segment))
        assert "run the segmentation first" in shown

    def test_not_across_brands(self, segmented, creators, stage_core, other_brand, outsider_client):
        url = why_url(segmented, creators[0], stage_core)
        assert outsider_client.get(url).status_code == 404
        foreign = reverse(
            "segmentation:why", args=[other_brand.slug, creators[0].uid, stage_core.key]
        )
        assert outsider_client.get(foreign).status_code == 404
