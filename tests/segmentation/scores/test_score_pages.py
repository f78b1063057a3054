"""Scores in the browser: write one, use it, look at the ranking and at a creator's parts."""

from __future__ import annotations

import pytest
from django.urls import reverse

from crm.choices import Stage
from crm.models import Creator, Relationship
from segmentation.models import CreatorScore, ScoreModel
from segmentation.services.edits import EditRefused
from segmentation.services.scores import counting, writing
from tests.factories import NOW
from tests.segmentation.scores.building import BOND, FIT, counted, worded, world

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client, brand, analyst):
    """Ask for a page as an analyst, who defines scores."""
    client.force_login(analyst)

    def ask(name, *args, data=None, **more):
        address = reverse(f"segmentation:{name}", args=[brand.slug, *args])
        if data is not None:
            return client.post(address, data, **more)
        return client.get(address, more)

    return ask


def typed(*parts, **more):
    """What the form sends."""
    data = {
        "name": "Fit for launches",
        "purpose": "Whom to ask first.",
        "least_known": "50",
        "reason": "First try",
        "parts-TOTAL_FORMS": str(len(parts)),
        "parts-INITIAL_FORMS": "0",
    }
    usual = {"kind": "percentile", "better": "higher", "missing": "leave_out"}
    for place, part in enumerate(parts):
        data |= {f"parts-{place}-{name}": value for name, value in (usual | part).items()}
    return data | more


REACH = {"fact": "followers", "weight": "60", "peers": ["tier", "primary_platform"]}
RATE = {
    "fact": "engagement_rate",
    "label": "Bond",
    "weight": "30",
    "kind": "anchors",
    "points": "1 % = 0\n5 % = 100",
    "missing": "points",
    "assumed": "20",
}
STAGE = {"fact": "stage", "weight": "10", "kind": "values", "points": "core = 80\nother = 10"}


def test_a_score_is_written_as_it_was_typed(page, brand):
    assert "No scores yet" in page("scores").content.decode()
    answer = page("score_new", data=typed(REACH, RATE, STAGE, {}))
    assert answer.status_code == 302
    version = ScoreModel.objects.get(brand=brand, key="fit_for_launches").versions.get()
    assert version.activated_at is None
    reach, bond, stage = version.definition["components"]
    assert version.definition["least_known"] == 0.5
    assert reach == {
        "key": "followers",
        "label": "Followers",
        "fact": "followers",
        "weight": 60,
        "scale": {"kind": "percentile", "peers": ["tier", "primary_platform"], "better": "higher"},
        "missing": "leave_out",
    }
    assert (bond["key"], bond["missing"]) == ("bond", 20)
    assert bond["scale"] == {"kind": "anchors", "points": [[0.01, 0], [0.05, 100]]}
    assert stage["scale"] == {"kind": "values", "points": {"core": 80}, "other": 10}


def test_faults_stand_beside_what_was_typed_and_nothing_is_saved(page):
    wrong = {**RATE, "points": "5 % = 0\n1 % = 100"}
    answer = page("score_new", data=typed({**STAGE, "points": "kore = 80"}, wrong))
    words = answer.content.decode()
    assert answer.status_code == 422
    assert "“kore” is not a value of Stage." in words
    assert "Anchors stand in order of their values." in words
    assert not ScoreModel.objects.exists()

    answer = page("score_new", data=typed({**STAGE, "points": "core"}))
    assert "Line 1 is not “value = points”." in answer.content.decode()
    answer = page("score_new", data=typed({}))
    assert "Name at least one component." in answer.content.decode()
    answer = page("score_new", data=typed({**REACH, "weight": ""}))
    assert "A component without weight changes nothing" in answer.content.decode()
    answer = page("score_new", data=typed({**RATE, "assumed": ""}))
    assert "Say how many points." in answer.content.decode()
    answer = page("score_new", data=typed({**STAGE, "points": "core = 80\nCore = 10"}))
    assert "Line 2 names “Core” once more." in answer.content.decode()
    assert not ScoreModel.objects.exists()


def test_values_are_known_by_their_labels_too(page):
    label = Stage.CORE.label
    assert label.lower() != Stage.CORE.value
    page("score_new", data=typed({**STAGE, "points": f"{label} = 80\nother = 10"}))
    [component] = ScoreModel.objects.get().versions.get().definition["components"]
    assert component["scale"]["points"] == {"core": 80}


def test_who_objects_to_being_scored_is_not_shown_with_a_score(page, brand):
    world(brand)
    model = counted(brand)
    first = page("score", model.key).context["page"].items[0]
    creator = Creator.objects.get(uid=first["uid"])
    Relationship.objects.filter(creator=creator, brand=brand).update(unprofiled_at=NOW)
    shown = page("score", model.key).context["page"].items
    assert shown
    assert first["uid"] not in {row["uid"] for row in shown}
    assert page("creator_scores", creator.uid).context["scores"] == []


def test_who_archives_what_is_archived_by_now_is_told(page, brand, monkeypatch):
    model = worded(brand)

    def late(**_):
        raise EditRefused("It is archived already.", code="archived")

    monkeypatch.setattr(writing, "archive", late)
    answer = page("score_archive", model.key, data={}, follow=True)
    assert "It is archived already." in answer.content.decode()


def test_a_new_version_begins_with_the_last_one_and_an_outdated_one_is_refused(page, brand):
    model = worded(brand)
    shown = page("score_edit", model.key).content.decode()
    assert "core = 80" in shown
    assert "other = 10" in shown
    data = typed(REACH, name="Fit", based_on="1")
    assert page("score_edit", model.key, data=data).status_code == 302
    assert model.versions.count() == 2
    answer = page("score_edit", model.key, data=data)
    assert answer.status_code == 422
    assert "Somebody else has saved a version" in answer.content.decode()


def test_use_count_rank_archive(page, brand, django_capture_on_commit_callbacks):
    world(brand)
    model = worded(brand)
    assert "Nobody has this score" in page("score", model.key).content.decode()
    page("score_use", model.key, 1, data={})
    assert "being counted" in page("score", model.key).content.decode()
    counting.count(model_id=model.pk, at=NOW)

    shown = page("score", model.key)
    rows = shown.context["page"].items
    assert [row["score"] for row in rows] == sorted((row["score"] for row in rows), reverse=True)
    assert len(rows) == 50
    second = page("score", model.key, cursor=shown.context["page"].next).context["page"].items
    assert not {row["uid"] for row in rows} & {row["uid"] for row in second}
    assert sum(one.creators for one in shown.context["bins"]) == CreatorScore.objects.count()
    assert page("score", model.key, cursor="nonsense").status_code == 404

    page("score_count", model.key, data={})
    assert ScoreModel.objects.get().is_open
    page("score_archive", model.key, data={})
    assert ScoreModel.objects.get().archived_at is not None
    assert "counted no more" in page("score", model.key).content.decode()
    page("score_archive", model.key, data={})
    assert ScoreModel.objects.get().archived_at is None


def test_a_creators_parts_add_up_and_say_where_they_come_from(page, brand):
    world(brand)
    model = counted(brand)
    row = CreatorScore.objects.filter(model=model).order_by("-score").first()
    creator = Creator.objects.get(pk=row.creator_id)
    answer = page("creator_scores", creator.uid)
    told = answer.context["scores"][0]
    assert told.held == row
    assert not told.has_moved
    assert sum(line.part.contribution for line in told.parts) == pytest.approx(row.score, abs=1e-3)
    words = answer.content.decode()
    assert f"{row.score:.1f}" in words
    assert "creators of the same primary platform" in words
    assert "Profile snapshots" in words

    without = Creator.objects.exclude(pk__in=CreatorScore.objects.values("creator")).first()
    words = page("creator_scores", without.uid).content.decode()
    assert "Not known, and there is no score without it: Reach." in words


def test_pages_ask_the_same_number_of_questions_whoever_is_on_them(
    page, brand, django_assert_num_queries
):
    world(brand)
    model = counted(brand)
    for number in range(3):
        writing.save_version(
            model_id=model.pk,
            name="Fit",
            purpose="P",
            definition=FIT | {"components": [BOND]},
            reason=f"Try {number}",
            actor=None,
            at=NOW,
        )
    page("score", model.key)
    with django_assert_num_queries(10):
        page("score", model.key)
