"""What docs/rule-language.md shows can be read, and prints as it is shown."""

import json
import re
from pathlib import Path

import pytest

from segmentation.rules.json_form import dump, load
from segmentation.rules.text import parse, print_rule
from tests.segmentation.rules.sample import CATALOGUE

MANUAL = (Path(__file__).parents[3] / "docs" / "rule-language.md").read_text(encoding="utf-8")
[BLOCK] = re.findall(r"```\n(.*?)\n```", MANUAL, re.DOTALL)
# The last cell of a row of the operators, and every example of what is not evaluated yet.
OPERATORS = re.findall(r"\| `([^`|]+)` \|$", MANUAL.split("### Dates")[0], re.MULTILINE)
NOT_YET = re.findall(r"`([a-z_]+ ?[(>].*?)`", MANUAL.split("not evaluated yet")[1].split("###")[0])
FORMS = [
    line
    for line in re.findall(r"^    (\{.*\})$", MANUAL, re.MULTILINE)
    if "..." not in line and "}      {" not in line
]


def test_the_first_example_prints_as_it_is_shown() -> None:
    assert print_rule(parse(BLOCK), CATALOGUE) == BLOCK


@pytest.mark.parametrize("example", [*OPERATORS, *NOT_YET])
def test_examples_can_be_read(example: str) -> None:
    rule = parse(example)
    assert parse(print_rule(rule)) == rule


@pytest.mark.parametrize("form", FORMS)
def test_json_examples_are_the_stored_form(form: str) -> None:
    assert dump(load(json.loads(form))) == json.loads(form)


def test_the_examples_were_found() -> None:
    assert (len(OPERATORS), len(NOT_YET), len(FORMS)) == (9, 7, 11)
