"""The connector of docs/connectors.md, pulled as it stands there."""

from __future__ import annotations

import pytest

from crm.choices import PullStatus, Source
from crm.models import AuditEntry, Creator, ImportBatch, MetricSnapshot, Post, PostMetricSnapshot
from tests.crm.connectors.faking import Said
from tests.factories import NOW

pytestmark = pytest.mark.django_db

LINK = "https://www.instagram.com/p/"


def answer(asked):
    """Two pages of posts of each account that it knows."""
    if asked.path == "/v2/accounts":
        names = asked.query["names"].split(",")
        told = [{"name": name, "fans": "1.2M"} for name in names if name != "gone"]
        return Said({"accounts": told})
    name, page = asked.query["name"], asked.query.get("page", "1")
    post = {"link": f"{LINK}{name}{page}/", "on": "2026-11-20T08:00:00Z", "hearts": 40}
    return Said({"posts": [post], "next": "2" if page == "1" else None})


def test_a_pull_brings_profiles_and_posts_with_their_source(side, profile, connect, turn):
    side.answer = answer
    first, gone = profile("noa"), profile("gone")
    connector = connect()

    assert turn(connector) == 3

    assert side.paths == ["accounts", "posts", "posts"]
    assert side.asked[0].headers["Authorization"] == "Bearer k-1"
    first.refresh_from_db()
    assert (first.followers, first.metrics_source) == (1_200_000, Source.VENDOR)
    [snapshot] = MetricSnapshot.objects.all()
    assert (snapshot.profile, snapshot.followers) == (first, 1_200_000)
    assert snapshot.captured_at == NOW
    posts = Post.objects.order_by("external_id")
    assert [(post.external_id, post.likes, post.views) for post in posts] == [
        ("noa1", 40, None),
        ("noa2", 40, None),
    ]
    pull = connector.pulls.get()
    assert (pull.status, pull.profiles_done, pull.units) == (PullStatus.DONE, 2, 3)
    assert pull.counts == {
        "profiles": 1,
        "creators_changed": 1,
        "snapshots_new": 1,
        "posts": 2,
        "posts_new": 2,
    }
    assert pull.rejected == {"missing": 1}
    [line] = [one for one in pull.answers.all() if one.rejected]
    assert line.rejected == [
        {"profile": gone.pk, "code": "missing", "reason": "Tally does not know it."}
    ]
    assert len(line.digest) == 64
    assert line.creators_import == ImportBatch.objects.get(kind="creators")
    assert Creator.objects.count() == 2
    verbs = list(AuditEntry.objects.values_list("verb", flat=True))
    assert {"crm.connector.created", "crm.connector.pulled", "crm.import.applied"} <= set(verbs)


def test_an_answer_that_comes_twice_adds_nothing(side, profile, connect, turn):
    side.answer = answer
    profile("noa")
    connector = connect(every_hours=24)
    turn(connector)

    turn(connector, minutes=24 * 60)

    first, second = connector.pulls.order_by("pk")
    assert second.counts == {
        "profiles": 1,
        "creators_changed": 1,
        "snapshots_new": 1,
        "posts": 2,
    }
    assert MetricSnapshot.objects.count() == 2
    assert PostMetricSnapshot.objects.count() == 4
    assert Post.objects.count() == 2
    assert first.counts["posts_new"] == 2
