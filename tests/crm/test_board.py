"""The board: columns, counts, pages of cards, and moves that say what happened."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.choices import Stage
from crm.models import AuditEntry, Creator, Profile, Relationship, StageChange
from tests.factories import CreatorMetricsFactory, ProfileFactory, RelationshipFactory

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
SINCE = datetime(2024, 3, 1, tzinfo=UTC)


@pytest.fixture
def relationship(brand):
    return RelationshipFactory(brand=brand, creator__name="Ida Holm", since=SINCE)


def many(brand, number, stage=Stage.PROSPECT):
    creators = Creator.objects.bulk_create(Creator(name=f"Creator {n}") for n in range(number))
    Profile.objects.bulk_create(
        Profile(creator=c, platform_id="tiktok", handle=f"t{c.pk}") for c in creators
    )
    rows = Relationship.objects.bulk_create(
        Relationship(brand=brand, creator=c, stage=stage, since=SINCE, stage_since=SINCE)
        for c in creators
    )
    StageChange.objects.bulk_create(
        StageChange(relationship=r, stage=stage, entered_at=SINCE) for r in rows
    )


def cards(response):
    return re.findall(r'id="card-(\d+)"', response.content.decode())


def count_of(response, stage):
    found = re.search(
        rf'id="count-{stage}"[^>]*>\s*<span class="badge[^"]*">([\d,+]+)', response.content.decode()
    )
    return found.group(1)


def test_a_card_shows_what_matters(brand, manager, manager_client):
    relationship = RelationshipFactory(
        brand=brand,
        creator__name="Ida Holm",
        stage=Stage.FIRST_TIME,
        owner=manager,
        next_step="Call",
        since=timezone.now() - timedelta(days=12, hours=1),
    )
    ProfileFactory(creator=relationship.creator, handle="ida", platform_id="youtube")
    CreatorMetricsFactory(creator=relationship.creator, followers=20_000, engagement_rate=0.012)
    page = manager_client.get("/acme/board/").content.decode()
    for shown in (
        "Ida Holm",
        '<abbr class="mark" title="YouTube">YT</abbr> ida',
        "Micro, ",
        "20k",
        "1.20\u202f%",
        "(below usual)",
        "manager · Call",
        "12 days",
    ):
        assert shown in page
    offered = re.findall(r'<option value="(\w+)"[^>]*>([^<]+)<', page.split('id="to-')[1])
    assert offered == [
        ("first_time", "First-time partner"),
        ("prospect", "Prospect"),
        ("core", "Core partner"),
        ("lapsed", "Lapsed …"),
        ("declined", "Declined …"),
    ]


def test_columns_have_stored_counts_and_a_page_of_cards(brand, manager_client):
    many(brand, 60)
    many(brand, 3, Stage.CORE)
    response = manager_client.get("/acme/board/")
    assert [count_of(response, stage) for stage in Stage] == ["60", "0", "3", "0", "0", "0"]
    assert len(cards(response)) == 50 + 3
    seen, address = set(cards(response)), "/acme/board/"
    while more := re.search(
        r'href="(/acme/board/prospect/\?cursor=[^"]+)"', response.content.decode()
    ):
        address = more.group(1)
        response = manager_client.get(address, headers=HTMX)
        assert not seen & set(cards(response))
        seen |= set(cards(response))
    assert len(seen) == 63
    assert "<html" in manager_client.get(address).content.decode()


def test_the_filter_narrows_cards_and_counts(brand, manager, manager_client):
    many(brand, 3)
    mine = RelationshipFactory(brand=brand, owner=manager, creator__name="José")
    by_owner = manager_client.get("/acme/board/?owner=manager@acme.example")
    assert (cards(by_owner), count_of(by_owner, "prospect")) == ([str(mine.pk)], "1")
    found = manager_client.get("/acme/board/?search=jose&owner=", headers=HTMX)
    assert cards(found) == [str(mine.pk)]
    assert found["HX-Push-Url"] == "/acme/board/?search=jose"
    assert len(cards(manager_client.get("/acme/board/?platform=tiktok"))) == 3
    bad = manager_client.get("/acme/board/?platform=myspace")
    assert cards(bad) == []
    assert "Platform: Select a valid choice" in bad.content.decode()


def test_roles_that_may_not_move_get_no_select(relationship, legal_client):
    page = legal_client.get("/acme/board/").content.decode()
    assert "Ida Holm" in page
    assert 'name="to"' not in page
    assert 'draggable="true"' not in page


def move(client, relationship, headers=HTMX, **form):
    return client.post(
        f"/acme/board/cards/{relationship.pk}/move/",
        {"version": relationship.version, "from": relationship.stage} | form,
        headers=headers,
    )


def test_a_move_swaps_the_card_and_the_counts(brand, relationship, manager_client):
    many(brand, 2, Stage.FIRST_TIME)
    response = move(manager_client, relationship, to="first_time")
    assert response.status_code == 200
    text = response.content.decode()
    assert '<ul hx-swap-oob="afterbegin:#cards-first_time">' in text
    assert cards(response) == [str(relationship.pk)]
    assert (count_of(response, "prospect"), count_of(response, "first_time")) == ("0", "3")
    assert "Ida Holm is in First-time partner now." in text
    assert json.loads(response["HX-Trigger-After-Settle"]) == {
        "rapport:card": {"id": f"card-{relationship.pk}"}
    }
    relationship.refresh_from_db()
    assert (relationship.stage, relationship.version) == ("first_time", 2)


def test_counts_after_a_move_stay_those_of_the_filter(brand, relationship, manager_client):
    many(brand, 5, Stage.FIRST_TIME)
    response = move(manager_client, relationship, to="first_time", search="ida")
    assert count_of(response, "first_time") == "1"


@pytest.mark.parametrize(
    ("form", "status", "words"),
    [
        ({"to": "advocate"}, 409, "cannot go from “Prospect” to “Advocate” in one move"),
        ({"to": "core", "version": 0}, 409, "nothing of yours was saved"),
        ({"to": "lapsed"}, 200, "Say why Ida Holm goes to “Lapsed”."),
        ({"to": "nowhere"}, 409, "Select a valid choice"),
        ({"to": "core", "version": "x"}, 409, "Enter a whole number"),
    ],
)
def test_a_refusal_is_explained_in_place_and_announced(
    relationship, manager_client, form, status, words
):
    response = move(manager_client, relationship, **form)
    assert response.status_code == status
    text = response.content.decode()
    assert text.count(words) == 2  # on the card and for screen readers
    assert '<div id="announce" hx-swap-oob="innerHTML">' in text
    assert "afterbegin" not in text
    assert cards(response) == [str(relationship.pk)]
    relationship.refresh_from_db()
    assert (relationship.stage, relationship.version) == ("prospect", 1)
    assert not AuditEntry.objects.exists()


def test_a_reason_is_asked_for_and_then_taken(relationship, manager_client):
    asked = move(manager_client, relationship, to="declined").content.decode()
    assert '<input type="hidden" name="to" value="declined">' in asked
    assert "autofocus" in asked
    response = move(manager_client, relationship, to="declined", reason="No time")
    assert response.status_code == 200
    assert StageChange.objects.get(left_at=None).reason == "No time"
    back = response.content.decode().split('id="to-')[1]
    assert re.findall(r'<option value="(\w+)"', back) == ["declined", "prospect", "lapsed"]


def test_cancelling_the_question_changes_nothing(relationship, manager_client):
    response = move(manager_client, relationship, to="prospect", reason="")
    assert cards(response) == [str(relationship.pk)]
    assert "afterbegin" not in response.content.decode()
    assert not AuditEntry.objects.exists()


def test_without_scripts_a_move_is_a_form_with_a_message(relationship, manager_client):
    response = move(manager_client, relationship, headers={}, to="first_time")
    assert response["Location"] == "/acme/board/"
    page = manager_client.get("/acme/board/").content.decode()
    assert "Ida Holm is in “First-time partner” now." in page


def test_another_brands_card_is_not_found(other_brand, manager_client):
    theirs = RelationshipFactory(brand=other_brand, since=SINCE)
    assert move(manager_client, theirs, to="first_time").status_code == 404
    theirs.refresh_from_db()
    assert theirs.stage == "prospect"


def test_a_column_that_is_no_stage_is_not_found(manager_client):
    assert manager_client.get("/acme/board/nowhere/").status_code == 404


def test_query_count_is_constant(brand, manager_client):
    def queries(address):
        with CaptureQueriesContext(connection) as captured:
            assert manager_client.get(address).status_code == 200
        return len(captured)

    def grow(number):
        for stage in Stage:
            many(brand, number, stage)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE crm_creator, crm_profile, crm_relationship")

    addresses = "/acme/board/", "/acme/board/?search=creator", "/acme/board/prospect/"
    grow(30)
    few = [queries(address) for address in addresses]
    grow(1_600)
    assert [queries(address) for address in addresses] == few
    assert few[0] <= 26
