"""The board: columns, counts, pages of cards, and moves that say what happened."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm import audit
from crm.board import cards as cards_of
from crm.choices import Stage
from crm.models import AuditEntry, Relationship, SavedView, StageChange, ViewPin
from crm.services.relationships import move_stage
from crm.services.stalls import DEFAULTS, Limits, set_limits
from tests.crm.cards import fill
from tests.factories import CreatorMetricsFactory, ProfileFactory, RelationshipFactory

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
SINCE = datetime(2024, 3, 1, tzinfo=UTC)


@pytest.fixture
def relationship(brand):
    return RelationshipFactory(brand=brand, creator__name="Ida Holm", since=SINCE)


def many(brand, number, stage=Stage.PROSPECT):
    fill(brand, number, [stage])


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
    assert len(cards(response)) == 20 + 3
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

    addresses = "/acme/board/", "/acme/board/?search=creator", "/acme/board/prospect/"
    fill(brand, 200, list(Stage))
    few = [queries(address) for address in addresses]
    fill(brand, 3_000, list(Stage))
    assert [queries(address) for address in addresses] == few
    assert few[0] <= 26


def head_of(response, stage):
    """What stands above a column, in words."""
    found = re.search(rf'id="count-{stage}"[^>]*>(.*?)</div>', response, re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", found.group(1)).split())


def test_heads_say_how_long_and_whether_it_is_a_lot(brand, manager, manager_client):
    now = timezone.now()
    for days in (5, 10, 40):
        RelationshipFactory(brand=brand, since=now - timedelta(days=days, hours=1), owner=manager)
    RelationshipFactory(brand=brand, since=now - timedelta(days=90, hours=1))
    limits = {stage: Limits(days) for stage, days in DEFAULTS.items()}
    limits[Stage.PROSPECT] = Limits(30, cards=3)
    limits[Stage.CORE] = Limits(90, cards=1)
    set_limits(brand=brand, limits=limits, actor=manager, at=now)

    page = manager_client.get("/acme/board/").content.decode()
    assert head_of(page, "prospect") == "4 of 3 creators more than you planned median 40 days"
    assert head_of(page, "core") == "0 of 1 creators"
    mine = manager_client.get("/acme/board/?owner=manager@acme.example").content.decode()
    assert head_of(mine, "prospect") == "3 of 3 creators median 10 days"
    # Stalled is what somebody owns and nobody moves on.
    assert page.count("Nothing planned and nothing said for 30 days") == 1


def test_limits_are_checked_and_recorded(brand, admin_user_client):
    form = {"prospect": "20", "first_time": "", "core": "90", "advocate": "180", "core_cards": "9"}
    assert admin_user_client.post("/acme/settings/stalled/", form).status_code == 302
    entry = AuditEntry.objects.get()
    assert entry.data == {"prospect": [30, 20], "first_time": [45, None], "core_cards": [None, 9]}
    bad = admin_user_client.post("/acme/settings/stalled/", form | {"core_cards": "0"})
    assert bad.status_code == 422
    assert AuditEntry.objects.count() == 1


def test_a_board_without_cards_says_what_to_do(brand, manager_client, legal_client):
    assert "Import a file" in manager_client.get("/acme/board/").content.decode()
    assert "A manager can import a file" in legal_client.get("/acme/board/").content.decode()
    narrowed = manager_client.get("/acme/board/?search=nobody").content.decode()
    assert "No cards yet" not in narrowed
    assert "Nobody here with this filter." in narrowed


def test_a_view_of_the_list_narrows_the_board(brand, manager, manager_client):
    mine = RelationshipFactory(brand=brand, owner=manager, stage=Stage.CORE)
    RelationshipFactory(brand=brand, stage=Stage.CORE)
    RelationshipFactory(brand=brand, owner=manager)
    view = SavedView.objects.create(
        brand=brand, name="Mine, core", query="owner=manager%40acme.example&stage=core"
    )
    ViewPin.objects.create(user=manager, view=view, brand=brand, list="creators")
    tab = re.search(
        r'href="([^"]+)"[^>]*>Mine, core</a>', manager_client.get("/acme/board/").content.decode()
    ).group(1)
    page = manager_client.get(tab.replace("&amp;", "&"))
    assert cards(page) == [str(mine.pk)]
    assert re.findall(r'data-column="(\w+)"', page.content.decode()) == ["core"]


def test_what_is_aside_is_loaded_when_it_is_opened(brand, manager_client):
    many(brand, 2, Stage.LAPSED)
    page = manager_client.get("/acme/board/")
    assert (count_of(page, "lapsed"), cards(page)) == ("2", [])
    assert 'hx-get="/acme/board/lapsed/?"' in page.content.decode()
    assert len(cards(manager_client.get("/acme/board/lapsed/", headers=HTMX))) == 2


def look(client, seen, query=""):
    return client.get(f"/acme/board/changes/{query}", headers={"If-None-Match": f'"{seen}"'})


def test_nothing_new_costs_one_look(relationship, manager_client, django_assert_num_queries):
    manager_client.get("/acme/board/")
    with django_assert_num_queries(4):  # session, user, role, the newest act
        answer = look(manager_client, 0)
    assert (answer.status_code, answer["ETag"], answer.content) == (304, '"0"', b"")
    assert manager_client.get("/acme/board/changes/").status_code == 204


def test_a_colleagues_move_is_told_with_the_card(
    brand, relationship, manager, admin_user, manager_client, admin_user_client
):
    before = re.search(r'data-number="(\d+)"', manager_client.get("/acme/board/").content.decode())
    assert move(admin_user_client, relationship, to="first_time").status_code == 200

    answer = look(manager_client, before.group(1))
    text = answer.content.decode()
    assert (answer.status_code, answer["ETag"]) == (200, '"1"')
    assert "<p data-news>admin moved Ida Holm to First-time partner.</p>" in text
    assert cards(answer) == [str(relationship.pk)]
    assert 'data-card="first_time" data-version="2" data-arrived' in text
    assert (count_of(answer, "prospect"), count_of(answer, "first_time")) == ("0", "1")
    assert "data-news" not in look(admin_user_client, 0).content.decode()  # their own
    assert look(manager_client, 1).status_code == 304
    # Where the board's filter leaves the card out, it goes.
    gone = look(manager_client, 0, "?owner=manager@acme.example").content.decode()
    assert f'<li id="card-{relationship.pk}" data-gone></li>' in gone


def test_other_acts_and_other_brands_are_no_news(brand, other_brand, manager_client, outsider):
    theirs = RelationshipFactory(brand=other_brand)
    move_stage(
        relationship_id=theirs.pk,
        to=Stage.FIRST_TIME,
        actor=outsider,
        at=timezone.now(),
        expected_version=None,
    )
    assert look(manager_client, 0).status_code == 304
    audit.record(brand=brand, verb="crm.test", target=brand, at=timezone.now())
    assert look(manager_client, 0).status_code == 204


def test_more_than_a_board_takes_up_is_told_in_a_sentence(brand, admin_user, manager_client):
    many(brand, 60)
    acts = [
        audit.Act(row.pk, row.creator.name, {"stage": ["core", "prospect"]})
        for row in Relationship.objects.select_related("creator")
    ]
    audit.record_many(
        brand=brand,
        verb="crm.stage.moved",
        of=Relationship,
        acts=acts,
        actor=admin_user,
        at=timezone.now(),
    )
    answer = look(manager_client, 0)
    assert "data-many-news" in answer.content.decode()
    assert cards(answer) == []
    assert look(manager_client, 60).status_code == 304
    audit.record(brand=brand, verb="crm.import.applied", target=brand, at=timezone.now())
    assert "data-many-news" in look(manager_client, 60).content.decode()


def test_a_drop_on_an_old_card_shows_where_it_is(
    relationship, manager, admin_user, manager_client, admin_user_client
):
    move(admin_user_client, relationship, to="first_time")
    answer = move(manager_client, relationship, to="lapsed", reason="Silence")
    assert answer.status_code == 409
    text = answer.content.decode()
    assert '<ul hx-swap-oob="afterbegin:#cards-first_time">' in text
    assert text.count("admin changed Ida Holm since you loaded this page.") == 2
    relationship.refresh_from_db()
    assert (relationship.stage, relationship.version) == ("first_time", 2)


def test_the_bar_stands_where_the_rate_is(brand, manager_client):
    relationship = RelationshipFactory(brand=brand)
    ProfileFactory(creator=relationship.creator)
    CreatorMetricsFactory(creator=relationship.creator, followers=20_000, engagement_rate=0.03)
    [card] = cards_of(brand, [Relationship.objects.with_creator().get()], {}, timezone.now())
    low, high = card.row.tier.engagement_low, card.row.tier.engagement_high
    assert (card.bar.low, card.bar.width) == (round(50 * low / high), 50 - round(50 * low / high))
    assert card.bar.at == round(50 * 0.03 / high)
