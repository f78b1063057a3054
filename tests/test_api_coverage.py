"""Whatever a page changes, docs/api-coverage.md says with which endpoint, or why not over REST."""

from __future__ import annotations

import re

from tests.documents import DOCS
from tests.pages import PAGES
from tests.schema import kept_schema

TABLE = (DOCS / "api-coverage.md").read_text("utf-8")
ROWS = re.findall(r"^\| `(\w+:\w+)` \| (.+) \|$", TABLE, re.MULTILINE)
ENDPOINTS = {
    f"{method.upper()} {path.removeprefix('/api/v1/')}"
    for path, methods in kept_schema()["paths"].items()
    for method in methods
}


def test_every_page_that_changes_something_has_a_decision():
    decided = [page for page, _answer in ROWS]
    assert decided == sorted(set(decided))
    changing = {name for name, access in PAGES.items() if access.post is not None}
    assert set(decided) == changing, "write what is missing into docs/api-coverage.md"


def test_each_is_an_endpoint_that_there_is_or_a_reason():
    for page, answer in ROWS:
        if re.fullmatch(r"no: \S.*", answer):
            continue
        named = re.findall(r"`([^`]+)`", answer)
        assert named, page
        assert answer == ", ".join(f"`{one}`" for one in named), page
        assert set(named) <= ENDPOINTS, page
