"""What a new wording changes, in words and in the text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentation.rules import text
from segmentation.rules.difference import Kind, Part, differences, text_pieces
from tests.segmentation.rules.sample import CATALOGUE
from tests.segmentation.rules.strategies import any_rules, valid_rules


def between(before: str, after: str) -> list[tuple[str, str, str]]:
    found = differences(text.parse(before), text.parse(after), CATALOGUE)
    return [(one.kind.value, one.before, one.after) for one in found]


def test_another_threshold_is_one_change():
    assert between(
        "followers >= 1000 and language is da", "followers >= 2000 and language is da"
    ) == [("changed", "Followers at least 1,000", "followers at least 2,000")]


def test_what_came_and_what_went():
    assert between("followers >= 1000 and language is da", "language is da and fee >= 3") == [
        ("removed", "Followers at least 1,000", ""),
        ("added", "", "Fee at least 3 USD"),
    ]


def test_order_means_nothing():
    assert (
        between("followers >= 1000 and language is da", "language is da and followers >= 1000")
        == []
    )


def test_all_into_any_is_said():
    [found] = differences(
        text.parse("followers >= 1000 and language is da"),
        text.parse("followers >= 1000 or language is da"),
        CATALOGUE,
    )
    assert found.words == "Of these conditions all of them must hold becomes one of them is enough"


def test_inside_a_group_only_the_condition_is_named():
    before = "followers >= 1000 and (language is da or language is sv or fee >= 3)"
    after = "followers >= 1000 and (language is da or language is sv or fee >= 5)"
    assert [(kind, new) for kind, _, new in between(before, after)] == [
        ("changed", "fee at least 5 USD")
    ]


def test_a_first_version_adds_everything():
    found = differences(None, text.parse("followers >= 1000 and language is da"), CATALOGUE)
    assert [one.words for one in found] == [
        "Now also: Followers at least 1,000",
        "Now also: Language is da",
    ]


@given(valid_rules)
def test_a_rule_does_not_differ_from_itself(rule):
    assert differences(rule, rule, CATALOGUE) == []
    assert all(one.kind is Kind.ADDED for one in differences(None, rule, CATALOGUE))


@given(any_rules, any_rules)
def test_any_two_rules_can_be_compared(before, after):
    assert all(one.words for one in differences(before, after, CATALOGUE))


@given(st.text(" ab\n", max_size=30), st.text(" ab\n", max_size=30))
def test_the_pieces_hold_both_texts(before, after):
    pieces = text_pieces(before, after)
    assert "".join(one.text for one in pieces if one.part is not Part.NEW) == before
    assert "".join(one.text for one in pieces if one.part is not Part.GONE) == after


@pytest.mark.parametrize("same", ["", "followers >= 1"])
def test_the_same_text_has_no_other_pieces(same):
    assert all(one.part is Part.SAME for one in text_pieces(same, same))
