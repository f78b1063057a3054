"""Whatever a page changes or shows, docs/api-coverage.md says by which endpoint, or why by none."""

from __future__ import annotations

import re

from tests.documents import DOCS
from tests.pages import PAGES
from tests.schema import kept_schema
from tests.test_api_matrix import roles_of

ACTS, READS = (
    re.findall(r"^\| `(\w+:\w+)` \| (.+) \|$", part, re.MULTILINE)
    for part in (DOCS / "api-coverage.md").read_text("utf-8").split("\n## What can be read\n")
)
# What shows only what the endpoint beside it takes, and files for people.
FORM_OR_FILE = re.compile(r"_(new|edit|export|export_xlsx|csv)$")
ENDPOINTS = {
    f"{method.upper()} {path.removeprefix('/api/v1/')}": operation
    for path, methods in kept_schema()["paths"].items()
    for method, operation in methods.items()
}
# Other roles than on the page, and why.
OTHERWISE = {
    ("campaigns:hold_new", "POST holds/"): "the page pauses the brand, the act creators as well",
    ("crm:brand_export_stop", "POST jobs/{id}:stop"): "one's own jobs",
    ("crm:outreach_skip", "POST enrolments/{id}:stop"): "crm:enrolment stops them as well",
    ("crm:token_new", "POST tokens/"): "within one's own token",
    ("crm:token_revoke", "DELETE tokens/{id}/"): "one's own tokens",
    ("crm:token_rotate", "POST tokens/{id}:rotate"): "one's own tokens",
    ("segmentation:builder_check", "POST rules:validate"): "a question: nothing is kept",
    ("segmentation:builder_preview", "POST rules:preview"): "a question: nothing is kept",
    ("segmentation:stage_preview", "POST rules:preview"): "a question: nothing is kept",
}


def test_every_page_that_changes_something_has_a_decision():
    decided = [page for page, _answer in ACTS]
    assert decided == sorted(set(decided))
    changing = {name for name, access in PAGES.items() if access.post is not None}
    assert set(decided) == changing, "write what is missing into docs/api-coverage.md"


def test_every_page_that_shows_something_has_a_decision():
    decided = [page for page, _answer in READS]
    assert decided == sorted(set(decided))
    showing = {
        name
        for name, access in PAGES.items()
        if access.get is not None and not FORM_OR_FILE.search(name)
    }
    assert set(decided) == showing, "write what is missing into docs/api-coverage.md"


def test_each_is_an_endpoint_that_there_is_or_a_reason():
    for page, answer in ACTS + READS:
        if re.fullmatch(r"no: \S.*", answer):
            continue
        named = re.findall(r"`([^`]+)`", answer)
        assert named, page
        assert answer == ", ".join(f"`{one}`" for one in named), page
        assert set(named) <= set(ENDPOINTS), page


def test_a_token_may_what_its_user_may_on_the_page():
    """Not less, nor more: where it is otherwise somebody said why."""
    found = set()
    for page, answer in ACTS:
        for endpoint in re.findall(r"`([^`]+)`", answer) if not answer.startswith("no: ") else ():
            if roles_of(ENDPOINTS[endpoint]) != PAGES[page].post:
                found.add((page, endpoint))
    assert found == set(OTHERWISE)
