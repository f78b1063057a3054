"""Dimensions, segments, wordings and examples are made over REST."""

from __future__ import annotations

import pytest

from crm.choices import Scope
from crm.models import AuditEntry
from segmentation.models import Dimension, Segment, SegmentExample, SegmentVersion
from tests.factories import RelationshipFactory
from tests.rest import assert_problem, rest_as
from tests.segmentation.building import dimension_of, segment_of

pytestmark = pytest.mark.django_db

WANTED = {
    "dimension": "kinds",
    "key": "big",
    "name": "Big",
    "purpose": "They get it first.",
    "rule_text": "followers >= 10_000",
    "stay_rule_text": "followers >= 9_000",
    "minimum_stay_days": 30,
}


def verbs() -> list[str]:
    return list(AuditEntry.objects.order_by("pk").values_list("verb", flat=True))


def test_a_dimension_is_made_and_changed(plain, brand, outsider, other_brand):
    wanted = {"key": "kinds", "name": "Kinds", "is_exclusive": True, "cadence": "monthly"}
    made = plain.send("POST", "dimensions/", wanted)
    assert made.status_code == 201
    shown = made.json()
    assert wanted.items() <= shown.items()
    assert (shown["cron"], shown["segments"]) == (None, 0)
    assert plain.json("dimensions/kinds/") == shown
    assert_problem(plain.send("POST", "dimensions/", wanted), 400, "key_taken", at="/key")
    assert_problem(plain.send("POST", "dimensions/", {"key": "a b"}), 400, "required", "invalid")

    both = {"name": "Sorts", "has_precedence": True}
    for change, code, at in (
        (both, "exclusive_with_precedence", "/has_precedence"),
        ({"cron": "0 3 * * 1"}, "cron_without_cadence", "/cron"),
        ({"cadence": "cron", "cron": "0 0 31 2 *"}, "bad_cron", "/cron"),
    ):
        assert_problem(plain.send("PATCH", "dimensions/kinds/", change), 400, code, at=at)
    assert_problem(plain.send("PATCH", "dimensions/kinds/", {"cadence": "daily"}), 400)
    assert plain.json("dimensions/kinds/") == shown
    changed = plain.send("PATCH", "dimensions/kinds/", {"cadence": "cron", "cron": "0 3 * * 1"})
    assert changed.json() == shown | {"cadence": "cron", "cron": "0 3 * * 1"}

    theirs = rest_as(outsider, other_brand)
    assert_problem(theirs.send("PATCH", "dimensions/kinds/", {"name": "Ours"}), 404)
    assert Dimension.objects.get().name == "Kinds"
    assert verbs() == ["segmentation.dimension.created", "segmentation.dimension.changed"]


def test_segments_are_put_in_order(plain, brand, outsider, other_brand):
    dimension = dimension_of(brand, "kinds")
    for key in ("big", "small"):
        segment_of(dimension, key, "followers >= 1")
    turned = {"segments": ["small", "big"]}
    theirs = rest_as(outsider, other_brand)
    assert_problem(theirs.send("POST", "dimensions/kinds:order", turned), 404)
    for wrong in (["small"], ["small", "small"], ["small", "big", "tall"]):
        refused = plain.send("POST", "dimensions/kinds:order", {"segments": wrong})
        assert_problem(refused, 409, "outdated")
    in_order = Segment.objects.order_by("position", "key").values_list("key", flat=True)
    assert [*in_order] == ["big", "small"]
    answer = plain.send("POST", "dimensions/kinds:order", turned)
    assert (answer.status_code, answer.json()) == (200, turned)
    assert [*in_order.all()] == ["small", "big"]


def test_from_a_draft_to_the_archive(plain, brand, strategist, outsider, other_brand):
    dimension_of(brand, "kinds")
    made = plain.send("POST", "segments/", WANTED | {"owner": strategist.email})
    assert made.status_code == 201
    shown = made.json()
    assert (shown["status"], shown["version"], shown["owner"]) == ("draft", None, strategist.email)
    draft = plain.json("segments/big/versions/1/")
    assert draft["stay_rule_text"] == "followers >= 9000"
    assert (draft["minimum_stay_days"], draft["near_percent"]) == (30, 10)
    used = plain.send("POST", "segments/big/versions/1:activate", {"reason": "It begins"})
    assert used.json()["is_active"] is True

    wording = {"rule_text": "followers >= 20_000"}
    second = plain.send("POST", "segments/big/versions/", wording)
    assert second.status_code == 201
    assert (second.json()["number"], second.json()["is_active"]) == (2, False)
    again = plain.send("POST", f"segments/{shown['id']}/versions/", wording)
    assert (again.status_code, again.json()) == (200, second.json())
    assert plain.json("segments/big/")["version"] == 1

    theirs = rest_as(outsider, other_brand)
    assert_problem(theirs.send("POST", "segments/big/versions/", wording), 404)
    assert_problem(theirs.send("POST", "segments/big:archive", {"reason": "x"}), 404)
    assert_problem(plain.send("POST", "segments/big:archive", {}), 400, "required")
    assert Segment.objects.get().status == "active"
    archived = plain.send("POST", "segments/big:archive", {"reason": "Nobody asks"})
    assert (archived.status_code, archived.json()["status"]) == (200, "archived")
    late = plain.send("POST", "segments/big/versions/", {"rule_text": "followers >= 1"})
    assert_problem(late, 409, "refused")
    assert SegmentVersion.objects.count() == 2
    assert verbs() == [
        "segmentation.segment.drafted",
        "segmentation.version.activated",
        "segmentation.version.drafted",
        "segmentation.segment.archived",
    ]


@pytest.mark.parametrize(
    ("wrong", "status", "code"),
    [
        ({"dimension": "sizes"}, 400, "unknown_dimension"),
        ({"key": "old"}, 400, "key_taken"),
        ({"key": "new"}, 400, "key_taken"),
        ({"key": "Big"}, 400, "invalid"),
        ({"purpose": " "}, 400, "blank"),
        ({"owner": "nobody@example.com"}, 400, "unknown_user"),
        ({"rule_json": {"fact": "followers", "op": ">=", "value": 1}}, 400, "one_notation"),
        ({"rule_text": "folowers >= 1"}, 422, "unknown_fact"),
        ({"stay_rule_text": "folowers >= 1"}, 422, "unknown_fact"),
        ({"minimum_stay_days": -1}, 400, "min_value"),
        ({"unknown_policy": "guess"}, 400, "invalid_choice"),
    ],
)
def test_what_cannot_be_a_segment(plain, brand, wrong, status, code):
    segment_of(dimension_of(brand, "kinds"), "old", "followers >= 1")
    before = AuditEntry.objects.count()
    assert_problem(plain.send("POST", "segments/", WANTED | wrong), status, code)
    assert Segment.objects.count() == 1
    assert AuditEntry.objects.count() == before


def test_examples(plain, brand, strategist, outsider, other_brand):
    segment_of(dimension_of(brand, "kinds"), "big", "followers >= 1")
    ann = RelationshipFactory(brand=brand, creator__name="Ann").creator
    elsewhere = RelationshipFactory(brand=other_brand).creator
    at = "segments/big/examples/"
    unknown = {"creator": str(elsewhere.uid), "belongs": True}
    assert_problem(plain.send("POST", at, unknown), 400, "unknown_creator")
    made = plain.send("POST", at, {"creator": str(ann.uid), "belongs": True, "note": "By far"})
    assert made.status_code == 201
    shown = made.json()
    assert shown["creator"] == {"uid": str(ann.uid), "name": "Ann"}
    assert (shown["belongs"], shown["note"], shown["added_by"]) == (
        True,
        "By far",
        strategist.email,
    )
    otherwise = plain.send("POST", at, {"creator": str(ann.uid), "belongs": False}).json()
    assert otherwise == shown | {"belongs": False, "note": None}
    assert plain.json(at)["results"] == [otherwise]

    theirs, reader = rest_as(outsider, other_brand), rest_as(strategist, brand, ["segments:read"])
    item = f"{at}{shown['id']}/"
    assert_problem(theirs.get(at), 404)
    assert_problem(theirs.send("DELETE", item), 404)
    assert_problem(reader.send("DELETE", item), 403)
    assert SegmentExample.objects.count() == 1
    assert plain.send("DELETE", item).status_code == 204
    assert_problem(plain.send("DELETE", item), 404)
    assert not SegmentExample.objects.exists()


def test_reading_does_not_make(brand, strategist, analyst):
    dimension_of(brand, "kinds")
    reader = rest_as(strategist, brand, [Scope.SEGMENTS_READ])
    for rest in (reader, rest_as(analyst, brand)):
        assert_problem(rest.send("POST", "segments/", WANTED), 403)
        assert_problem(rest.send("POST", "dimensions/", {"key": "x", "name": "X"}), 403)
    assert not Segment.objects.exists()
