"""Scores by exact values, and the SQL against the reference over rows with every kind of gap."""

from __future__ import annotations

import json

import numpy as np
import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from segmentation.rules.facts import Catalogue, Fact, FactType
from segmentation.scoring.definition import (
    Definition,
    DefinitionInvalid,
    Percentile,
    percentiles,
    read_definition,
)
from segmentation.scoring.evaluate import FEWEST_PEERS, Norm, evaluate
from segmentation.scoring.sql import compile_scores, norms_query
from segmentation.scoring.stability import rank_stability
from tests.segmentation.rules.sample import CATALOGUE, COLUMNS
from tests.segmentation.rules.strategies import make_rows

FACTS = Catalogue(list(CATALOGUE.values()), gone={"tone": "The field “Tone” is archived."})
ANCHORS = {"kind": "anchors", "points": [[0, 0], [1000, 50], [11000, 100]]}


def part(fact: str, scale: object, weight: float = 1, **more: object) -> dict[str, object]:
    return {"key": fact, "label": fact, "fact": fact, "weight": weight, "scale": scale, **more}


def defined(*components: dict[str, object], least_known: float = 0.0) -> Definition:
    return read_definition({"components": list(components), "least_known": least_known}, FACTS)


def faults_of(stored: object) -> dict[str, str]:
    with pytest.raises(DefinitionInvalid) as invalid:
        read_definition(stored, FACTS)
    return {fault.pointer: fault.message for fault in invalid.value.faults}


@pytest.mark.parametrize(
    ("followers", "points"),
    [(0, 0), (500, 25), (1000, 50), (6000, 75), (11000, 100), (10**9, 100)],
)
def test_points_lie_between_anchors(followers: int, points: float) -> None:
    found = evaluate(defined(part("followers", ANCHORS)), {"followers": followers}, {}, FACTS)
    assert found.value == pytest.approx(points)


def test_contributions_add_up_to_the_score_and_weights_of_gaps_are_left_out() -> None:
    definition = defined(
        part("followers", ANCHORS, 30),
        part("is_virtual", {"kind": "values", "points": {"true": 0, "false": 80}}, 10),
        part("role", {"kind": "values", "points": {"educator": 90}, "other": 40}, 60),
    )
    whole = evaluate(definition, {"followers": 6000, "is_virtual": False, "role": 2}, {}, FACTS)
    assert [one.points for one in whole.parts] == [75, 80, 40]
    assert [one.contribution for one in whole.parts] == pytest.approx([22.5, 8, 24])
    assert (whole.value, whole.known) == (pytest.approx(54.5), 1)

    gap = evaluate(definition, {"followers": 6000, "role": 1}, {}, FACTS)
    assert gap.value == pytest.approx((75 * 30 + 90 * 60) / 90)
    assert gap.known == pytest.approx(0.9)
    assert gap.parts[1].points is None


def test_a_gap_may_count_or_take_the_score_away() -> None:
    assumed = defined(
        part("followers", ANCHORS, 1, missing=20),
        part("role", {"kind": "values", "points": {"educator": 90}}),
    )
    found = evaluate(assumed, {"role": 1}, {}, FACTS)
    assert (found.value, found.known) == (pytest.approx(55), 0.5)
    assert found.parts[0].is_assumed

    needed = defined(
        part("followers", ANCHORS, missing="no_score"),
        part("role", {"kind": "values", "points": {"educator": 90}}),
    )
    found = evaluate(needed, {"role": 1}, {}, FACTS)
    assert (found.value, found.reason) == (
        None,
        "Not known, and there is no score without it: followers.",
    )


def test_too_little_known_is_no_score() -> None:
    definition = defined(
        part("followers", ANCHORS, 3),
        part("fee", {"kind": "anchors", "points": [[0, 100], [100, 0]]}, 7),
        least_known=0.5,
    )
    found = evaluate(definition, {"followers": 1000}, {}, FACTS)
    assert (found.value, found.reason) == (
        None,
        "Only 30% of the weight is known; a score takes 50%.",
    )
    assert evaluate(definition, {}, {}, FACTS).reason == "Nothing of it is known."


def test_of_a_set_the_member_that_brings_the_most_counts() -> None:
    definition = defined(
        part("themes", {"kind": "values", "points": {"skincare": 90, "spf": 5}, "other": 20})
    )
    for themes, points in (([11], 90), ([12], 5), ([12, 13], 20), ([12, 11], 90), ([], 20)):
        assert evaluate(definition, {"themes": themes}, {}, FACTS).value == points


def test_a_rank_counts_equal_ones_half_and_falls_back_on_everybody() -> None:
    scale = {"kind": "percentile", "peers": ["stage"]}
    definition = defined(part("followers", scale))
    spread = tuple(float(value) for value in range(101))
    norms = {
        ("followers", ()): Norm(spread, 500),
        ("followers", ("core",)): Norm((5.0,) * 101, FEWEST_PEERS),
        ("followers", ("prospect",)): Norm(spread, FEWEST_PEERS - 1),
    }

    def rank(stage: str | None, followers: float) -> tuple[float | None, object]:
        found = evaluate(definition, {"followers": followers, "stage": stage}, norms, FACTS)
        return found.value, found.parts[0].peers

    assert rank("core", 5) == (50, ("core",))
    assert rank("core", 6) == (100, ("core",))
    assert rank("core", 4) == (0, ("core",))
    assert rank("prospect", 50) == (pytest.approx(50), ())
    assert rank(None, 0) == (pytest.approx(100 * 1 / 202), ())
    lower = defined(part("followers", {**scale, "better": "lower"}))
    assert evaluate(lower, {"followers": 4, "stage": "core"}, norms, FACTS).value == 100


def anchored(*points: list[float]) -> dict[str, object]:
    return {"kind": "anchors", "points": list(points)}


@pytest.mark.parametrize(
    ("component", "pointer", "message"),
    [
        (part("folowers", ANCHORS), "fact", "mean followers"),
        (part("tone", ANCHORS), "fact", "archived"),
        (part("bio", ANCHORS), "scale/kind", "wrong type"),
        (part("followers", ANCHORS, 0), "weight", "leave it out"),
        (part("followers", ANCHORS, float("nan")), "weight", "number"),
        (part("fee", {"kind": "percentile", "peers": ["fee"]}), "scale/peers/0", "choice"),
        (part("followers", anchored([1, 0], [1, 5])), "scale/points/1/0", "in order"),
        (part("followers", anchored([1, 0], [2, 101])), "scale/points/1/1", "0 and 100"),
        (part("role", {"kind": "values", "points": {"x": 4}}), "scale/points/x", "not a value"),
        (part("followers", ANCHORS, missing="zero"), "missing", "leave_out"),
        (part("followers", ANCHORS, wieght=4), "wieght", "no such part"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(
    component: dict[str, object], pointer: str, message: str
) -> None:
    assert message in faults_of({"components": [component]})[f"/components/0/{pointer}"]


def test_a_definition_is_checked_as_a_whole() -> None:
    assert "is an object" in faults_of([])[""]
    assert "at least one" in faults_of({"components": []})["/components"]
    twice = {"components": [part("followers", ANCHORS)] * 2, "least_known": 2}
    assert faults_of(twice) == {
        "/components/1/key": "“followers” is there twice.",
        "/least_known": "It lies between 0 and 1.",
    }


def test_all_faults_are_told_at_once() -> None:
    broken = [part("nobody", ANCHORS), part("followers", {"kind": "curve"}, -1)]
    assert set(faults_of({"components": broken})) == {
        "/components/0/fact",
        "/components/1/weight",
        "/components/1/scale/kind",
    }


NUMBERS = ("followers", "fee", "engagement_rate", "growth")
LISTED = {"role": ("educator", "reviewer", "entertainer"), "stage": ("prospect", "core"),
          "themes": ("skincare", "spf", "how to"), "tags": ("a", "vip", "it's"),
          "is_virtual": ("true", "false")}  # fmt: skip
SHARE = st.integers(0, 100)


@st.composite
def scales(draw: st.DrawFn) -> tuple[str, dict[str, object]]:
    """A fact and a scale for it."""
    if draw(st.booleans()):
        fact = draw(st.sampled_from(sorted(LISTED)))
        points = draw(st.dictionaries(st.sampled_from(LISTED[fact]), SHARE, min_size=1))
        return fact, {"kind": "values", "points": points, "other": draw(SHARE)}
    fact = draw(st.sampled_from(NUMBERS))
    if draw(st.booleans()):
        peers = draw(
            st.lists(st.sampled_from(["role", "stage", "is_virtual"]), max_size=2, unique=True)
        )
        better = draw(st.sampled_from(["higher", "lower"]))
        return fact, {"kind": "percentile", "peers": peers, "better": better}
    values = draw(st.lists(st.floats(-2, 5_000), min_size=2, max_size=5, unique=True))
    return fact, {"kind": "anchors", "points": [[value, draw(SHARE)] for value in sorted(values)]}


@st.composite
def definitions(draw: st.DrawFn) -> dict[str, object]:
    components = []
    for nth in range(draw(st.integers(1, 5))):
        fact, scale = draw(scales())
        missing = draw(st.sampled_from(["leave_out", "leave_out", "no_score", 0, 30]))
        weight = draw(st.floats(0.5, 50))
        components.append(part(fact, scale, weight, key=f"c{nth}", missing=missing))
    return {"components": components, "least_known": draw(st.sampled_from([0, 0.4, 0.8]))}


@pytest.mark.django_db
@settings(max_examples=120, deadline=None, derandomize=True)
@given(st.integers(0, 2**32), definitions())
def test_the_sql_scores_as_the_reference_does(seed: int, stored: dict[str, object]) -> None:
    definition = read_definition(stored, FACTS)
    people = make_rows(seed, 90)
    found, norms = in_database(definition, people)
    for number, row in enumerate(people):
        expected = evaluate(definition, row, norms, FACTS)
        if expected.value is None:
            assert number not in found, (row, expected.reason)
            continue
        score, known, points = found[number]
        assert score == pytest.approx(expected.value, abs=1e-4), row
        assert known == pytest.approx(expected.known)
        told = [None if one.is_assumed else one.points for one in expected.parts]
        assert points == [None if one is None else pytest.approx(one, abs=1e-3) for one in told]


def in_database(definition: Definition, people: list[dict[str, object]]):
    """What PostgreSQL finds: {number of the row: (score, known, points)}, and the norms."""
    columns = ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS sample_facts, sample_norms")
        cursor.execute(
            f"CREATE TEMP TABLE sample_facts (creator_id int, known_since timestamptz, {columns})"
        )
        cursor.executemany(
            f"INSERT INTO sample_facts VALUES (%s, now(), {', '.join(['%s'] * len(COLUMNS))})",  # noqa: S608
            [
                [
                    number,
                    *(
                        json.dumps(row[name]) if isinstance(row[name], dict) else row[name]
                        for name in COLUMNS
                    ),
                ]
                for number, row in enumerate(people)
            ],
        )
        cursor.execute(
            "CREATE TEMP TABLE sample_norms (component text, peers text[], points float8[], "
            "mirrored float8[], creators bigint)"
        )
        query = norms_query(definition, FACTS, rows="sample_facts f")
        if query is not None:
            cursor.execute(f"INSERT INTO sample_norms {query}")
        cursor.execute("SELECT component, peers, points, creators FROM sample_norms")
        norms = {
            (key, tuple(peers)): Norm(tuple(points), n)
            for key, peers, points, n in cursor.fetchall()
        }
        cursor.execute(
            compile_scores(definition, FACTS, rows="sample_facts f", norms="sample_norms")
        )
        return {row[0]: row[1:] for row in cursor.fetchall()}, norms


@pytest.mark.django_db
def test_what_people_typed_is_only_a_value() -> None:
    facts = Catalogue([Fact(key="tags", label="Tags", type=FactType.SET, sql="f.tags")])
    nasty = "'); DROP TABLE crm_creator; --"
    definition = read_definition(
        {"components": [part("tags", {"kind": "values", "points": {nasty: 70}})]}, facts
    )
    row = dict.fromkeys(COLUMNS) | {"tags": [nasty]}
    found, _ = in_database(definition, [row])
    assert found[0][0] == 70


def test_percentiles_are_told() -> None:
    scale = {"kind": "percentile", "peers": ["stage"], "better": "lower"}
    definition = defined(part("followers", scale), part("fee", ANCHORS))
    assert [(one.key, how) for one, how in percentiles(definition)] == [
        ("followers", Percentile(("stage",), is_lower_better=True))
    ]
    assert definition.facts == ["followers", "fee", "stage"]


def test_a_ranking_by_one_component_does_not_move_and_one_by_opposites_does() -> None:
    points = np.column_stack([np.linspace(100, 0, 200), np.full(200, 50.0)])
    still = rank_stability(points, np.array([1.0, 1.0]))
    assert (still["overlap"], still["steady"], still["top"]) == (1.0, 50, 50)

    chance = np.random.default_rng(5)
    apart = chance.uniform(0, 100, size=(400, 2))
    order = np.argsort(-apart.mean(axis=1))
    moved = rank_stability(apart[order], np.array([1.0, 1.0]))
    assert 0.7 < moved["overlap"] < 0.98
    assert moved["low"] < moved["overlap"] < moved["high"] + 0.01
    assert moved == rank_stability(apart[order], np.array([1.0, 1.0]))
