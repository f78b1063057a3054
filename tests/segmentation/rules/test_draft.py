"""A rule while it is being written: forms with lines of text, and everything wrong at once."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings

from segmentation.rules import text
from segmentation.rules.draft import draft_of_form, draft_of_text
from segmentation.rules.json_form import dump
from tests.segmentation.rules.sample import CATALOGUE
from tests.segmentation.rules.strategies import any_rules

BIG = {"fact": "followers", "op": ">=", "value": 10_000}


def faults(draft) -> list[tuple[str, str]]:
    return [(error.pointer, error.code) for error in draft.errors]


def test_both_notations_words_and_each_leaf_as_text():
    draft = draft_of_form({"all": [BIG, {"not": {"fact": "bio", "op": "is known"}}]}, CATALOGUE)
    assert draft.ok
    shown = draft.to_dict(CATALOGUE)
    assert shown["text"] == "followers >= 10_000\nand not bio is known"
    assert shown["words"] == "Followers at least 10,000, and bio not known."
    assert shown["form"] == {"all": [BIG, {"not": {"fact": "bio", "op": "is known"}}]}
    assert shown["lines"] == {"/all/0": "followers >= 10_000", "/all/1/not": "bio is known"}
    assert (shown["errors"], shown["warnings"]) == ([], [])


def test_a_line_of_text_stands_for_a_condition_or_a_group():
    form = {"all": [BIG, {"not": {"text": "bio is known or fee > 5"}}, {"text": "fee is known"}]}
    draft = draft_of_form(form, CATALOGUE)
    expected = text.parse("followers >= 10_000 and not (bio is known or fee > 5) and fee is known")
    assert draft.tree == expected


def test_everything_wrong_is_told_with_its_place():
    form = {
        "all": [
            {"fact": "followers", "op": ">="},
            {"text": "followers >="},
            {"any": []},
            {"text": ""},
        ]
    }
    draft = draft_of_form(form, CATALOGUE)
    assert draft.tree is None
    assert faults(draft) == [
        ("/all/1", "syntax"),
        ("/all/3", "syntax"),
        ("/all/0", "missing_member"),
    ]
    line = draft.errors[0].position
    assert (line.line, line.column, line.offset) == (1, 13, 12)
    shown = draft.to_dict(CATALOGUE)
    assert (shown["form"], shown["text"], shown["words"], shown["lines"]) == (None, None, None, {})
    assert len(shown["errors"]) == 3


def test_a_rule_that_reads_well_is_checked_with_places_in_both_notations():
    form = {"all": [BIG, {"text": "folowers > 5"}]}
    draft = draft_of_form(form, CATALOGUE)
    assert not draft.ok
    [error] = draft.errors
    assert (error.pointer, error.code) == ("/all/1/fact", "unknown_fact")
    # The place in the text that the form is printed as.
    assert (error.position.line, error.position.column) == (2, 5)
    assert draft.to_dict(CATALOGUE)["text"] == "followers >= 10_000\nand folowers > 5"


def test_text_keeps_its_own_places():
    draft = draft_of_text("followers >= 5 and\n  folowers > 5", CATALOGUE)
    [error] = draft.errors
    assert (error.pointer, error.position.line, error.position.column) == ("/all/1/fact", 2, 3)
    assert draft_of_text("followers >=", CATALOGUE).tree is None


def test_advice_is_no_error():
    draft = draft_of_text("followers >= 10_000", CATALOGUE)
    assert draft.ok
    assert [warning.code for warning in draft.warnings] == ["follower_count_only"]


def test_what_is_no_rule_at_all_is_refused_in_words():
    for form in (None, 5, "x", [], {}, {"text": None}, {"all": "x"}, {"text": "a", "all": []}):
        draft = draft_of_form(form, CATALOGUE)
        assert draft.tree is None
        assert draft.errors


def test_nesting_without_end_is_refused():
    form: object = {"text": "bio is known"}
    for _ in range(400):
        form = {"not": form}
    assert draft_of_form(form, CATALOGUE).tree is None


# A busy machine is no fault of the strategy.
@settings(
    max_examples=100,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(any_rules)
def test_any_rule_as_one_line_reads_back_as_itself(rule):
    line = {"text": text.print_rule(rule, CATALOGUE)}
    assert draft_of_form(line, CATALOGUE).tree == rule
    assert draft_of_form(dump(rule), CATALOGUE).tree == rule
