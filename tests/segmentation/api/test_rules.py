"""Rules over REST: both notations, errors with their place, previews that write nothing."""

from __future__ import annotations

import pytest
from django.db import connection

from segmentation.api import rules
from segmentation.choices import SegmentStatus
from segmentation.models import CreatorFacts, Membership, Run, Segment, SegmentVersion
from tests.rest import assert_problem

TEXT = "followers between 10_000 and 99_999\nand engagement_rate >= 2.5%"


def post(rest, action, body):
    return rest.send("POST", f"rules:{action}", body)


def test_text_becomes_json_and_back(plain):
    answer = post(plain, "validate", {"rule_text": TEXT})
    assert answer.status_code == 200
    body = answer.json()
    assert body["rule_json"] == {
        "all": [
            {"fact": "followers", "op": "between", "value": [10000, 99999]},
            {"fact": "engagement_rate", "op": ">=", "value": 0.025},
        ]
    }
    assert body["rule_text"] == TEXT
    assert body["warnings"] == []
    again = post(plain, "validate", {"rule_json": body["rule_json"]})
    assert again.json() == body


def test_advice_is_given(plain):
    body = post(plain, "validate", {"rule_text": "followers >= 10"}).json()
    assert [warning["code"] for warning in body["warnings"]] == ["follower_count_only"]


def test_an_error_in_text_has_a_position(plain):
    answer = post(plain, "validate", {"rule_text": "country is DK\nand folowers > 5"})
    body = assert_problem(answer, 422, "unknown_fact")
    [error] = body["errors"]
    assert error["pointer"] == "/rule_text"
    assert error["in_rule"].startswith("/all/1")
    assert (error["position"]["line"], error["position"]["column"]) == (2, 5)
    assert "followers" in error["message"]


def test_an_error_in_json_has_a_pointer(plain):
    rule = {"any": [{"fact": "folowers", "op": ">", "value": 5}, {"fact": "country"}]}
    body = post(plain, "validate", {"rule_json": rule}).json()
    assert body["status"] == 422
    assert all(error["pointer"].startswith("/rule_json/any/") for error in body["errors"])


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "one_notation"),
        ({"rule_text": "followers > 1", "rule_json": {}}, "one_notation"),
        ({"rule_text": 5, "ruletext": 1}, "unknown_member"),
        ([], "invalid"),
        ("followers > 1", "invalid"),
        ({"rule_text": ""}, "blank"),
        ({"rule_text": "a\u0000b > 1"}, "null_characters_not_allowed"),
        ({"rule_text": None}, "null"),
        ({"rule_json": None}, "null"),
    ],
)
def test_a_body_that_cannot_be_used(plain, body, code):
    assert code in {
        error["code"] for error in assert_problem(post(plain, "validate", body), 400)["errors"]
    }


@pytest.mark.parametrize(
    ("words", "code", "in_rule", "message"),
    [
        (
            "sum(likes_ of posts, last 90 days) > 5",
            "unknown_field",
            "/of",
            'Posts have no field "likes_". Did you mean likes?',
        ),
        (
            "sum(kind of posts, last 90 days) > 5",
            "wrong_function",
            "/of",
            '"sum" does not fit',
        ),
        (
            "followers >= p75(engagement_rate)",
            "wrong_norm",
            "/norm/by/0",
            "peers are equal in a choice",
        ),
        (
            "sum(likes of posts, last 90 days) >= p75(tier)",
            "wrong_norm",
            "/norm",
            "What related records add up to has no norm: compare with a number.",
        ),
        (
            'count(posts where segment("x"), last 90 days) >= 1',
            "wrong_place",
            "/where",
            'A segment has no place in "where", which reads the fields of posts only.',
        ),
    ],
)
def test_what_does_not_fit_is_refused_by_name_and_place(plain, words, code, in_rule, message):
    body = assert_problem(post(plain, "validate", {"rule_text": words}), 422)
    [error] = body["errors"]
    assert (error["code"], error["pointer"], error["in_rule"]) == (code, "/rule_text", in_rule)
    assert message in error["message"]
    assert error["position"]["line"] == 1


@pytest.mark.parametrize(
    "rule", [5, "x", [], {}, {"all": []}, {"fact": "followers", "op": "=", "value": "\u0000"}]
)
def test_a_rule_that_is_none(plain, rule):
    assert_problem(post(plain, "validate", {"rule_json": rule}), 422)


def test_preview_counts_and_writes_nothing(rest, brand):
    rows = CreatorFacts.objects.filter(brand=brand)
    known = [
        followers for followers in rows.values_list("followers", flat=True) if followers is not None
    ]
    tables = (Run, Segment, SegmentVersion, Membership)
    before = [list(table.objects.order_by("pk").values()) for table in tables]
    body = post(rest, "preview", {"rule_text": "followers >= 10_000"}).json()
    assert body["population"] == rows.count()
    assert body["count"] == sum(followers >= 10_000 for followers in known)
    assert body["unknown"] == rows.count() - len(known) > 0
    assert (body["joined"], body["left"]) == (None, None)
    sampled = [one["followers"] for one in body["sample"]]
    assert sampled == sorted((f for f in known if f >= 10_000), reverse=True)[:20]
    assert [list(table.objects.order_by("pk").values()) for table in tables] == before


def test_preview_against_a_segment(rest, brand):
    segment = (
        Segment.objects.filter(brand=brand, status=SegmentStatus.ACTIVE)
        .filter(dimension__key="size_glossary_6", members_count__gt=0)
        .order_by("key")
        .first()
    )
    members = set(
        Membership.objects.filter(segment=segment, left_at=None).values_list("creator", flat=True)
    )
    wanted = set(
        CreatorFacts.objects.filter(brand=brand, followers__gte=2_000).values_list(
            "creator", flat=True
        )
    )
    body = post(rest, "preview", {"rule_text": "followers >= 2000", "segment": segment.key}).json()
    assert body["joined"] == len(wanted - members)
    assert body["left"] == len(members - wanted)


def test_a_preview_that_takes_too_long_is_refused_in_words(plain, monkeypatch):
    def slow(**_rest):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(5)")

    monkeypatch.setattr(rules, "LONGEST_SECONDS", 0.01)
    monkeypatch.setattr(rules, "preview_rule", slow)
    answer = post(plain, "preview", {"rule_text": "followers > 1"})
    [error] = assert_problem(answer, 409)["errors"]
    assert (error["code"], error["message"]) == ("took_too_long", rules.TOO_LONG)


def test_preview_of_an_unknown_segment(plain):
    answer = post(plain, "preview", {"rule_text": "followers > 1", "segment": "nope"})
    assert_problem(answer, 400, "unknown_segment")


def test_rules_take_no_other_method(plain):
    assert_problem(plain.get("rules:validate"), 405)
