"""Creators, profiles, posts, imports and the ledger over REST."""

from __future__ import annotations

from datetime import timedelta

import pytest

from crm import audit
from crm.choices import ImportStatus, Stage
from crm.models import ImportBatch, ImportReject, Relationship
from tests.factories import (
    NOW,
    CreatorFactory,
    CreatorMetricsFactory,
    CreatorNicheFactory,
    MetricSnapshotFactory,
    PostFactory,
    PostMetricSnapshotFactory,
    ProfileFactory,
    RelationshipFactory,
)
from tests.rest import assert_problem, rest_as, walk


@pytest.fixture
def rest(analyst, brand):
    return rest_as(analyst, brand)


def make_creators(brand, count, first=0):
    """Creators with one account each; every third has no known number of followers."""
    made = []
    for number in range(first, first + count):
        creator = CreatorFactory(name=f"Creator {number:03d}")
        RelationshipFactory(brand=brand, creator=creator)
        ProfileFactory(creator=creator, handle=f"{brand.slug}{number}")
        CreatorMetricsFactory(
            creator=creator,
            followers=None if number % 3 == 0 else 1_000 * (number % 4),
            primary_platform_id="instagram",
            primary_handle=f"{brand.slug}{number}",
        )
        made.append(creator)
    return made


def test_a_creator_in_full(rest, brand, manager):
    creator = CreatorFactory(name="Inês Prado", country="PT", is_celebrity=False)
    relationship = RelationshipFactory(
        brand=brand, creator=creator, stage=Stage.CORE, owner=manager, next_step="Call"
    )
    profile = ProfileFactory(creator=creator, handle="ines", followers=12_300, metrics_at=NOW)
    niche = CreatorNicheFactory(creator=creator).niche
    CreatorMetricsFactory(
        creator=creator,
        followers=12_300,
        engagement_rate=0.031,
        engagement_posts=12,
        engagement_source="posts",
        primary_platform_id="instagram",
        primary_handle="ines",
        platform_rates={"instagram": 0.031},
    )
    body = rest.json(f"creators/{creator.uid}/")
    account = {
        "id": profile.pk,
        "creator": str(creator.uid),
        "platform": "instagram",
        "handle": "ines",
        "display_name": None,
        "url": None,
        "is_verified": None,
        "metrics_at": "2026-11-22T12:00:00Z",
        "metrics_source": "vendor",
        "followers": 12_300,
        "following": None,
        "posts_count": None,
        "avg_views": None,
        "avg_likes": None,
        "avg_comments": None,
        "avg_shares": None,
        "engagement_rate": None,
    }
    assert body == {
        "uid": str(creator.uid),
        "name": "Inês Prado",
        "creator_type": "external",
        "country": "PT",
        "language": None,
        "profession": None,
        "is_celebrity": False,
        "primary_platform": "instagram",
        "primary_handle": "ines",
        "metrics": {
            "as_of": "2026-11-22T12:00:00Z",
            "followers": 12_300,
            "followers_at": None,
            "followers_total": None,
            "follower_growth_90d": None,
            "engagement_rate": 0.031,
            "engagement_posts": 12,
            "engagement_source": "posts",
            "view_rate": None,
            "avg_views": None,
            "avg_likes": None,
            "avg_comments": None,
            "posts_30d": None,
            "posts_90d": None,
            "posts_365d": None,
            "last_post_at": None,
            "video_share": None,
            "paid_share": None,
            "platform_rates": {"instagram": 0.031},
        },
        "relationship": {
            "id": relationship.pk,
            "stage": "core",
            "stage_since": "2026-11-22T12:00:00Z",
            "owner": manager.email,
            "next_step": "Call",
            "next_step_on": None,
            "version": 1,
        },
        "profiles": [account],
        "niches": [{"key": niche.key, "label": niche.label}],
    }
    [listed] = rest.json("creators/")["results"]
    short = {name: account[name] for name in ("id", "platform", "handle", "url", "followers")}
    assert listed == {
        **{name: value for name, value in body.items() if name != "niches"},
        "profiles": [short],
    }
    assert rest.json(f"profiles/{profile.pk}/") == {**account, "bio": None, "history": []}


def test_a_creator_of_whom_nothing_is_known(rest, brand):
    creator = RelationshipFactory(brand=brand).creator
    body = rest.json(f"creators/{creator.uid}/")
    assert set(body["metrics"].values()) == {None}
    assert (body["profiles"], body["niches"], body["primary_handle"]) == ([], [], None)


@pytest.mark.parametrize(
    "sort", ["-followers", "followers", "name", "-name", "-added", "-engagement", "last_post"]
)
def test_a_walk_meets_each_creator_once_in_order(rest, brand, other_brand, sort):
    made = make_creators(brand, 23)
    make_creators(other_brand, 3)
    rows = walk(rest, "creators/", sort=sort, limit=5)
    assert sorted(row["uid"] for row in rows) == sorted(str(creator.uid) for creator in made)
    if sort.endswith("followers"):
        known = [
            row["metrics"]["followers"] for row in rows if row["metrics"]["followers"] is not None
        ]
        assert known == sorted(known, reverse=sort.startswith("-"))
        assert [row["metrics"]["followers"] for row in rows] == known + [None] * (23 - len(known))
    if sort == "name":
        assert [row["name"] for row in rows] == sorted(row["name"] for row in rows)


def test_pages_lead_both_ways(rest, brand):
    make_creators(brand, 7)
    first = rest.json("creators/", sort="name", limit=3)
    assert (first["previous"], first["count"]) == (None, 7)
    second = rest.client.get(first["next"]).json()
    third = rest.client.get(second["next"]).json()
    assert third["next"] is None
    assert len(third["results"]) == 1
    back = rest.client.get(third["previous"]).json()
    assert back["results"] == second["results"]
    assert rest.client.get(back["previous"]).json()["results"] == first["results"]


def test_the_count_can_be_left_out(rest, brand):
    make_creators(brand, 2)
    assert rest.json("creators/", count="false")["count"] is None


def test_the_lists_own_filter(rest, brand, manager):
    made = make_creators(brand, 8)
    Relationship.objects.filter(creator=made[0]).update(stage=Stage.CORE, owner=manager)
    Relationship.objects.filter(creator=made[1]).update(stage=Stage.ADVOCATE)
    ProfileFactory(creator=made[2], platform_id="tiktok", handle="dance")

    def found(**params):
        return [row["name"] for row in rest.json("creators/", sort="name", **params)["results"]]

    assert found(stage="core") == ["Creator 000"]
    assert found(stage=["core", "advocate"]) == ["Creator 000", "Creator 001"]
    assert found(owner=manager.email) == ["Creator 000"]
    assert found(platform="tiktok") == ["Creator 002"]
    assert found(search="dance") == ["Creator 002"]
    assert found(followers_min=1_000, followers_max=1_000) == ["Creator 001", "Creator 005"]


def test_profiles_and_their_past(rest, brand, other_brand):
    made = make_creators(brand, 5)
    make_creators(other_brand, 2)
    rows = walk(rest, "profiles/", limit=2)
    assert [row["creator"] for row in rows] == [str(creator.uid) for creator in made]
    [row] = rest.json("profiles/", creator=str(made[3].uid))["results"]
    assert row["handle"] == "acme3"
    assert rest.json("profiles/", handle="@Acme3")["results"] == [row]
    profile = made[3].profiles.get()
    MetricSnapshotFactory(profile=profile, followers=10, captured_at=NOW - timedelta(days=9))
    MetricSnapshotFactory(profile=profile, followers=20)
    history = rest.json(f"profiles/{profile.pk}/")["history"]
    assert [(one["captured_at"], one["followers"]) for one in history] == [
        ("2026-11-22T12:00:00Z", 20),
        ("2026-11-13T12:00:00Z", 10),
    ]


def test_posts_and_their_past(rest, brand, other_brand):
    [creator] = make_creators(brand, 1)
    [stranger] = make_creators(other_brand, 1)
    profile = creator.profiles.get()
    posts = [
        PostFactory(profile=profile, likes=number, posted_at=NOW - timedelta(days=number))
        for number in range(5)
    ]
    PostFactory(profile=stranger.profiles.get())
    rows = walk(rest, "posts/", limit=2)
    assert [row["id"] for row in rows] == [post.pk for post in posts]
    assert rows[1]["likes"] == 1
    assert rows[1]["views"] is None
    since = (NOW - timedelta(days=1)).isoformat()
    assert [row["likes"] for row in rest.json("posts/", posted_from=since)["results"]] == [0, 1]
    assert [row["likes"] for row in rest.json("posts/", posted_before=since)["results"]] == [
        2,
        3,
        4,
    ]
    PostMetricSnapshotFactory(post=posts[0], likes=7)
    body = rest.json(f"posts/{posts[0].pk}/")
    assert [one["likes"] for one in body["history"]] == [7]


def test_imports_and_their_rejects(rest, brand, manager):
    batch = ImportBatch.objects.create(
        brand=brand,
        created_by=manager,
        source="modash",
        file_name="list.csv",
        captured_at=NOW,
        status=ImportStatus.APPLIED,
        counts={"rows": 3},
        rejected={"no handle": 2},
        created_at=NOW,
    )
    for line in (9, 4):
        ImportReject.objects.create(batch=batch, line=line, column="handle", reason="no handle")
    [row] = rest.json("imports/")["results"]
    assert row == rest.json(f"imports/{batch.pk}/")
    assert row["created_by"] == manager.email
    assert row["rejected"] == {"no handle": 2}
    assert [one["line"] for one in walk(rest, f"imports/{batch.pk}/rejects/", limit=1)] == [4, 9]
    assert rest.json("imports/", status="failed")["results"] == []


def test_the_ledger_as_it_was_written(legal, brand, other_brand):
    rest = rest_as(legal, brand)
    for number in range(5):
        audit.record(brand=brand, verb=f"test.{number}", target=brand, at=NOW, data={"n": number})
    audit.record(brand=other_brand, verb="test.other", target=other_brand, at=NOW)
    rows = walk(rest, "audit/", limit=2)
    assert [row["number"] for row in rows] == [5, 4, 3, 2, 1]
    assert [row["previous_hash"] for row in rows[:-1]] == [row["hash"] for row in rows[1:]]
    assert (rows[0]["actor"], rows[0]["text"]["actor"]) == (None, "system")
    assert [row["facts"] for row in rest.json("audit/", verb="test.3")["results"]] == [{"n": 3}]


def test_another_brands_things_do_not_exist(rest, other_brand):
    [creator] = make_creators(other_brand, 1)
    profile = creator.profiles.get()
    post = PostFactory(profile=profile)
    batch = ImportBatch.objects.create(
        brand=other_brand, source="x", file_name="x", captured_at=NOW
    )
    relationship = Relationship.objects.get()
    for path in (
        f"creators/{creator.uid}/",
        f"profiles/{profile.pk}/",
        f"posts/{post.pk}/",
        f"relationships/{relationship.pk}/",
        f"imports/{batch.pk}/",
        f"imports/{batch.pk}/rejects/",
    ):
        assert_problem(rest.get(path), 404)
    for path in ("creators/", "profiles/", "posts/", "relationships/", "imports/"):
        assert rest.json(path)["results"] == []


def test_query_counts_do_not_grow(rest, brand, django_assert_num_queries):
    made = make_creators(brand, 1)
    rest.get("profiles/")  # notes the token's use
    expected = {
        # token, page with and without known followers, accounts, count
        "creators/": 5,
        "profiles/": 3,  # token, page, count
        "posts/": 3,
        "relationships/": 3,
        "imports/": 3,
        f"creators/{made[0].uid}/": 4,  # token, creator, accounts, niches
    }

    def check():
        for path, queries in expected.items():
            with django_assert_num_queries(queries):
                rest.json(path)

    check()
    make_creators(brand, 40, first=1)
    check()
