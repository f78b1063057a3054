"""Stage moves, owners and next steps: what is allowed, what is written, what a refusal leaves."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest

from crm import audit
from crm.choices import Stage
from crm.models import AuditEntry, FactChange, Note, Relationship, StageChange, StageCount
from crm.services import notes, relationships
from crm.services.relationships import (
    Outdated,
    OwnerRefused,
    ReasonNeeded,
    StageMoveRefused,
    allowed_moves,
    move_stage,
)
from tests.factories import NOW, CreatorFactory, RelationshipFactory

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=3)


@pytest.fixture
def relationship(brand):
    return RelationshipFactory(brand=brand, creator__name="Ida Holm")


def everything():
    """All that a move may write, to see that a refusal wrote nothing."""
    return [
        list(model.objects.order_by("pk").values())
        for model in (Relationship, StageChange, AuditEntry, FactChange, StageCount)
    ]


def counts(brand):
    return {c.stage: c.creators for c in StageCount.objects.filter(brand=brand, creators__gt=0)}


def test_the_allowed_moves_are_these():
    asked = {"lapsed": True, "declined": True}
    assert {stage: allowed_moves(stage) for stage in relationships.PATH} == {
        "prospect": {"first_time": False, **asked},
        "first_time": {"prospect": False, "core": False, **asked},
        "core": {"first_time": False, "advocate": False, **asked},
        "advocate": {"core": False, **asked},
    }
    assert allowed_moves(Stage.LAPSED, Stage.CORE) == {
        "prospect": True,
        "core": True,
        "declined": True,
    }
    assert allowed_moves(Stage.DECLINED) == {"prospect": True, "lapsed": True}


def test_a_move_closes_one_stay_opens_the_next_and_is_recorded(brand, relationship, manager):
    moved = move_stage(
        relationship_id=relationship.pk,
        to=Stage.FIRST_TIME,
        actor=manager,
        at=LATER,
        expected_version=1,
    )
    assert (moved.stage, moved.stage_since, moved.version) == ("first_time", LATER, 2)
    assert list(
        StageChange.objects.order_by("entered_at").values_list(
            "from_stage", "stage", "entered_at", "left_at", "actor", "reason"
        )
    ) == [
        ("", "prospect", NOW, LATER, None, ""),
        ("prospect", "first_time", LATER, None, manager.pk, ""),
    ]
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.data) == ("crm.stage.moved", {"stage": ["prospect", "first_time"]})
    assert (entry.target_type, entry.target_id, entry.target_label, entry.actor) == (
        "crm.relationship",
        relationship.pk,
        "Ida Holm",
        manager,
    )
    change = FactChange.objects.get()
    assert (change.brand, change.creator) == (brand, relationship.creator)
    assert counts(brand) == {"first_time": 1}


def test_along_the_path_and_back(relationship, manager, brand):
    path = [*relationships.PATH, *relationships.PATH[::-1][1:]]
    for number, (_here, to) in enumerate(pairwise(path), start=1):
        move_stage(
            relationship_id=relationship.pk,
            to=to,
            actor=manager,
            at=NOW + timedelta(hours=number),
            expected_version=number,
        )
    assert StageChange.objects.filter(left_at=None).count() == 1
    assert counts(brand) == {"prospect": 1}
    assert audit.first_broken_link(audit.entries_of(brand)) is None


def test_lapsed_with_a_reason_and_back_to_the_stage_before(relationship, manager):
    steps = [
        (Stage.FIRST_TIME, ""),
        (Stage.LAPSED, "No answer for a year"),
        (Stage.DECLINED, "Said no"),
        (Stage.FIRST_TIME, "Wrote to us again"),
    ]
    for hours, (to, reason) in enumerate(steps, start=1):
        move_stage(
            relationship_id=relationship.pk,
            to=to,
            actor=manager,
            at=NOW + timedelta(hours=hours),
            reason=reason,
            expected_version=None,
        )
    relationship.refresh_from_db()
    assert (relationship.stage, relationship.version) == ("first_time", 5)
    assert AuditEntry.objects.order_by("number").last().data == {
        "stage": ["declined", "first_time"],
        "reason": "Wrote to us again",
    }


@pytest.mark.parametrize(
    ("start", "to", "refusal", "words"),
    [
        (
            Stage.PROSPECT,
            Stage.CORE,
            StageMoveRefused,
            "Ida Holm cannot go from “Prospect” to “Core partner” in one move.",
        ),
        (
            Stage.PROSPECT,
            Stage.ADVOCATE,
            StageMoveRefused,
            "Possible now: “First-time partner”, “Lapsed”, “Declined”.",
        ),
        (Stage.ADVOCATE, Stage.PROSPECT, StageMoveRefused, "“Advocate” to “Prospect”"),
        (Stage.CORE, Stage.LAPSED, ReasonNeeded, "Say why Ida Holm goes to “Lapsed”."),
        (Stage.DECLINED, Stage.PROSPECT, ReasonNeeded, "Say why"),
        (Stage.LAPSED, Stage.ADVOCATE, StageMoveRefused, "“Prospect”, “Declined”"),
    ],
)
def test_a_refused_move_changes_nothing(brand, manager, start, to, refusal, words):
    relationship = RelationshipFactory(brand=brand, creator__name="Ida Holm", stage=start)
    before = everything()
    with pytest.raises(refusal, match=words):
        move_stage(
            relationship_id=relationship.pk,
            to=to,
            actor=manager,
            at=LATER,
            reason="  ",
            expected_version=1,
        )
    assert everything() == before


def test_a_stale_card_is_told_who_was_quicker(relationship, manager, strategist):
    manager.first_name = "Ana"
    manager.save()
    move_stage(
        relationship_id=relationship.pk,
        to=Stage.FIRST_TIME,
        actor=manager,
        at=LATER,
        expected_version=1,
    )
    before = everything()
    with pytest.raises(Outdated, match=r"Ana changed Ida Holm since .* “First-time partner” now"):
        move_stage(
            relationship_id=relationship.pk,
            to=Stage.DECLINED,
            actor=strategist,
            at=LATER,
            reason="x",
            expected_version=1,
        )
    assert everything() == before


def test_no_move_into_the_past(relationship, manager):
    before = everything()
    with pytest.raises(StageMoveRefused, match="later than the moment"):
        move_stage(
            relationship_id=relationship.pk,
            to=Stage.FIRST_TIME,
            actor=manager,
            at=NOW - timedelta(seconds=1),
            expected_version=1,
        )
    assert everything() == before


def test_the_stage_it_is_in_changes_nothing(relationship, manager):
    before = everything()
    move_stage(
        relationship_id=relationship.pk,
        to=Stage.PROSPECT,
        actor=manager,
        at=LATER,
        expected_version=1,
    )
    assert everything() == before


def test_owner_and_next_step_are_set_and_recorded(relationship, manager, strategist):
    relationships.set_owner(
        relationship_id=relationship.pk,
        owner=strategist,
        actor=manager,
        at=LATER,
        expected_version=1,
    )
    relationships.set_next_step(
        relationship_id=relationship.pk,
        text=" Send the brief ",
        on=date(2026, 12, 1),
        actor=manager,
        at=LATER,
        expected_version=2,
    )
    relationship.refresh_from_db()
    assert (relationship.owner, relationship.next_step, relationship.next_step_on) == (
        strategist,
        "Send the brief",
        date(2026, 12, 1),
    )
    assert [(e.verb, e.data) for e in AuditEntry.objects.order_by("number")] == [
        ("crm.owner.set", {"owner": [None, "strategist@acme.example"]}),
        (
            "crm.next_step.set",
            {"next_step": ["", "Send the brief"], "next_step_on": [None, "2026-12-01"]},
        ),
    ]


def test_an_owner_without_a_role_is_refused(relationship, manager, outsider):
    before = everything()
    with pytest.raises(OwnerRefused, match="has no role in Acme"):
        relationships.set_owner(
            relationship_id=relationship.pk,
            owner=outsider,
            actor=manager,
            at=LATER,
            expected_version=1,
        )
    assert everything() == before


def test_several_changes_are_made_as_one_or_not_at_all(relationship, manager, outsider):
    before = everything()
    with pytest.raises(OwnerRefused):
        relationships.change(
            relationship_id=relationship.pk,
            changes={"stage": Stage.FIRST_TIME, "owner": outsider},
            actor=manager,
            at=LATER,
            expected_version=1,
        )
    assert everything() == before
    relationships.change(
        relationship_id=relationship.pk,
        changes={"stage": Stage.FIRST_TIME, "owner": manager, "next_step": "Call"},
        actor=manager,
        at=LATER,
        expected_version=1,
    )
    relationship.refresh_from_db()
    assert relationship.version == 2
    assert AuditEntry.objects.count() == 3
    assert FactChange.objects.count() == 1


def test_relate_makes_a_prospect_once(brand, manager):
    creator = CreatorFactory(name="Ida Holm")
    made = relationships.relate(brand=brand, creator=creator, at=NOW, actor=manager)
    again = relationships.relate(brand=brand, creator=creator, at=LATER, actor=manager)
    assert again == made
    assert (again.stage, again.since, again.stage_since) == ("prospect", NOW, NOW)
    assert StageChange.objects.get().entered_at == NOW
    assert AuditEntry.objects.get().verb == "crm.relationship.created"
    assert counts(brand) == {"prospect": 1}


def test_a_note_is_kept_and_recorded(relationship, legal):
    note = notes.add_note(relationship=relationship, text=" Likes tea. ", author=legal, at=NOW)
    assert (note.text, note.author, note.created_at) == ("Likes tea.", legal, NOW)
    assert AuditEntry.objects.get().data == {"note": note.pk}


@pytest.mark.parametrize("text", ["", " \n ", "x" * 10_001])
def test_a_note_that_says_nothing_or_too_much_is_refused(relationship, legal, text):
    with pytest.raises(notes.NoteRefused):
        notes.add_note(relationship=relationship, text=text, author=legal, at=NOW)
    assert not Note.objects.exists()
    assert not AuditEntry.objects.exists()
