"""The stored form: what is read, and each thing that is refused, with the pointer to it."""

import pytest

from segmentation.rules.errors import RuleInvalid
from segmentation.rules.json_form import dump, load
from segmentation.rules.tree import (
    Aggregate,
    All,
    Any,
    Comparison,
    Function,
    Norm,
    Not,
    Op,
    Period,
    SegmentRef,
    Span,
    StageFor,
    Unit,
)

AGGREGATE = {
    "count": "engagements",
    "where": {"fact": "outcome", "op": "is", "value": "completed"},
    "within": {"last": 2, "unit": "quarter"},
    "op": ">=",
    "value": 3,
}


@pytest.mark.parametrize(
    ("form", "node"),
    [
        (
            {"fact": "followers", "op": ">=", "value": 10000},
            Comparison("followers", Op.GE, 10000),
        ),
        (
            {"fact": "themes", "op": "any of", "value": ["skincare", "spf"]},
            Comparison("themes", Op.ANY_OF, ("skincare", "spf")),
        ),
        (
            {"fact": "audience_country", "key": "DK", "op": ">=", "value": 0.25},
            Comparison("audience_country", Op.GE, 0.25, "DK"),
        ),
        (
            {
                "fact": "engagement_rate",
                "op": ">=",
                "norm": {"percentile": 75, "by": ["platform", "tier"]},
            },
            Comparison("engagement_rate", Op.GE, Norm(75, ("platform", "tier"))),
        ),
        (
            {"fact": "last_post_at", "op": "within", "value": {"last": 90, "unit": "day"}},
            Comparison("last_post_at", Op.WITHIN, Span(90, Unit.DAY)),
        ),
        (
            {"fact": "joined_at", "op": "in", "value": {"quarter": -1, "calendar": "fiscal"}},
            Comparison("joined_at", Op.IN, Period(Unit.QUARTER, -1, fiscal=True)),
        ),
        ({"fact": "bio", "op": "is known"}, Comparison("bio", Op.IS_KNOWN)),
        (
            AGGREGATE,
            Aggregate(
                Function.COUNT,
                "engagements",
                Op.GE,
                3,
                where=Comparison("outcome", Op.IS, "completed"),
                within=Span(2, Unit.QUARTER),
            ),
        ),
        (
            {"sum": "engagements", "of": "revenue", "op": ">", "value": 1.5},
            Aggregate(Function.SUM, "engagements", Op.GT, 1.5, field="revenue"),
        ),
        (
            {"stage": "core", "for": {"at least": 30, "unit": "day"}},
            StageFor("core", at_least=Span(30, Unit.DAY)),
        ),
        (
            {"stage": "core", "entered": {"quarter": 0}},
            StageFor("core", entered=Period(Unit.QUARTER, 0)),
        ),
        ({"segment": "risk-high"}, SegmentRef("risk-high")),
        (
            {"segment": "core", "was": {"quarter": -1}},
            SegmentRef("core", Period(Unit.QUARTER, -1)),
        ),
        (
            {"all": [{"any": [{"not": {"segment": "a"}}]}, {"all": []}]},
            All((Any((Not(SegmentRef("a")),)), All(()))),
        ),
    ],
)
def test_the_language_has_its_place(form: dict[str, object], node: object) -> None:
    assert load(form) == node
    assert dump(load(form)) == form


def errors_of(form: object) -> list[tuple[str, str]]:
    with pytest.raises(RuleInvalid) as caught:
        load(form)
    return [(error.pointer, error.code) for error in caught.value.errors]


def leaf(**more: object) -> dict[str, object]:
    return {"fact": "followers", "op": ">=", "value": 1, **more}


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        (None, [("", "wrong_shape")]),
        ([], [("", "wrong_shape")]),
        ({}, [("", "wrong_shape")]),
        ({"all": [], "any": []}, [("", "wrong_shape")]),
        ({"all": {}}, [("/all", "wrong_shape")]),
        ({"all": "abc"}, [("/all", "wrong_shape")]),
        ({"not": [leaf()]}, [("/not", "wrong_shape")]),
        ({"all": [leaf()], "name": "x"}, [("/name", "unknown_member")]),
        (leaf(vaule=2), [("/vaule", "unknown_member")]),
        ({"fact": "a"}, [("", "missing_member")]),
        ({"fact": "a", "op": ">="}, [("", "missing_member")]),
        (leaf(op="=>"), [("/op", "unknown_operator")]),
        (leaf(fact=5), [("/fact", "wrong_value")]),
        (leaf(fact="Has Space"), [("/fact", "bad_key")]),
        (leaf(fact="and"), [("/fact", "bad_key")]),
        (leaf(value="10"), [("/value", "wrong_value")]),
        (leaf(value=True), [("/value", "wrong_value")]),
        (leaf(value=None), [("/value", "wrong_value")]),
        (leaf(value=float("nan")), [("/value", "wrong_value")]),
        (leaf(value=float("inf")), [("/value", "wrong_value")]),
        (leaf(value=10**400), [("/value", "wrong_value")]),
        (leaf(value=2**53), [("/value", "wrong_value")]),
        (leaf(op="between", value=[1]), [("/value", "wrong_value")]),
        (leaf(op="between", value=[1, "x"]), [("/value/1", "wrong_value")]),
        (leaf(op="is", value=""), [("/value", "wrong_value")]),
        (leaf(op="is", value=5), [("/value", "wrong_value")]),
        (leaf(op="is", value="x" * 501), [("/value", "wrong_value")]),
        (leaf(op="is", value="a\0b"), [("/value", "wrong_value")]),
        (leaf(op="is", value="\ud800"), [("/value", "wrong_value")]),
        (leaf(op="contains", value=True), [("/value", "wrong_value")]),
        (leaf(op="any of", value="spf"), [("/value", "wrong_value")]),
        (leaf(op="any of", value=["spf", 5]), [("/value/1", "wrong_value")]),
        (leaf(op="is known"), [("/value", "unknown_member")]),
        (leaf(op="within", value="90 days"), [("/value", "wrong_value")]),
        (leaf(op="within", value={"last": 0, "unit": "day"}), [("/value/last", "wrong_value")]),
        (leaf(op="within", value={"last": 1.5, "unit": "day"}), [("/value/last", "wrong_value")]),
        (leaf(op="within", value={"last": 1, "unit": "days"}), [("/value/unit", "wrong_value")]),
        (leaf(op="within", value={"last": 9, "unit": []}), [("/value/unit", "wrong_value")]),
        (leaf(op="within", value={"last": 101, "unit": "year"}), [("/value/last", "wrong_value")]),
        (leaf(op="in", value={"quarter": -1, "year": 0}), [("/value", "wrong_value")]),
        (leaf(op="in", value={"quarter": True}), [("/value/quarter", "wrong_value")]),
        (leaf(op="in", value={"year": -9999}), [("/value/year", "wrong_value")]),
        (
            leaf(op="in", value={"month": 0, "calendar": "fiscal"}),
            [("/value/calendar", "wrong_value")],
        ),
        (
            leaf(op="in", value={"year": 0, "calendar": "lunar"}),
            [("/value/calendar", "wrong_value")],
        ),
        (
            {"fact": "a", "op": ">=", "norm": {"percentile": 100, "by": []}},
            [("/norm/percentile", "wrong_value"), ("/norm/by", "wrong_value")],
        ),
        (leaf(norm={"percentile": 75, "by": ["tier"]}), [("/value", "wrong_shape")]),
        ({**AGGREGATE, "of": "revenue"}, [("/of", "unknown_member")]),
        ({"avg": "posts", "op": ">", "value": 1}, [("", "missing_member")]),
        ({"stage": "core"}, [("", "missing_member")]),
        ({"segment": "a", "was": {"last": 1, "unit": "day"}}, [("/was", "wrong_value")]),
        (
            {"all": [leaf(op="?"), {"any": [leaf(), leaf(value="x")]}, {"a/b~": 1}]},
            [
                ("/all/0/op", "unknown_operator"),
                ("/all/1/any/1/value", "wrong_value"),
                ("/all/2", "wrong_shape"),
            ],
        ),
        ({"segment": "a", "x/y~z": 1}, [("/x~1y~0z", "unknown_member")]),
    ],
)
def test_refused_with_the_pointer(form: object, expected: list[tuple[str, str]]) -> None:
    assert errors_of(form) == expected


def test_an_operator_close_by_is_suggested() -> None:
    with pytest.raises(RuleInvalid, match=r'no operator "start with"\. Did you mean starts with'):
        load(leaf(op="start with", value="a"))


def test_endless_nesting_is_refused_and_does_not_exhaust_the_stack() -> None:
    form: dict[str, object] = leaf()
    for _ in range(100_000):
        form = {"not": form}
    assert errors_of(form) == [("/not" * 50, "too_deep")]
    while "not" in form:  # taken apart step by step: freeing it at once would recurse
        form = form["not"]
