"""The pages of stages: rules, checklists and suggestions where people work."""

from __future__ import annotations

import json
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.choices import Stage
from crm.models import AuditEntry, Relationship
from segmentation.models import Dimension, StageRule, StageRuleVersion, StageSuggestion
from segmentation.services.stage_suggestions import refresh
from tests.factories import NOW
from tests.segmentation.building import segment_of
from tests.segmentation.stages.building import EVER, creator_in, criteria, know, suggestion
from tests.segmentation.world import moment, stay

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def fan(brand):
    made = creator_in(brand, Stage.CORE, mentions=3, creator__name="Ida Holm")
    know(brand)
    return made


@pytest.fixture
def waiting(brand, fan):
    suggestion(brand)
    refresh(brand=brand, at=NOW)
    return StageSuggestion.objects.get()


def lines(client, path="/acme/board/"):
    """What upper apps wrote on the cards, in order."""
    page = client.get(path).content.decode()
    found = re.findall(r'hx-target="#drawer-body" data-drawer="Ida Holm">([^<]+)</button>', page)
    return [re.sub(r"\s+", " ", line) for line in found]


def test_without_rules_the_page_says_what_they_are_for(strategist_client, analyst_client):
    page = strategist_client.get("/acme/stages/").content.decode()
    assert "No rules yet" in page
    assert "Take the ready rules" in page
    assert "Take the ready rules" not in analyst_client.get("/acme/stages/").content.decode()


def test_the_ready_rules_are_taken_and_shown_in_words(brand, strategist_client):
    answer = strategist_client.post("/acme/stages/ready/", follow=True)
    page = answer.content.decode()
    assert "9 rules taken. Change them to what you need." in page
    assert "Has an owner is yes, and e-mail address known is yes." in page
    assert "A core partner quiet for half a year" in page
    again = strategist_client.post("/acme/stages/ready/", follow=True).content.decode()
    assert "Nothing was left to take." in again
    assert StageRule.objects.filter(brand=brand).count() == 9


def test_criteria_are_written_in_the_builder(brand, strategist_client):
    path = "/acme/stages/entry/core/"
    assert "To enter Core partner" in strategist_client.get(path).content.decode()
    bad = strategist_client.post(path, {"rule_text": "followers >= many", "based_on": "0"})
    assert bad.status_code == 422
    assert not StageRule.objects.exists()
    good = {"rule_text": "followers >= 1_000", "based_on": "0", "reason": "Reach"}
    assert strategist_client.post(path, good)["Location"] == "/acme/stages/"
    late = strategist_client.post(path, good | {"rule_text": "followers >= 5"})
    assert late.status_code == 422
    assert "Somebody else has worded this" in late.content.decode()
    version = StageRuleVersion.objects.get()
    assert (version.rule_text, version.reason) == ("followers >= 1000", "Reach")
    page = strategist_client.get(path).content.decode()
    assert 'name="based_on" value="1"' in page
    assert "Ask it no more" in page
    gone = strategist_client.post(f"/acme/stages/rules/{version.stage_rule_id}/retire/")
    assert gone["Location"] == "/acme/stages/"
    version.refresh_from_db()
    assert version.used_until is not None


@pytest.mark.parametrize("path", ["suggest/core", "entry/nowhere", "wish/core"])
def test_what_is_no_checklist_is_not_found(strategist_client, path):
    assert strategist_client.get(f"/acme/stages/{path}/").status_code == 404


def test_a_suggestion_is_written_and_changed(brand, strategist_client):
    form = {
        "name": "Fans",
        "stage": "core",
        "to_stage": "advocate",
        "quiet_days": "30",
        "rule_text": EVER,
        "based_on": "0",
    }
    refused = strategist_client.post("/acme/stages/suggestions/new/", form | {"to_stage": "core"})
    assert refused.status_code == 422
    assert "one move leads to “First-time partner”" in refused.content.decode()
    assert not StageRule.objects.exists()
    strategist_client.post("/acme/stages/suggestions/new/", form)
    rule = StageRule.objects.get()
    assert (rule.name, rule.to_stage, rule.quiet_days) == ("Fans", "advocate", 30)
    path = f"/acme/stages/suggestions/{rule.pk}/"
    assert 'value="Fans"' in strategist_client.get(path).content.decode()
    strategist_client.post(path, form | {"name": "Real fans", "based_on": "1"})
    assert StageRule.objects.get().name == "Real fans"
    assert StageRuleVersion.objects.count() == 1


def test_the_preview_counts_for_whom_it_is_true(brand, fan, strategist_client):
    creator_in(brand, Stage.CORE)
    know(brand)
    shown = strategist_client.post("/acme/stages/preview/", {"rule_text": "has_owner is false"})
    assert "2 of 2 creators" in shown.content.decode()
    assert "KPI" not in shown.content.decode()


def test_cards_say_what_is_suggested_and_what_is_missing(brand, fan, waiting, manager_client):
    criteria(brand, "exit", Stage.CORE, "has_owner is true")
    criteria(brand, "entry", Stage.ADVOCATE, f"{EVER} and has_owner is true")
    dimension = Dimension.objects.create(
        brand=brand, key="persona", name="Persona", has_precedence=True
    )
    segment = segment_of(dimension, "innovator", "followers >= 1")
    stay(segment, fan.creator, moment(1, 1))
    assert lines(manager_client) == [
        "Advocate? 3 organic mentions in 90 days",
        "To enter Advocate: 1 of 2",
        "To leave Core partner: 0 of 1",
    ]
    assert "<span>Innovator</span>" in manager_client.get("/acme/board/").content.decode()
    # Who objects has no persona and no suggested move from then on, whatever the ledger says until
    # the next run.
    Relationship.objects.filter(pk=fan.pk).update(unprofiled_at=NOW)
    assert "<span>Innovator</span>" not in manager_client.get("/acme/board/").content.decode()
    assert lines(manager_client) == ["To enter Advocate: 1 of 2", "To leave Core partner: 0 of 1"]
    path = f"/acme/creators/{fan.creator.uid}/stage/"
    assert "Suggested" not in manager_client.get(path).content.decode()


def test_the_fragment_tells_why_and_takes_the_answer(brand, fan, waiting, manager_client):
    path = f"/acme/creators/{fan.creator.uid}/stage/"
    shown = manager_client.get(path).content.decode()
    assert "<strong>Advocate?</strong> 3 organic mentions in 90 days" in shown
    assert re.search(r"caption contains Acme, last 90 days\)</dt><dd[^>]*>3</dd>", shown)
    answer = manager_client.post(
        f"/acme/suggestions/{waiting.pk}/accept/", {"note": "Yes"}, headers=HTMX
    )
    assert answer.status_code == 200
    assert json.loads(answer["HX-Trigger"]) == {"rapport:look": {}}
    assert "Ida Holm is in “Advocate” now." in answer.content.decode()
    late = manager_client.post(f"/acme/suggestions/{waiting.pk}/dismiss/", headers=HTMX)
    assert late.status_code == 409
    assert "accepted this already" in late.content.decode()
    assert Relationship.objects.get().stage == "advocate"


def test_without_scripts_the_answer_is_a_message(fan, waiting, manager_client, legal_client):
    assert (
        "Not now"
        not in legal_client.get(f"/acme/creators/{fan.creator.uid}/stage/").content.decode()
    )
    path = f"/acme/suggestions/{waiting.pk}/dismiss/"
    assert legal_client.post(path).status_code == 403
    assert manager_client.post(path)["Location"] == f"/acme/creators/{fan.creator.uid}/"
    assert manager_client.post(f"/acme/suggestions/{waiting.pk}/wish/").status_code == 404
    assert StageSuggestion.objects.get().status == "dismissed"
    assert lines(manager_client) == []


def test_another_brands_suggestion_is_not_found(waiting, outsider_client):
    assert outsider_client.post(f"/other/suggestions/{waiting.pk}/accept/").status_code == 404
    assert StageSuggestion.objects.get().status == "open"


def test_the_question_why_shows_the_checklist(brand, manager_client):
    criteria(brand, "entry", Stage.FIRST_TIME, "followers >= 1_000")
    row = creator_in(brand, followers=10)
    know(brand)
    asked = manager_client.post(
        f"/acme/board/cards/{row.pk}/move/",
        {"to": "first_time", "version": 1, "from": "prospect"},
        headers=HTMX,
    ).content.decode()
    assert "Not so, or not known: Followers at least 1,000." in asked
    path = f"/acme/creators/{row.creator.uid}/stage/checks/?to=first_time"
    assert path in asked
    shown = manager_client.get(path).content.decode()
    assert "To enter First-time partner: 0 of 1" in shown
    assert "is 10" in shown
    assert manager_client.get(path.replace("first_time", "nowhere")).status_code == 404
    assert not AuditEntry.objects.filter(verb="crm.stage.moved").exists()


def test_a_day_ends_with_a_click_and_an_undo(brand, fan, waiting, manager, manager_client):
    page = manager_client.get("/acme/day/decide/").content.decode()
    assert "Ida Holm: advocate?" in page
    answer = manager_client.post(
        f"/acme/day/rows/stage_suggestion/{waiting.pk}/finish/", {"version": "1"}, headers=HTMX
    )
    assert answer.status_code == 200
    assert Relationship.objects.get().stage == "advocate"
    token = re.search(r'name="token" value="([^"]+)"', answer.content.decode()).group(1)
    assert manager_client.post("/acme/day/undo/", {"token": token}, headers=HTMX).status_code == 200
    assert Relationship.objects.get().stage == "core"
    assert StageSuggestion.objects.get().status == "open"


def test_of_others_creators_only_the_team_sees(brand, fan, waiting, admin_user, manager_client):
    fan.owner = admin_user
    fan.save()
    assert "Ida Holm" not in manager_client.get("/acme/day/decide/").content.decode()
    assert "Ida Holm" in manager_client.get("/acme/day/decide/?team=1").content.decode()


def test_statements_of_the_board_do_not_grow(brand, fan, manager_client):
    suggestion(brand)
    criteria(brand, "entry", Stage.ADVOCATE, EVER)

    def statements():
        refresh(brand=brand, at=NOW)
        with CaptureQueriesContext(connection) as captured:
            manager_client.get("/acme/board/")
            manager_client.get("/acme/stages/")
        return len(captured)

    few = statements()
    for _each in range(4):
        creator_in(brand, Stage.CORE, mentions=3)
    know(brand)
    assert statements() == few <= 60
