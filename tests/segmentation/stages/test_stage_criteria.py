"""Checklists: each line met, not met or not known, for many creators in one statement."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.choices import Stage
from crm.models import AuditEntry, Relationship, StageChange
from crm.services.relationships import ReasonNeeded, move_stage
from segmentation.facts.catalogue import catalogue
from segmentation.services import stage_criteria, stage_rules
from tests.factories import NOW
from tests.segmentation.building import dimension_of, segment_of
from tests.segmentation.stages.building import MENTIONS, creator_in, criteria, know

pytestmark = pytest.mark.django_db
TO_CORE = f"followers >= 1_000 and has_owner is true and {MENTIONS}"


def results(brand, rows, at=NOW):
    """By id: kind, stage and the results of each list."""
    return {
        pk: [(one.criteria.kind.value, [check.result for check in one.checks]) for one in lists]
        for pk, lists in stage_criteria.checklists(brand, rows, at).items()
    }


def test_each_line_is_met_not_met_or_not_known(brand, manager):
    criteria(brand, "exit", Stage.FIRST_TIME, "followers >= 10")
    criteria(brand, "entry", Stage.CORE, TO_CORE)
    criteria(brand, "entry", Stage.ADVOCATE, "followers >= 10")
    big = creator_in(brand, Stage.FIRST_TIME, followers=5_000, mentions=3, owner=manager)
    small = creator_in(brand, Stage.FIRST_TIME, followers=500, mentions=2)
    unseen = creator_in(brand, Stage.FIRST_TIME)
    prospect = creator_in(brand, Stage.PROSPECT, followers=5_000)
    core = creator_in(brand, Stage.CORE, followers=5)
    know(brand)
    new = creator_in(brand, Stage.FIRST_TIME)  # without facts yet

    found = results(brand, [big, small, unseen, prospect, core, new])

    assert found == {
        big.pk: [("entry", [True, True, True]), ("exit", [True])],
        small.pk: [("entry", [False, False, False]), ("exit", [True])],
        unseen.pk: [("entry", [None, False, False]), ("exit", [None])],
        prospect.pk: [],
        core.pk: [("entry", [False])],
        new.pk: [("entry", [None, None, None]), ("exit", [None])],
    }


def test_the_explanation_says_the_same_with_values(brand, manager):
    dimension = dimension_of(brand)
    segment_of(dimension, "big", "followers >= 1_000")
    criteria(brand, "entry", Stage.FIRST_TIME, f'{TO_CORE} and segment("big")')
    row = creator_in(brand, followers=5_000, mentions=2)
    know(brand)

    [told] = stage_criteria.explained(row, NOW)
    [plain] = stage_criteria.checklists(brand, [row], NOW)[row.pk]

    assert (told.title, told.met, told.result) == ("To enter First-time partner", 1, False)
    lines = [(check.words, check.result, check.tree["value_words"]) for check in told.checks]
    assert lines == [
        ("Followers at least 1,000", True, "5,000"),
        ("Has an owner is yes", False, "no"),
        (
            "Number of posts (caption contains “Acme”, in the last 90 days) at least 3",
            False,
            "2",
        ),
        ("In segment Big", False, "not in it"),
    ]
    assert [check.words for check in plain.checks] == [check.words for check in told.checks]
    assert [check.result for check in plain.checks] == [check.result for check in told.checks]


def test_a_move_against_criteria_takes_a_reason_and_nothing_else(brand, manager):
    criteria(brand, "entry", Stage.FIRST_TIME, "has_owner is true and followers >= 1_000")
    criteria(brand, "exit", Stage.PROSPECT, "has_email is true")
    row = creator_in(brand, owner=manager, creator__name="Ida Holm")
    know(brand)

    def move(reason=""):
        return move_stage(
            relationship_id=row.pk,
            to=Stage.FIRST_TIME,
            actor=manager,
            at=NOW,
            reason=reason,
            expected_version=None,
        )

    with pytest.raises(ReasonNeeded) as refusal:
        move()
    assert str(refusal.value) == (
        "Say why Ida Holm goes to “First-time partner”. Not so, or not known: Followers at least "
        "1,000 (not known); E-mail address known is yes."
    )
    assert not AuditEntry.objects.filter(verb="crm.stage.moved").exists()
    assert move("She called us").stage == Stage.FIRST_TIME
    entry = AuditEntry.objects.get(verb="crm.stage.moved")
    assert entry.data == {
        "stage": ["prospect", "first_time"],
        "reason": "She called us",
        "unmet": ["Followers at least 1,000 (not known)", "E-mail address known is yes"],
    }


def test_the_way_back_does_not_ask_what_leaving_asks(brand, manager):
    criteria(brand, "exit", Stage.FIRST_TIME, "followers >= 1_000_000")
    row = creator_in(brand, Stage.FIRST_TIME, followers=10)
    know(brand)
    move_stage(
        relationship_id=row.pk, to=Stage.PROSPECT, actor=manager, at=NOW, expected_version=None
    )
    assert StageChange.objects.get(relationship=row, left_at=None).reason == ""


def test_what_cannot_be_evaluated_any_more_asks_nothing(brand):
    made = criteria(brand, "entry", Stage.FIRST_TIME, "followers >= 1_000")
    made.rule = {"fact": "shoe_size", "op": ">", "value": 40}
    made.save()
    row = creator_in(brand)
    know(brand)
    [broken] = stage_criteria.criteria_of(brand, catalogue(brand))
    assert "shoe_size" in broken.fault
    assert stage_criteria.unmet(brand, [row], Stage.FIRST_TIME, NOW) == {}


def test_statements_do_not_grow_with_creators(brand):
    criteria(brand, "entry", Stage.FIRST_TIME, TO_CORE)
    criteria(brand, "exit", Stage.PROSPECT, "has_email is true")
    creator_in(brand)
    know(brand)

    def statements():
        rows = list(Relationship.objects.filter(brand=brand))
        with CaptureQueriesContext(connection) as captured:
            stage_criteria.checklists(brand, rows, NOW)
        return len(captured)

    few = statements()
    for _each in range(5):
        creator_in(brand)
    know(brand)
    assert statements() == few <= 8


def test_without_criteria_a_move_costs_one_look(brand, django_assert_num_queries):
    row = creator_in(brand)
    with django_assert_num_queries(1):
        assert stage_criteria.unmet(brand, [row], Stage.CORE, NOW) == {}
    assert stage_rules.in_use(brand, stage_criteria.KINDS) == []
