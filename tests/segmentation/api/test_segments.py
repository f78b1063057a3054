"""Facts, dimensions, segments, members and versions over REST."""

from __future__ import annotations

from datetime import timedelta

from crm.models import Creator
from segmentation.facts.catalogue import catalogue
from segmentation.models import Membership, Segment
from segmentation.services.segments import archive_segment
from tests.rest import assert_problem, rest_as, walk
from tests.segmentation.api.conftest import RUN_AT


def test_facts_are_the_catalogue(rest, brand):
    body = rest.json("facts/")
    assert [row["key"] for row in body["results"]] == list(catalogue(brand))
    assert body["count"] == len(catalogue(brand)) >= 25
    followers = rest.json("facts/followers/")
    assert followers == next(row for row in body["results"] if row["key"] == "followers")
    assert followers["type"] == "number"
    assert followers["unit"] == "followers"
    assert ">=" in followers["operators"]
    stage = rest.json("facts/stage/")
    assert {"value": "core", "label": "Core partner"} in stage["values"]
    assert_problem(rest.get("facts/nonsense/"), 404)


def test_dimensions(rest, brand):
    body = rest.json("dimensions/")
    assert [row["key"] for row in body["results"]] == ["size_glossary_6", "personas"]
    size = rest.json("dimensions/size_glossary_6/")
    assert size == body["results"][0]
    assert (
        size["segments"]
        == Segment.objects.filter(brand=brand, dimension__key="size_glossary_6").count()
    )
    assert size["is_exclusive"] is True


def test_segments_by_key_and_by_id(rest, brand):
    rows = walk(rest, "segments/", limit=4)
    stored = Segment.objects.filter(brand=brand).order_by("key")
    assert [row["key"] for row in rows] == [segment.key for segment in stored]
    segment = stored[0]
    row = rest.json(f"segments/{segment.key}/")
    assert row == rows[0] == rest.json(f"segments/{segment.pk}/")
    assert row["rule_text"] == segment.active_version.rule_text
    assert row["rule_json"] == segment.active_version.rule
    assert row["members_count"] == segment.members_count
    assert row["version"] == 1
    assert row["status"] == "active"


def test_segments_of_a_dimension(rest, brand):
    rows = walk(rest, "segments/", dimension="personas")
    assert {row["dimension"] for row in rows} == {"personas"}
    assert len(rows) == Segment.objects.filter(brand=brand, dimension__key="personas").count()


def test_members_are_the_open_stays(rest, brand):
    segment = Segment.objects.filter(brand=brand).order_by("-members_count", "key").first()
    rows = walk(rest, f"segments/{segment.key}/members/", limit=3)
    stays = Membership.objects.filter(segment=segment, left_at=None).order_by("creator_id")
    assert [row["uid"] for row in rows] == [str(stay.creator.uid) for stay in stays]
    assert len(rows) == segment.members_count > 3
    assert rows[0]["left_at"] is None
    assert rows[0]["version"] == 1
    creator = stays[0].creator
    assert rows[0]["followers"] == creator.metrics.followers


def test_members_of_a_moment(rest, brand):
    segment = Segment.objects.filter(brand=brand).order_by("-members_count", "key").first()
    count = segment.members_count
    path = f"segments/{segment.key}/members/"
    before = (RUN_AT - timedelta(days=1)).isoformat()
    assert rest.json(path, as_of=before)["count"] == 0
    archive_segment(segment_id=segment.pk, at=RUN_AT + timedelta(hours=6), actor=None)
    assert rest.json(path)["count"] == 0
    then = rest.json(path, as_of=(RUN_AT + timedelta(hours=1)).isoformat())
    assert then["count"] == count
    assert then["results"][0]["left_at"] is not None


def test_versions(rest, brand):
    segment = Segment.objects.filter(brand=brand).order_by("key").first()
    [row] = rest.json(f"segments/{segment.key}/versions/")["results"]
    assert row["number"] == 1
    assert row["is_active"] is True
    assert row["rule_text"] == segment.active_version.rule_text


def test_segments_of_a_creator(rest, brand):
    stay = Membership.objects.filter(segment__dimension__key="size_glossary_6").first()
    uid = stay.creator.uid
    rows = rest.json(f"creators/{uid}/segments/")["results"]
    keys = Membership.objects.filter(creator=stay.creator, left_at=None).values_list(
        "segment__key", flat=True
    )
    assert {row["key"] for row in rows} == set(keys)
    personas = [row for row in rows if row["dimension"] == "personas"]
    assert [row["is_effective"] for row in personas] == [
        place == 0 for place in range(len(personas))
    ]
    before = (RUN_AT - timedelta(days=1)).date().isoformat()
    assert rest.json(f"creators/{uid}/segments/", as_of=before)["results"] == []


def test_another_brands_things_do_not_exist(rest, applied, outsider, other_brand, brand):
    theirs = rest_as(outsider, other_brand)
    segment = Segment.objects.filter(brand=brand).first()
    uid = Creator.objects.first().uid
    for path in (
        f"segments/{segment.key}/",
        f"segments/{segment.pk}/",
        f"segments/{segment.key}/members/",
        f"segments/{segment.key}/versions/",
        f"segments/{segment.key}/scorecard/?period=2026Q4",
        f"dimensions/{segment.dimension.key}/",
        f"creators/{uid}/",
        f"creators/{uid}/segments/",
        f"runs/{applied.pk}/",
        f"runs/{applied.pk}/changes/",
    ):
        assert_problem(theirs.get(path), 404)
    for path in ("segments/", "dimensions/", "runs/", "creators/"):
        assert theirs.json(path)["results"] == []


def test_query_counts_do_not_grow(rest, brand, django_assert_num_queries):
    segment = Segment.objects.filter(brand=brand).order_by("-members_count", "key").first()
    rest.get("facts/")  # notes the token's use
    for limit in (1, 50):
        with django_assert_num_queries(3):  # token, page, count
            rest.json("segments/", limit=limit)
        with django_assert_num_queries(4):  # token, segment, page, count
            rest.json(f"segments/{segment.key}/members/", limit=limit)
