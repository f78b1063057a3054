"""What would bring a creator in: the fewest changes, and only such that really do."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segmentation.rules import tree
from segmentation.rules.change import smallest_change
from segmentation.rules.errors import RuleInvalid
from segmentation.rules.evaluate import truth
from segmentation.rules.text import parse
from tests.segmentation.rules.sample import AS_OF, CATALOGUE, COPENHAGEN
from tests.segmentation.rules.strategies import make_rows, valid_rules


def sentences(text: str, **values: object) -> list[str] | None:
    found = smallest_change(parse(text), values, CATALOGUE, AS_OF, COPENHAGEN)
    return None if found is None else [change.sentence for change in found]


@pytest.mark.parametrize(
    ("text", "values", "expected"),
    [
        ("followers > 5", {"followers": 6}, []),
        ("followers >= 10_000", {"followers": 8_200}, ["followers from 8,200 to at least 10,000"]),
        ("followers >= 10_000", {}, ["followers from not known to at least 10,000"]),
        ("not fee >= 5", {"fee": 6}, ["fee from 6 USD to less than 5 USD"]),
        (
            "not followers between 5 and 9",
            {"followers": 6},
            ["followers from 6 to not between 5 and 9"],
        ),
        # Two leaves of one fact are one change, and the one that holds already stays.
        (
            "followers >= 10_000 and followers <= 99_999",
            {"followers": 200_000},
            ["followers from 200,000 to at most 99,999"],
        ),
        # The cheaper branch.
        (
            "(followers >= 10_000 and engagement_rate >= 5%) or role is educator",
            {"followers": 1, "engagement_rate": 0.01, "role": 2},
            ["role from Reviewer to Educator"],
        ),
        (
            "(followers >= 10_000 and engagement_rate >= 5%) or role is educator",
            {"followers": 1, "engagement_rate": 0.06, "role": None},
            ["followers from 1 to at least 10,000"],
        ),
        (
            "followers >= 10_000 and themes any of (skincare, spf) and engagement_rate > 1%",
            {"followers": 1, "themes": [], "engagement_rate": 0.5},
            [
                "followers from 1 to at least 10,000",
                "themes from none to include any of skincare, spf",
            ],
        ),
        # A branch that nobody can fulfil is not advised, though it would be as short.
        (
            "(followers < 5 or followers > 9) and not (followers < 5 or engagement_rate > 1%)",
            {"followers": 3, "engagement_rate": 0.001},
            ["followers from 3 to more than 9 and at least 5"],
        ),
        (
            "last_post_at within last 90 days",
            {},
            ["last post from not known to one in the last 90 days"],
        ),
        ("tags is empty", {"tags": ["b", "a"]}, ["tags from a, b to empty"]),
        ("is_virtual is false", {"is_virtual": True}, ["virtual creator from yes to no"]),
        (
            "audience_country[DK] >= 25%",
            {"audience_country": {"DK": 0.1}},
            ["share of Denmark in audience countries from 10% to at least 25%"],
        ),
        (
            "not themes all of (skincare, spf) and bio contains vegan",
            {"themes": [11, 12], "bio": "Cars"},
            [
                "themes from skincare, spf to not include all of skincare, spf",
                "bio from Cars to one that contains \u201cvegan\u201d",
            ],
        ),
        # Each part could be had, but not both: the rule itself is asked before anything is told.
        ("audience_country is unknown and audience_country[DK] is known", {}, None),
        # Nothing can: the parts contradict each other in a way validation does not see.
        ("followers > 5 and not followers > 5", {"followers": 6}, None),
    ],
)
def test_smallest_change(text: str, values: dict[str, object], expected: list[str] | None) -> None:
    assert sentences(text, **values) == expected


def test_as_the_api_shows_it() -> None:
    [change] = smallest_change(
        parse("followers >= 10_000"), {"followers": 8_200}, CATALOGUE, AS_OF, COPENHAGEN
    )
    assert change.to_dict() == {
        "fact": "followers",
        "key": None,
        "label": "Followers",
        "now": "8,200",
        "wanted": "at least 10,000",
        "sentence": "followers from 8,200 to at least 10,000",
    }


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.integers(0, 2**32), valid_rules)
def test_members_need_no_change_and_others_need_some(seed: int, rule: tree.Node) -> None:
    row = make_rows(seed, 1)[0]
    is_member = truth(rule, row, CATALOGUE, AS_OF, COPENHAGEN) is True
    found = smallest_change_of_valid(rule, row)
    if found is not None:
        assert (found == ()) is is_member
    else:
        assert not is_member


def smallest_change_of_valid(rule: tree.Node, row: dict[str, object]) -> object:
    try:
        return smallest_change(rule, row, CATALOGUE, AS_OF, COPENHAGEN)
    except RuleInvalid:  # a generated group that contradicts itself
        return () if truth(rule, row, CATALOGUE, AS_OF, COPENHAGEN) is True else None
