"""What is refused before anything is saved: everything at once, each with its own code."""

import pytest

from segmentation.rules.errors import RuleInvalid
from segmentation.rules.facts import Catalogue, Fact, FactType, closest
from segmentation.rules.text import parse
from segmentation.rules.tree import All, Any, Comparison, Node, Not, Op
from segmentation.rules.validate import validate
from tests.segmentation.rules.sample import CATALOGUE

HINT = "Shares are fractions: 2.5% is written 2.5% or 0.025."
LEAF = Comparison("followers", Op.GE, 1)


def errors_of(rule: str | Node) -> list[tuple[str, str]]:
    node = parse(rule) if isinstance(rule, str) else rule
    return [(error.pointer, error.code) for error in validate(node, CATALOGUE).errors]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("follower > 5", [("/fact", "unknown_fact")]),
        ("followers is educator", [("/op", "wrong_operator")]),
        ("role > 5", [("/op", "wrong_operator")]),
        ("themes is educator", [("/op", "wrong_operator")]),
        ("last_post_at > 5", [("/op", "wrong_operator")]),
        ("bio any of (a)", [("/op", "wrong_operator")]),
        ("followers is empty", [("/op", "wrong_operator")]),
        ("followers >= 10%", [("/value", "wrong_type")]),
        (
            "followers between 1 and 10%",
            [("/value/1", "wrong_type"), ("/value", "impossible_range")],
        ),
        ("bio is true", [("/value", "wrong_type")]),
        ("role is true", [("/value", "wrong_type")]),
        ("is_virtual is yes", [("/value", "wrong_type")]),
        ("joined_on in (a, b)", [("/value", "wrong_type")]),
        ("role in last quarter", [("/value", "wrong_type")]),
        ("bio in last quarter", [("/value", "wrong_type")]),
        ("followers[DK] > 5", [("/key", "wrong_key")]),
        ("audience_country > 5%", [("", "missing_key")]),
        ("audience_country[XX] > 5%", [("/key", "unknown_value")]),
        ("audience_country is known", []),
        ("followers between 7 and 5", [("/value", "impossible_range")]),
        ("followers between 5 and 5", []),
        ("followers > -1", [("/value", "impossible_value")]),
        ("engagement_rate >= 2.5", [("/value", "impossible_value")]),
        ("engagement_rate between 0.1 and 25", [("/value/1", "impossible_value")]),
        ("growth >= 250%", []),
        ("audience_country[DK] >= 120%", [("/value", "impossible_value")]),
        ("role is teacher", [("/value", "unknown_value")]),
        ("role in (educator, teacher)", [("/value/1", "unknown_value")]),
        ("stage is advocate", [("/value", "unknown_value")]),
        ("themes all of (skincare, cars)", [("/value/1", "unknown_value")]),
        ("language is klingon", []),
        ("tags any of (anything)", []),
        ("all()", [("", "empty_group")]),
        ("followers > 1 and any()", [("/all/1", "empty_group")]),
        # Conditions of one group that no creator meets together.
        ("followers >= 100 and followers < 50", [("/all/1", "impossible_range")]),
        ("followers > 5 and followers <= 5", [("/all/1", "impossible_range")]),
        ("followers >= 5 and followers <= 5", []),
        ("followers = 5 and followers between 6 and 7", [("/all/1", "impossible_range")]),
        (
            "followers < 5 and followers <= 5 and followers >= 5",
            [("/all/2", "impossible_range")],
        ),
        ("followers >= 100 or followers < 50", []),
        ("role is educator and role in (reviewer)", [("/all/1", "impossible_range")]),
        ("role in (educator, reviewer) and role is reviewer", []),
        ("bio contains a and bio contains b", []),
        ("audience_country[DK] > 50% and audience_country[SE] < 50%", []),
        # All of it at once.
        (
            "follower > 5 and (role is teacher or not followers >= 10%)",
            [
                ("/all/0/fact", "unknown_fact"),
                ("/all/1/any/0/value", "unknown_value"),
                ("/all/1/any/1/not/value", "wrong_type"),
            ],
        ),
    ],
)
def test_refused(text: str, expected: list[tuple[str, str]]) -> None:
    assert errors_of(text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("folowers > 5", 'There is no fact "folowers". Did you mean followers?'),
        ("zzz > 5", 'There is no fact "zzz".'),
        ("role is Educators", 'role has no value "Educators". Did you mean educator?'),
        (
            "engagement_rate >= 2.5",
            (
                "engagement_rate is between 0 and 1, never 2.5. Shares are fractions: 2.5% is "
                "written 2.5% or 0.025."
            ),
        ),
        ("followers > -1", "followers is at least 0, never -1."),
        (
            "role > 5",
            '">" does not fit a choice; role takes is, is not, in, is known, is unknown.',
        ),
        (
            "followers between 7_000 and 5_000",
            "Nothing lies between 7,000 and 5,000: the lower number comes first.",
        ),
    ],
)
def test_in_words_for_the_user(text: str, message: str) -> None:
    [error] = validate(parse(text), CATALOGUE).errors
    assert error.message == message


def nested(depth: int) -> Node:
    node: Node = LEAF
    for _ in range(depth - 1):
        node = Not(node)
    return node


def test_limits() -> None:
    assert errors_of(nested(8)) == []
    assert errors_of(nested(9)) == [("/not" * 8, "too_deep")]
    assert errors_of(nested(51)) == [("/not" * 50, "too_deep")]
    assert errors_of(Any((LEAF,) * 199)) == []
    assert errors_of(Any((LEAF,) * 200)) == [("", "too_many_nodes")]
    tags = tuple(f"t{number}" for number in range(501))
    assert errors_of(Comparison("tags", Op.ANY_OF, tags[:500])) == []
    assert errors_of(Comparison("tags", Op.ANY_OF, tags)) == [("/value", "too_many_values")]
    assert errors_of(Comparison("tags", Op.ALL_OF, ())) == [("/value", "empty_list")]


def test_a_tree_built_in_code_obeys_the_same_shape() -> None:
    assert errors_of(Comparison("followers", Op.GE, "10")) == [("/value", "wrong_value")]
    assert errors_of(All((Comparison("followers", Op.BETWEEN, 5),))) == [
        ("/all/0/value", "wrong_value")
    ]


def test_require_raises_with_everything() -> None:
    with pytest.raises(RuleInvalid) as caught:
        validate(parse("a > 1 and b > 1"), CATALOGUE).require()
    assert [error.pointer for error in caught.value.errors] == ["/all/0/fact", "/all/1/fact"]
    validate(LEAF, CATALOGUE).require()


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("followers > 5", ["follower_count_only"]),
        ("followers between 5 and 9 or not followers is known", ["follower_count_only"]),
        ("followers > 5 and engagement_rate > 1%", []),
        ("engagement_rate > 1%", []),
    ],
)
def test_warns_of_follower_counts_alone(text: str, codes: list[str]) -> None:
    report = validate(parse(text), CATALOGUE)
    assert report.ok
    assert [warning.code for warning in report.warnings] == codes


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2.5", [("/value", f"2.5 asks for 250%. {HINT}")]),
        ("250%", []),
        ("1.0", []),
    ],
)
def test_warns_of_shares_that_look_like_percentages(
    value: str, expected: list[tuple[str, str]]
) -> None:
    report = validate(parse(f"growth >= {value}"), CATALOGUE)
    assert report.ok
    assert [(warning.pointer, warning.message) for warning in report.warnings] == expected


def test_catalogue_refuses_what_text_could_not_name() -> None:
    for key in ("and", "Has_Capital", "1st", "a-b", "", "x" * 101):
        with pytest.raises(ValueError, match="cannot be the key"):
            Fact(key=key, label="X", type=FactType.NUMBER, sql="f.x")
    fact = Fact(key="a", label="A", type=FactType.NUMBER, sql="f.a")
    with pytest.raises(ValueError, match="two facts have the key 'a'"):
        Catalogue([fact, fact])


def test_closest() -> None:
    assert closest("Skin care", ["skincare", "spf"]) == "skincare"
    assert closest("zzz", ["skincare", "spf"]) is None
