"""What docs/rule-language.md shows can be read, runs, and prints as it is shown."""

import json
import os
import re
from pathlib import Path

import pytest

from crm.models import CustomField
from segmentation.facts.catalogue import catalogue
from segmentation.rules.facts import Catalogue
from segmentation.rules.json_form import dump, load
from segmentation.rules.references import SegmentLink
from segmentation.rules.text import parse, print_rule
from segmentation.rules.validate import validate
from segmentation.services.preview import preview_rule
from tests.factories import NOW
from tests.segmentation.building import populate

PATH = Path(__file__).parents[3] / "docs" / "rule-language.md"
MANUAL = PATH.read_text(encoding="utf-8")
[BLOCK] = re.findall(r"```\n(.*?)\n```", MANUAL, re.DOTALL)
# The last cell of a row of the operators, and the first of the tables on what lies beyond facts.
OPERATORS = re.findall(r"\| `([^`|]+)` \|$", MANUAL.split("### Dates")[0], re.MULTILINE)
# What is written after a fact that is a moment.
WINDOWS = [
    f"last_post_at {window}"
    for row in re.findall(
        r"^\| (`(?:within|older|in) .*?) \|", MANUAL.split("### Dates")[1], re.MULTILINE
    )
    for window in re.findall(r"`((?:within|older|in) [^`]+)`", row)
]
BEYOND = MANUAL.split("### Related records")[1].split("### Who stays")[0]
EXAMPLES = [
    BLOCK,
    *OPERATORS,
    *WINDOWS,
    *re.findall(r"^\| `([^`|]+)` \|", BEYOND, re.MULTILINE),
    'profession is "known"',
    "profession is known",
    "not followers >= 5",
    "count(posts where kind is short_video, last 90 days) >= 3",
    "engagement_rate >= p75(primary_platform, tier)",
    "count(stage_changes where stage is core) >= 1",
]
FORMS = [
    line
    for line in re.findall(r"^    (\{.*\})$", MANUAL, re.MULTILINE)
    if "..." not in line and "}      {" not in line
]


@pytest.mark.django_db
def test_every_example_runs(brand) -> None:
    populate(brand, 5)
    facts = catalogue(brand)
    assert print_rule(parse(BLOCK), facts) == BLOCK
    segments = {key: SegmentLink(key=key, name=key) for key in ("core", "risk-high")}
    known = Catalogue(facts.values(), records=facts.records.values(), segments=segments)
    for example in EXAMPLES:
        assert example.removeprefix("last_post_at ") in MANUAL
        rule = parse(example)
        assert parse(print_rule(rule, facts)) == rule
        assert validate(rule, known).errors == (), example
        if "segment(" not in example:
            preview_rule(brand=brand, rule=rule, as_of=NOW, facts=facts)


@pytest.mark.parametrize("form", FORMS)
def test_json_examples_are_the_stored_form(form: str) -> None:
    assert dump(load(json.loads(form))) == json.loads(form)


@pytest.mark.django_db
def test_json_examples_can_be_run(brand) -> None:
    facts = catalogue(brand)
    segments = {key: SegmentLink(key=key, name=key) for key in ("core", "risk-high")}
    known = Catalogue(facts.values(), records=facts.records.values(), segments=segments)
    for form in FORMS:
        assert validate(load(json.loads(form)), known).errors == (), form


def test_the_examples_were_found() -> None:
    assert (len(OPERATORS), len(WINDOWS), len(EXAMPLES), len(FORMS)) == (9, 8, 36, 12)


@pytest.mark.django_db
def test_the_tables_are_those_of_the_catalogue(brand) -> None:
    facts = catalogue(brand)
    own = set(CustomField.objects.values_list("key", flat=True))
    shown = [
        fact for key, fact in facts.items() if key not in own and not key.startswith("strength_")
    ]
    text = _with(MANUAL, "facts", _fact_table(shown))
    text = _with(text, "records", "\n\n".join(_records(kind) for kind in facts.records.values()))
    if os.environ.get("RENEW_MANUAL"):
        PATH.write_text(text, encoding="utf-8")
    assert text == MANUAL


def _fact_table(facts) -> str:
    rows = [f"| `{fact.key}` | {fact.type} | {fact.unit} | {fact.description} |" for fact in facts]
    return "\n".join(["| fact | type | unit | what it is |", "|---|---|---|---|", *rows])


def _records(kind) -> str:
    rows = [f"| `{field.key}` | {field.type} | {field.label} |" for field in kind.fields.values()]
    head = f"**{kind.key}**: {kind.description}"
    return "\n".join([head, "", "| field | type | |", "|---|---|---|", *rows])


def _with(text: str, name: str, table: str) -> str:
    before, rest = text.split(f"<!-- {name} -->\n")
    _, after = rest.split(f"<!-- end of {name} -->")
    return f"{before}<!-- {name} -->\n{table}\n<!-- end of {name} -->{after}"
