"""Documents lead where they say they lead, and the index of docs/ names each of them once."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
DOCS = ROOT / "docs"
DOCUMENTS = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *ROOT.glob("benchmarks/*.md")])
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`[^`\n]*`")
LINK = re.compile(r"!?\[[^\]]*\]\(([^()\s]+)\)")
HEADING = re.compile(r"^#+ +(.+?) *$", re.MULTILINE)


def prose(document: Path) -> str:
    return FENCED.sub("", document.read_text(encoding="utf-8"))


def links(document: Path) -> Iterator[str]:
    """What a document leads to within the project."""
    for target in LINK.findall(CODE.sub("", prose(document))):
        if "://" not in target and not target.startswith("mailto:"):
            yield target


@cache
def anchors(document: Path) -> frozenset[str]:
    """The names that forges give headings: small letters, no punctuation, dashes for spaces."""
    names: Counter[str] = Counter()
    found = set()
    for heading in HEADING.findall(prose(document)):
        words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
        name = re.sub(r"[^\w\- ]", "", words).replace(" ", "-")
        found.add(f"{name}-{names[name]}" if names[name] else name)
        names[name] += 1
    return frozenset(found)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(document):
    lost = []
    for link in links(document):
        path, _, anchor = link.partition("#")
        target = (document.parent / path).resolve() if path else document
        if not target.exists() or (anchor and anchor not in anchors(target)):
            lost.append(link)
    assert not lost


def test_the_index_names_each_document_once():
    named = Counter(link for link in links(DOCS / "README.md") if "/" not in link)
    there = {path.name for path in DOCS.iterdir()} - {"README.md", "img"}
    assert named == Counter(there)


def test_every_picture_is_shown_somewhere():
    shown = {
        (document.parent / link).resolve() for document in DOCUMENTS for link in links(document)
    }
    assert set((DOCS / "img").iterdir()) <= shown
