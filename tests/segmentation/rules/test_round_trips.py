"""JSON, text and tree are one rule in three forms: nothing is lost between them."""

import json

from hypothesis import given, settings

from segmentation.rules import tree
from segmentation.rules.json_form import dump, load
from segmentation.rules.text import parse, print_rule
from segmentation.rules.validate import validate
from tests.segmentation.rules.sample import CATALOGUE
from tests.segmentation.rules.strategies import any_rules, valid_rules

STEADY = settings(max_examples=300, deadline=None, derandomize=True)


@STEADY
@given(any_rules)
def test_json_reads_back_as_the_same_tree(rule: tree.Node) -> None:
    form = dump(rule)
    assert repr(load(json.loads(json.dumps(form)))) == repr(rule)


@STEADY
@given(any_rules)
def test_text_reads_back_as_the_same_tree(rule: tree.Node) -> None:
    assert repr(parse(print_rule(rule))) == repr(rule)


@STEADY
@given(valid_rules)
def test_text_with_percentages_reads_back_as_the_same_tree(rule: tree.Node) -> None:
    assert parse(print_rule(rule, CATALOGUE)) == rule


@STEADY
@given(any_rules)
def test_validation_reports_and_never_fails(rule: tree.Node) -> None:
    report = validate(rule, CATALOGUE)
    assert all(error.message for error in report.errors)
