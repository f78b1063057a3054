"""Suggestions come and go with the facts; people accept or dismiss them, and their word counts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.choices import Stage
from crm.models import AuditEntry, Post, Relationship, StageChange
from crm.services.facts import mark_changed
from crm.services.relationships import move_stage
from segmentation import tasks
from segmentation.choices import SuggestionStatus
from segmentation.models import StageSuggestion
from segmentation.services import outbox, stage_rules, stage_suggestions
from segmentation.services.stage_suggestions import SuggestionRefused, refresh
from tests.factories import NOW
from tests.segmentation.building import dimension_of, segment_of
from tests.segmentation.stages.building import creator_in, know, mention, suggestion

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def statuses(row=None):
    found = StageSuggestion.objects.order_by("pk")
    return [one.status for one in (found if row is None else found.filter(relationship=row))]


@pytest.fixture
def fan(brand):
    """A core partner who mentioned the brand three times."""
    made = creator_in(brand, Stage.CORE, mentions=3, creator__name="Ida Holm")
    know(brand)
    return made


@pytest.fixture
def waiting(brand, fan):
    suggestion(brand)
    assert refresh(brand=brand, at=NOW) == 1
    return StageSuggestion.objects.get()


def accept(waiting, actor, **more):
    return stage_suggestions.accept(suggestion_id=waiting.pk, at=NOW + HOUR, actor=actor, **more)


def test_only_where_it_begins_and_where_it_is_true(brand, other_brand, fan):
    version = suggestion(brand)
    creator_in(brand, Stage.CORE, mentions=2)
    creator_in(brand, Stage.FIRST_TIME, mentions=3)
    creator_in(other_brand, Stage.CORE, mentions=3)
    know(brand)
    know(other_brand)

    assert refresh(brand=brand, at=NOW) == 1
    assert refresh(brand=brand, at=NOW) == 0
    assert refresh(brand=other_brand, at=NOW) == 0

    made = StageSuggestion.objects.get()
    assert (made.relationship, made.version, made.status) == (fan, version, "open")
    assert (made.from_stage, made.to_stage) == ("core", "advocate")
    assert made.evidence == [["count(posts where caption contains Acme, last 90 days)", 3]]


def test_it_is_withdrawn_when_it_is_true_no_more(brand, waiting):
    Post.objects.first().delete()
    assert refresh(brand=brand, at=NOW + HOUR) == 0
    waiting.refresh_from_db()
    assert (waiting.status, waiting.closed_at) == ("withdrawn", NOW + HOUR)


def test_it_is_withdrawn_when_a_person_moves_the_creator(brand, fan, waiting, manager):
    move_stage(
        relationship_id=fan.pk,
        to=Stage.FIRST_TIME,
        actor=manager,
        at=NOW + HOUR,
        expected_version=None,
    )
    with pytest.raises(SuggestionRefused, match="in “First-time partner” by now") as refusal:
        accept(waiting, manager)
    assert refusal.value.code == "moved"
    refresh(brand=brand, at=NOW + HOUR)
    assert statuses() == ["withdrawn"]


def test_a_retired_rule_takes_its_suggestions_along(brand, waiting, manager):
    stage_rules.retire(stage_rule_id=waiting.version.stage_rule_id, at=NOW + HOUR, actor=manager)
    tasks.suggest_stages(brand_id=brand.pk)
    assert statuses() == ["withdrawn"]


def test_accepting_moves_for_the_suggestions_reason(fan, waiting, manager):
    done = accept(waiting, manager, note=" She  is great ", expected_version=1)

    fan.refresh_from_db()
    assert (fan.stage, fan.stage_since, fan.version) == ("advocate", NOW + HOUR, 2)
    assert (done.status, done.closed_by, done.note) == ("accepted", manager, "She is great")
    stay = StageChange.objects.get(relationship=fan, left_at=None)
    assert stay.reason == "Suggested: 3 organic mentions in 90 days. She is great"
    verbs = AuditEntry.objects.order_by("number").values_list("verb", "text__actor_label")
    assert list(verbs)[-2:] == [
        ("crm.stage.moved", manager.email),
        ("segmentation.suggestion.accepted", manager.email),
    ]


def test_a_second_answer_is_refused_in_words(fan, waiting, manager, admin_user):
    accept(waiting, manager)
    with pytest.raises(SuggestionRefused, match="manager accepted this already"):
        stage_suggestions.dismiss(suggestion_id=waiting.pk, at=NOW + HOUR, actor=admin_user)
    fan.refresh_from_db()
    assert (fan.stage, statuses()) == ("advocate", ["accepted"])


def test_who_objects_since_is_not_moved_by_a_suggestion(fan, waiting, manager):
    Relationship.objects.filter(pk=fan.pk).update(unprofiled_at=NOW)
    with pytest.raises(SuggestionRefused, match="objects to being sorted") as refusal:
        accept(waiting, manager)
    fan.refresh_from_db()
    assert (fan.stage, statuses(), refusal.value.code) == ("core", ["open"], "objected")


def test_an_old_card_is_refused_and_nothing_moves(fan, waiting, manager):
    with pytest.raises(SuggestionRefused, match="nothing of yours was saved") as refusal:
        accept(waiting, manager, expected_version=0)
    assert refusal.value.code == "outdated"
    fan.refresh_from_db()
    assert (fan.stage, statuses()) == ("core", ["open"])


def test_a_dismissed_one_is_quiet_for_its_days(brand, waiting, manager):
    stage_suggestions.dismiss(suggestion_id=waiting.pk, at=NOW, actor=manager, note="Not yet")
    waiting.refresh_from_db()
    assert waiting.quiet_until == NOW + 90 * DAY
    assert refresh(brand=brand, at=NOW + 60 * DAY) == 0
    assert statuses() == ["dismissed"]
    for _each in range(3):
        mention(waiting.relationship, NOW + 90 * DAY)
    assert refresh(brand=brand, at=NOW + 90 * DAY) == 1
    assert statuses() == ["withdrawn", "open"]


def test_a_dismissed_one_comes_again_once_it_was_not_true(brand, fan, waiting, manager):
    stage_suggestions.dismiss(suggestion_id=waiting.pk, at=NOW, actor=manager)
    gone = Post.objects.filter(creator=fan.creator).first()
    gone.delete()
    refresh(brand=brand, at=NOW + DAY)
    assert statuses() == ["withdrawn"]
    mention(fan)
    assert refresh(brand=brand, at=NOW + 2 * DAY) == 1


def test_whom_a_person_brought_back_is_left_there(brand, fan, waiting, manager):
    accept(waiting, manager)
    move_stage(
        relationship_id=fan.pk,
        to=Stage.CORE,
        actor=manager,
        at=NOW + 2 * HOUR,
        expected_version=None,
    )
    assert refresh(brand=brand, at=NOW + 3 * HOUR) == 0
    for _each in range(3):
        mention(fan, NOW + 91 * DAY)
    assert refresh(brand=brand, at=NOW + 91 * DAY) == 1


def test_an_answer_can_be_taken_back(brand, fan, waiting, manager):
    accept(waiting, manager)
    back = stage_suggestions.take_back(suggestion_id=waiting.pk, at=NOW + 2 * HOUR, actor=manager)
    fan.refresh_from_db()
    assert (fan.stage, back.status, back.closed_at) == ("core", "open", None)
    refresh(brand=brand, at=NOW + 3 * HOUR)
    assert statuses() == ["open"]
    stage_suggestions.dismiss(suggestion_id=waiting.pk, at=NOW + 4 * HOUR, actor=manager)
    stage_suggestions.take_back(suggestion_id=waiting.pk, at=NOW + 5 * HOUR, actor=manager)
    assert statuses() == ["open"]


def test_what_was_settled_otherwise_is_not_taken_back(fan, waiting, manager):
    accept(waiting, manager)
    move_stage(
        relationship_id=fan.pk,
        to=Stage.LAPSED,
        actor=manager,
        at=NOW + 2 * HOUR,
        reason="Gone",
        expected_version=None,
    )
    with pytest.raises(SuggestionRefused, match="in “Lapsed” by now"):
        stage_suggestions.take_back(suggestion_id=waiting.pk, at=NOW + 3 * HOUR, actor=manager)
    assert statuses() == [SuggestionStatus.ACCEPTED]


def test_a_changed_fact_suggests_at_once_for_whom_it_changed(brand, fan):
    suggestion(brand)
    other = creator_in(brand, Stage.CORE, mentions=3)
    know(brand)
    mark_changed(brand=brand, creator_ids=[fan.creator_id], cause="test")
    outbox.drain(at=NOW)
    assert (statuses(fan), statuses(other)) == (["open"], [])


def test_rules_may_ask_for_segments_and_two_rules_suggest_a_move_once(brand, fan):
    segment_of(dimension_of(brand), "loud", "followers >= 1_000")
    suggestion(brand, 'not segment("loud")', name="Not loud")
    suggestion(brand)
    assert refresh(brand=brand, at=NOW) == 1
    made = StageSuggestion.objects.get()
    assert made.version.stage_rule.name == "Not loud"
    assert made.evidence == [['segment("loud")', False]]


def test_a_broken_rule_withdraws_and_the_others_go_on(brand, fan, waiting):
    suggestion(brand, name="Old hand", rule="days_in_stage >= 50", to=Stage.LAPSED)
    waiting.version.rule = {"fact": "shoe_size", "op": ">", "value": 40}
    waiting.version.save()
    assert refresh(brand=brand, at=NOW) == 1
    assert statuses() == ["withdrawn", "open"]


def test_statements_do_not_grow_with_creators(brand, fan):
    suggestion(brand)

    def statements():
        with CaptureQueriesContext(connection) as captured:
            refresh(brand=brand, at=NOW)
        return len(captured)

    few = statements()
    for _each in range(5):
        creator_in(brand, Stage.CORE, mentions=3)
    know(brand)
    assert statements() == few <= 12
    assert len(statuses()) == 6


def test_without_rules_it_costs_two_looks(brand, django_assert_num_queries):
    with django_assert_num_queries(2):
        assert refresh(brand=brand, at=NOW, creator_ids=[1]) == 0
