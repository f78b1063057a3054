"""What the ledger tells of: the code, the list of words and the document say the same."""

from __future__ import annotations

import re
from pathlib import Path

from crm.audit.facts import FACTS
from crm.audit.verbs import GROUPS, in_words

ROOT = Path(__file__).resolve().parents[3]
# A verb as services write it, the last part of it a name or what is put in there.
VERB = re.compile(r'f?"((?:crm|campaigns|segmentation)\.[a-z_]+)\.[a-z_{][^"]*"')
# Text that looks like a verb: names of tasks, and addresses of settings.
NO_VERBS = {"crm.tasks", "campaigns.tasks", "segmentation.tasks"}


def groups_in_code():
    found = set()
    for app in ("crm", "campaigns", "segmentation"):
        for path in (ROOT / app).rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            if "audit" in text and "migrations" not in path.parts:
                found |= set(VERB.findall(text))
    return found - NO_VERBS


def test_every_verb_has_words():
    assert groups_in_code() - set(GROUPS) == set()


def test_no_words_are_left_over():
    assert set(GROUPS) - groups_in_code() == set()


def test_the_document_lists_them():
    text = (ROOT / "docs" / "ledger.md").read_text(encoding="utf-8")
    rows = dict(
        re.findall(r"^\| `((?:crm|campaigns|segmentation)\.\w+)` \| (.+?) \|$", text, re.MULTILINE)
    )
    assert rows == GROUPS


def test_the_document_names_the_facts():
    text = (ROOT / "docs" / "ledger.md").read_text(encoding="utf-8")
    [named] = re.findall(r"^Details that are facts whatever they say: (.+)\.$", text, re.MULTILINE)
    assert set(re.findall(r"`(\w+)`", named)) == FACTS


def test_an_act_reads_as_words():
    assert in_words("crm.stage.moved") == "Stages: moved"
    assert in_words("crm.ledger.text_erased") == "The ledger itself: text erased"
    assert in_words("unknown.verb") == "unknown: verb"
