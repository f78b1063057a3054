"""The creator page: sentence, accounts, posts, timeline, and its forms."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.choices import Stage
from crm.models import AuditEntry, Creator, Note, Post, Profile, Relationship
from crm.portraits.sections import Section
from crm.portraits.standing import how_we_stand
from crm.selectors import TierTable, creator_rows, follower_chart
from tests.factories import (
    NOW,
    CreatorMetricsFactory,
    MetricSnapshotFactory,
    PostFactory,
    ProfileFactory,
    RelationshipFactory,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
# Pages ask the clock: long before whatever it says.
SINCE = datetime(2024, 3, 1, tzinfo=UTC)


@pytest.fixture
def relationship(brand, manager):
    return RelationshipFactory(
        brand=brand,
        creator__name="Ida Holm",
        stage=Stage.CORE,
        since=SINCE,
        owner=manager,
        next_step="Send the brief",
        next_step_on=date(2026, 12, 1),
    )


@pytest.fixture
def url(relationship):
    return f"/acme/creators/{relationship.creator.uid}/"


def row_of(relationship):
    fresh = Relationship.objects.with_creator().get(pk=relationship.pk)
    return creator_rows([fresh], TierTable.of(relationship.brand))[0]


def test_the_sentence_says_how_we_stand(relationship):
    CreatorMetricsFactory(creator=relationship.creator, last_post_at=NOW - 5 * DAY)
    assert how_we_stand(row_of(relationship), NOW) == (
        "Core partner since 1 March 2024, with manager, "
        "next: Send the brief by 1 December, last known post 5\xa0days ago."
    )
    assert "by 1 December (overdue)" in how_we_stand(row_of(relationship), NOW + 10 * DAY)


def test_the_sentence_does_not_invent(brand):
    assert how_we_stand(row_of(RelationshipFactory(brand=brand)), NOW) == (
        "Prospect since 22 November 2026, nobody owns the relationship."
    )


@pytest.mark.parametrize(
    ("followers", "is_celebrity", "tier"),
    [
        (None, None, None),
        (999, None, None),
        (1_000, None, "nano"),
        (9_999, False, "nano"),
        (10_000, None, "micro"),
        (5_000_000, None, "mega"),
        (1_000, True, "celebrity"),
        (None, True, "celebrity"),
    ],
)
def test_tiers_are_closed_below_and_open_above(brand, followers, is_celebrity, tier):
    relationship = RelationshipFactory(brand=brand, creator__is_celebrity=is_celebrity)
    CreatorMetricsFactory(creator=relationship.creator, followers=followers)
    found = row_of(relationship).tier
    assert (found.key if found else None) == tier


@pytest.mark.parametrize(
    ("rate", "words"),
    [(None, ""), (0.049, "below"), (0.05, "usual"), (0.1, "usual"), (0.2, "above")],
)
def test_engagement_against_what_the_scheme_calls_usual(brand, rate, words):
    relationship = RelationshipFactory(brand=brand)
    CreatorMetricsFactory(creator=relationship.creator, followers=20_000, engagement_rate=rate)
    assert row_of(relationship).against_norm == words


def test_the_chart_has_a_gap_where_no_count_was_taken(relationship):
    first = ProfileFactory(creator=relationship.creator, handle="ida")
    second = ProfileFactory(creator=relationship.creator, handle="ida", platform_id="tiktok")
    MetricSnapshotFactory(profile=first, captured_at=NOW - 2 * DAY, followers=100)
    MetricSnapshotFactory(profile=first, captured_at=NOW - timedelta(hours=1), followers=110)
    MetricSnapshotFactory(profile=first, captured_at=NOW, followers=120)
    MetricSnapshotFactory(profile=second, captured_at=NOW - DAY, followers=7)
    chart = follower_chart([first, second])
    assert chart.data == {
        "type": "line",
        "unit": "count",
        "connect": True,
        "x": ["2026-11-20", "2026-11-21", "2026-11-22"],
        "series": [
            {"name": "Instagram ida", "data": [100, None, 120]},
            {"name": "TikTok ida", "data": [None, 7, None]},
        ],
    }
    assert chart.rows[0] == ("2026-11-22", [120, None])


def test_no_chart_without_numbers(relationship):
    assert follower_chart([ProfileFactory(creator=relationship.creator)]) is None


def test_the_page_shows_what_there_is(relationship, url, analyst_client):
    profile = ProfileFactory(
        creator=relationship.creator,
        handle="ida",
        followers=12_345,
        metrics_at=NOW,
        url="https://www.instagram.com/ida/",
    )
    ProfileFactory(creator=relationship.creator, platform_id="blog", url="javascript:alert(1)")
    MetricSnapshotFactory(profile=profile, followers=12_345)
    CreatorMetricsFactory(
        creator=relationship.creator,
        followers=12_345,
        engagement_rate=0.02,
        engagement_source="posts",
        engagement_posts=12,
    )
    PostFactory(profile=profile, caption="Soup <b>!", likes=0, comments=None)
    page = analyst_client.get(url).content.decode()
    for shown in (
        "Core partner since 1 March 2024",
        'href="https://www.instagram.com/ida/"',
        "Mean over the newest 12 posts",
        "Below what is usual for the tier (5\u202f% to 10\u202f%)",
        'href="?section=content"',
        f'hx-get="/acme/creators/{relationship.creator.uid}/segments/"',
    ):
        assert shown in page
    assert "javascript:alert" not in page
    page = analyst_client.get(f"{url}?section=content").content.decode()
    for shown in (
        'href="https://www.instagram.com/ida/"',
        "Soup &lt;b&gt;!",
        'data-label="Likes">0<',
        'data-label="Comments"><span class="unknown">not known',
        'data-chart="followers-data"',
    ):
        assert shown in page
    assert "javascript:alert" not in page
    data = re.search(r'id="followers-data"[^>]*>([^<]+)<', page).group(1)
    assert json.loads(data)["series"][0]["data"] == [12_345]


def test_posts_come_in_pages_newest_first(relationship, url, legal_client):
    profile = ProfileFactory(creator=relationship.creator)
    for number in range(12):
        PostFactory(
            profile=profile, posted_at=NOW - number * DAY, title=f"Post number {number:02d}"
        )
    PostFactory(profile=profile, posted_at=None, title="Post number 99")
    url = f"{url}?section=content"
    first = legal_client.get(url).content.decode()
    assert re.findall(r"Post number (\d\d)", first) == [f"{n:02d}" for n in range(10)]
    older = re.search(r'href="\?section=content&amp;(posts=[^"]+)"', first).group(1)
    part = legal_client.get(
        f"{url}&{older}", headers={"HX-Request": "true", "HX-Target": "posts"}
    ).content.decode()
    assert re.findall(r"Post number (\d\d)", part) == ["10", "11", "99"]
    assert "<html" not in part
    assert "Post number 10" in legal_client.get(f"{url}&{older}").content.decode()
    # The other sections begin with no page of posts.
    tabs = re.search(r'<ul class="nav nav-tabs">.*?</ul>', first, re.DOTALL).group()
    assert "posts=" not in tabs


@pytest.mark.parametrize(
    ("section", "panels"),
    [
        ("", {"stage", "tasks", "campaigns", "offers", "outreach", "segments"}),
        ("work", {"results", "tracking", "mail", "panel"}),
        ("content", {"formats"}),
        ("scores", {"scores", "forecasts", "history", "similar"}),
        ("trust", {"risk", "trust", "flags", "reliability", "vettings"}),
        ("about", {"suggestions", "causes"}),
    ],
)
def test_each_section_has_its_parts_and_an_address(url, manager_client, section, panels):
    page = manager_client.get(url, {"section": section} if section else {}).content.decode()
    assert (
        set(re.findall(r'hx-get="[^"]*/([a-z]+)/" hx-trigger="load" hx-swap="outer', page))
        == panels
    )
    [here] = re.findall(r'aria-current="page" href="\?([^"]*)"', page)
    assert here == (f"section={section}" if section else "")
    assert page.count("<noscript><p>") == len(panels)


def test_each_part_is_a_whole_page_without_javascript(url, manager_client):
    """Each address that a section leads to; htmx gets the part and nothing around it."""
    wrong, seen = [], 0
    for section in Section:
        page = manager_client.get(f"{url}?section={section}").content.decode()
        for part in re.findall(r'<noscript><p><a href="([^"]+)">Show ', page):
            seen += 1
            whole = manager_client.get(part).content.decode()
            bare = manager_client.get(part, headers={"HX-Request": "true"}).content.decode()
            if not (
                whole.lstrip().startswith("<!doctype html>")
                and re.search(r'<h1 class="page-title">[^<]*Ida Holm', whole)
                and re.search(rf'class="small">.*<a href="{url}">Ida Holm</a>', whole)
                and all(heading in whole for heading in re.findall(r"<h2.*?</h2>", bare, re.DOTALL))
            ):
                wrong.append(part)
            if "<html" in bare:
                wrong.append(f"htmx: {part}")
    assert (wrong, seen) == ([], 22)


def test_there_is_no_other_section(url, manager_client):
    assert manager_client.get(f"{url}?section=overviews").status_code == 404


def test_a_note_goes_to_the_timeline(relationship, url, legal_client, legal):
    response = legal_client.post(f"{url}notes/", {"text": "Likes tea.\nNot coffee."})
    assert response["Location"] == url
    assert Note.objects.get().author == legal
    page = legal_client.get(url).content.decode()
    assert "Likes tea.<br>Not coffee." in page


def test_an_empty_note_is_refused_beside_its_field(relationship, url, legal_client):
    response = legal_client.post(f"{url}notes/", {"text": " "})
    assert response.status_code == 422
    assert "This field is required." in response.content.decode()
    assert not Note.objects.exists()


FORM = {"stage": "core", "owner": "", "next_step": "", "next_step_on": "", "reason": ""}


def test_the_form_saves_three_things_at_once(relationship, url, manager_client, strategist):
    response = manager_client.post(
        f"{url}relationship/",
        FORM
        | {
            "version": relationship.version,
            "stage": "advocate",
            "owner": strategist.pk,
            "next_step": "Lunch",
            "next_step_on": "2026-12-24",
        },
    )
    assert response["Location"] == url
    relationship.refresh_from_db()
    assert (relationship.stage, relationship.owner, relationship.next_step) == (
        "advocate",
        strategist,
        "Lunch",
    )
    assert AuditEntry.objects.count() == 3


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"stage": "prospect"}, "cannot go from “Core partner” to “Prospect”"),
        ({"stage": "lapsed"}, "Say why Ida Holm goes to “Lapsed”."),
        ({"stage": "nowhere"}, "Select a valid choice"),
        ({"version": 0}, "nothing of yours was saved"),
        ({"next_step_on": "2026-12-24"}, "Say what is to be done by that day."),
        ({"next_step_on": "tomorrow"}, "Enter a valid date"),
        ({"owner": 10**9}, "Select a valid choice"),
    ],
)
def test_a_refusal_is_in_words_and_changes_nothing(
    relationship, url, manager_client, change, words
):
    before = Relationship.objects.values().get()
    response = manager_client.post(
        f"{url}relationship/", FORM | {"version": relationship.version} | change
    )
    assert response.status_code == 422
    assert words in response.content.decode()
    assert Relationship.objects.values().get() == before
    assert not AuditEntry.objects.exists()


def test_accounts_and_corrections(relationship, url, manager_client):
    assert (
        manager_client.post(
            f"{url}profiles/", {"platform": "tiktok", "handle": "@Ida", "followers": "500"}
        ).status_code
        == 302
    )
    assert Profile.objects.get().followers == 500
    refused = manager_client.post(f"{url}profiles/", {"platform": "tiktok", "handle": "a b"})
    assert refused.status_code == 422
    assert "cannot be a handle" in refused.content.decode()
    assert (
        manager_client.post(
            f"{url}edit/",
            {"name": "Ida H", "creator_type": "expert", "country": "DK", "is_celebrity": "true"},
        ).status_code
        == 302
    )
    creator = Creator.objects.get()
    assert (creator.name, creator.creator_type, creator.is_celebrity) == ("Ida H", "expert", True)
    assert manager_client.post(f"{url}edit/", {"name": ""}).status_code == 422


def test_a_creator_that_is_nobodys_is_not_found(brand, manager_client):
    assert manager_client.get(f"/acme/creators/{uuid4()}/").status_code == 404


def test_query_count_does_not_grow_with_posts_and_history(relationship, url, manager_client):
    def queries():
        found = []
        for section in Section:
            with CaptureQueriesContext(connection) as captured:
                assert manager_client.get(url, {"section": section}).status_code == 200
            found.append(len(captured))
        return found

    profile = ProfileFactory(creator=relationship.creator)
    CreatorMetricsFactory(creator=relationship.creator)

    def more(number):
        Post.objects.bulk_create(
            Post(
                profile=profile,
                creator=relationship.creator,
                external_id=f"{number}-{n}",
                posted_at=timezone.now() - n * DAY,
            )
            for n in range(number)
        )
        Note.objects.bulk_create(
            Note(relationship=relationship, text="x", created_at=NOW) for _ in range(number)
        )

    more(30)
    few = queries()
    more(3_000)
    assert queries() == few
    assert max(few) <= 45
