"""Counting: who has which score, what is written when it changes, and who reads it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from crm.models import Creator, FactChange, Relationship
from segmentation.facts.catalogue import catalogue
from segmentation.facts.readings import read_facts
from segmentation.facts.refresh import refresh_facts
from segmentation.models import CreatorScore, ScoreModel, ScoreNorm
from segmentation.scoring.definition import DefinitionInvalid
from segmentation.scoring.evaluate import Norm, evaluate
from segmentation.services import erasing, merging, outbox, runs
from segmentation.services.edits import EditRefused
from segmentation.services.matching import creators_matching, read_rule
from segmentation.services.scores import counting, writing
from tests.factories import NOW
from tests.segmentation.building import dimension_of, segment_of
from tests.segmentation.scores.building import BOND, FIT, REACH, counted, worded, world

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def held(model):
    rows = CreatorScore.objects.filter(model=model, replaced_at=None)
    return {row.creator_id: row for row in rows}


def again(model, at):
    writing.count_again(model_id=model.pk, actor=None, at=at)
    return counting.count(model_id=model.pk, at=at)


def test_every_score_is_what_the_reference_says(brand):
    world(brand)
    model = counted(brand)
    facts = writing.components(brand)
    definition = writing.definition_of(model.active_version, facts)
    norms = {
        (row.component, tuple(row.peers)): Norm(tuple(row.points), row.creators)
        for row in ScoreNorm.objects.filter(version=model.active_version)
    }
    assert {peers for _, peers in norms} == {(), ("instagram",), ("tiktok",), ("youtube",)}
    rows, without = held(model), 0
    for creator in Creator.objects.filter(relationships__brand=brand):
        read = read_facts(brand=brand, creator=creator, as_of=NOW, facts=facts, stored=True)
        values = {key: reading.value for key, reading in read.items()}
        expected = evaluate(definition, values, norms, facts)
        if expected.value is None:
            without += 1
            assert creator.pk not in rows
        else:
            row = rows[creator.pk]
            assert row.score == pytest.approx(expected.value, abs=1e-4)
            assert row.points == pytest.approx([part.points for part in expected.parts], abs=1e-3)
    assert (model.scored, model.unscored) == (len(rows), without)
    assert without > 0
    assert model.stability["top"] == len(rows) // 2
    assert 0.5 < model.stability["overlap"] <= 1


def test_only_a_score_that_changed_is_written_and_the_old_one_stays_readable(brand):
    world(brand)
    model = counted(brand)
    before = held(model)
    prospect = Relationship.objects.filter(
        brand=brand, stage="prospect", creator__in=list(before)
    ).first()
    Relationship.objects.filter(pk=prospect.pk).update(stage="core")
    prospect.stage_changes.update(stage="core")
    refresh_facts(brand=brand, as_of=NOW + DAY)

    again(model, NOW + DAY)
    after = held(model)
    moved = {pk for pk in before if before[pk].counted_at != after[pk].counted_at}
    assert moved == {prospect.creator_id}
    # 40 of 100 of the weight, from 10 points to 80.
    assert after[prospect.creator_id].score == pytest.approx(before[prospect.creator_id].score + 28)
    old = CreatorScore.objects.get(model=model, creator=prospect.creator, replaced_at=NOW + DAY)
    assert old.score == before[prospect.creator_id].score


def test_peers_stay_for_a_month_and_are_found_anew_by_a_new_version(brand):
    world(brand)
    model = counted(brand)
    first = list(ScoreNorm.objects.values_list("pk", flat=True))
    again(model, NOW + DAY)
    assert list(ScoreNorm.objects.values_list("pk", flat=True)) == first
    again(model, NOW + timedelta(days=31))
    assert not ScoreNorm.objects.filter(pk__in=first).exists()

    draft = writing.save_version(
        model_id=model.pk,
        name="Fit",
        purpose="Whom to ask first.",
        definition={"components": [{**REACH, "weight": 1}, BOND]},
        reason="Reach says little",
        actor=None,
        at=NOW,
    )
    assert held(model)
    assert not draft.norms.exists()
    writing.activate(version_id=draft.pk, actor=None, at=NOW + timedelta(days=32))
    counting.count(model_id=model.pk, at=NOW + timedelta(days=32))
    assert {row.version_id for row in held(model).values()} == {draft.pk}
    assert draft.norms.exists()


def test_rules_ask_for_a_score_and_creators_are_looked_at_again_when_it_moves(brand):
    world(brand)
    model = counted(brand)
    best = min(held(model).values(), key=lambda row: -row.score)
    rule, facts = read_rule(brand, f"score_fit >= {best.score - 0.001:.4f}")
    matching = Creator.objects.filter(pk__in=creators_matching(brand, rule, facts, NOW))
    assert list(matching) == [best.creator]
    # As of before the counting nobody had a score.
    early = creators_matching(brand, rule, facts, NOW - DAY)
    assert not Creator.objects.filter(pk__in=early).exists()

    segment = segment_of(dimension_of(brand), "best", "score_fit >= 70")
    for as_of in (NOW - 90 * DAY, NOW):
        # Facts of a past quarter are no reason to count scores of today.
        assert not ScoreModel.objects.get().is_open
        run = runs.start_run(brand=brand, as_of=as_of, at=NOW, apply_now=True)
        runs.execute_run(run_id=run.pk, at=NOW)
    inside = segment.memberships.filter(left_at=None)
    assert set(inside.values_list("creator", flat=True)) == {
        pk for pk, row in held(model).items() if row.score >= 70
    }
    # The run brought facts forward, so scores are counted anew.
    assert ScoreModel.objects.get().is_open
    counting.count(model_id=model.pk, at=NOW)
    FactChange.objects.all().delete()
    Relationship.objects.filter(creator=best.creator, brand=brand).update(stage="declined")
    best.creator.relationships.get(brand=brand).stage_changes.update(stage="declined")
    refresh_facts(brand=brand, as_of=NOW + DAY)
    again(model, NOW + DAY)
    assert best.creator_id in FactChange.objects.values_list("creator", flat=True)
    if held(model)[best.creator_id].score < 70:
        outbox.drain(at=NOW + DAY)
        assert not inside.filter(creator=best.creator).exists()


def test_a_rule_says_by_which_version_a_score_was_counted_and_when(brand):
    world(brand)
    model = counted(brand)
    row = next(iter(held(model).values()))
    facts = catalogue(brand)
    found = read_facts(brand=brand, creator=row.creator, facts=facts, as_of=NOW + DAY)
    reading = found["score_fit"]
    assert reading.source == "Score, version 1"
    assert reading.captured_at == NOW


def test_what_is_being_counted_when_facts_move_is_counted_once_more(brand):
    world(brand)
    model = counted(brand)
    writing.count_again(model_id=model.pk, actor=None, at=NOW)
    assert counting.request(brand=brand, at=NOW + DAY) == 1
    model.refresh_from_db()
    assert model.requested_at == NOW + DAY


def test_a_score_never_reads_a_score(brand):
    world(brand, 5)
    counted(brand)
    assert "score_fit" in catalogue(brand)
    circle = {**BOND, "fact": "score_fit", "scale": {"kind": "anchors", "points": [[0, 0], [1, 1]]}}
    with pytest.raises(DefinitionInvalid, match="There is no fact “score_fit”"):
        worded(brand, {"components": [circle]}, key="second")


def test_nobody_is_scored_below_what_must_be_known(brand):
    world(brand, 30)
    model = counted(brand, {"least_known": 0.9, "components": [{**REACH, "missing": "leave_out"}]})
    unknown = Creator.objects.exclude(pk__in=held(model)).count()
    assert model.unscored == unknown > 0


def test_two_of_a_key_and_outdated_drafts_are_refused(brand, strategist):
    model = worded(brand)
    with pytest.raises(EditRefused, match="already"):
        worded(brand)
    given = {"name": "Fit", "purpose": "P", "definition": FIT, "reason": "R", "actor": strategist}
    writing.save_version(model_id=model.pk, at=NOW, seen=1, **given)
    with pytest.raises(EditRefused, match="Somebody else") as refusal:
        writing.save_version(model_id=model.pk, at=NOW, seen=1, **given)
    assert refusal.value.code == "outdated"
    assert model.versions.count() == 2


def test_an_archived_score_is_counted_no_more_and_comes_back(brand):
    world(brand, 30)
    model = counted(brand)
    writing.archive(model_id=model.pk, actor=None, at=NOW)
    assert counting.request(at=NOW) == 0
    assert "score_fit" not in catalogue(brand)
    assert "archived" in catalogue(brand).gone["score_fit"]
    with pytest.raises(EditRefused, match="bring it back"):
        writing.count_again(model_id=model.pk, actor=None, at=NOW)
    writing.bring_back(model_id=model.pk, actor=None, at=NOW)
    assert ScoreModel.objects.get().is_open
    assert "score_fit" in catalogue(brand)


def test_a_fact_that_is_gone_fails_in_words_and_keeps_the_scores(brand):
    world(brand, 30)
    model = counted(brand)
    before = held(model)
    version = model.active_version
    version.definition = {"components": [{**BOND, "fact": "gone_fact"}]}
    version.save()
    failed = again(model, NOW + DAY)
    assert (failed.status, failed.error) == ("failed", "There is no fact “gone_fact”.")
    assert {pk: row.score for pk, row in held(model).items()} == {
        pk: row.score for pk, row in before.items()
    }


def test_a_merge_leaves_the_score_of_the_one_who_stays_and_an_undo_brings_the_other_back(brand):
    world(brand, 30)
    model = counted(brand)
    kept, gone = sorted(held(model))[:2]
    row = held(model)[gone]
    image = merging.move(kept, gone, NOW + DAY)
    assert gone not in held(model)
    assert held(model)[kept].counted_at == NOW
    merging.undo(kept, gone, NOW + DAY, image)
    back = held(model)[gone]
    assert (back.score, back.points, back.counted_at) == (row.score, row.points, row.counted_at)


def test_who_is_erased_has_no_score(brand):
    world(brand, 30)
    model = counted(brand)
    creator = Creator.objects.get(pk=min(held(model)))
    erasing.erase(brand, creator, None, NOW + DAY)
    assert creator.pk not in held(model)
    assert not CreatorScore.objects.filter(creator=creator).exists()
