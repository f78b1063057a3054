"""Rows of another brand are not there: for every page and operation whose address names a row.

A brand has a row in nearly every table, under the same few names (tests/doors/world.py). Who may
do everything in another brand, which has no row at all, asks for them there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, models, transaction
from django.test import Client
from django.urls import reverse

from crm.choices import Role
from crm.models import Brand, User
from tests.doors.world import KEY, PK, ROWS, UID, fill_the_rest, our_models, whole_brand
from tests.factories import BrandFactory
from tests.pages import KINDS, PAGES, PATTERNS
from tests.people import logged_in, person
from tests.rest import rest_as
from tests.schema import kept_schema

# An address names one of these; the first that the page knows is asked for.
ACTS = [
    "pin", "identity", "archive", "note", "dismiss", "confirm", "done", "match", "publish", "plan",
    "aside", "accept", "fill",
]  # fmt: skip
# Pages at whose address nobody's row is here; what they would need is told by their own tests.
NOT_THERE = {
    f"{app}:{name}"
    for app, names in {
        # A row that somebody stands behind, or of two creators.
        "crm": "contact contact_bar contact_erase duplicate_decide enrolment merge_undo merged "
        # A file that is stored, or an import with columns.
        "job_file mail_file import_column brand_export_file brand_export_delete "
        # A state that the row is not in.
        "brand_export_stop note_restore "
        # An act whose name is no one of ACTS here.
        "comment_theme_act",
        # Files that are stored.
        "campaigns": "capture cause_evidence draft_file "
        "event_cover evidence_file likeness_paper "
        # An act or a part whose name is no one of ACTS and KINDS here.
        "brief_act campaign_act campaign_board_column creator_flag_count hint_answer match_act "
        "publication_act spike_act submission_act topic_act "
        # A state that the row is not in.
        "contract_act contract_legal deliverable_keep exclusivity_remove gift_step hold_lift "
        # Rows that hang together with several others.
        "asset_right_new cause_remove connection post_format "
        "connection_take_back event_tick guest_revoke likeness likeness_away "
        "likeness_new standing_in_end virtual whereabouts_back",
        "segmentation": "attribution_why benchmark_remove movers pack share_revoke stage_checks "
        "value_answer",
    }.items()
    for name in names.split()
}
# What answers otherwise than with 404, and does nothing: lays aside what is not there (of a day),
# or first asks for what was not sent.
TOLERANT = {
    ("crm:day_finish", "post"),
    ("crm:day_snooze", "post"),
    ("campaigns:donation_withdraw", "post"),
}


@pytest.fixture(scope="module")
def world(module_db: None) -> tuple[int, int]:
    """The numbers of who may do everything here, and elsewhere."""
    _brand, admin = whole_brand()
    return admin.pk, person(BrandFactory(slug="other", name="Other"), Role.ADMIN).pk


@pytest.fixture
def insider(db: None, world: tuple[int, int]) -> Client:
    return browser(world[0])


@pytest.fixture
def stranger(db: None, world: tuple[int, int]) -> Client:
    return browser(world[1])


def browser(pk: int) -> Client:
    client = logged_in(User.objects.get(pk=pk))
    client.raise_request_exception = False
    return client


def pages_of_rows() -> Iterator[tuple[str, str, list[str]]]:
    """Name, method and the ends of addresses of whatever names a row."""
    for name, access in PAGES.items():
        given = set(PATTERNS[name])
        if given & set(ROWS):
            acts = ACTS if "act" in given else ["pin"]
            values = {one: (KINDS | ROWS)[one] for one in given}
            ends = [
                reverse(
                    name, kwargs={"brand": "x"} | values | ({"act": act} if "act" in given else {})
                )[2:]
                for act in acts
            ]
            for method, allowed in (("get", access.get), ("post", access.post)):
                if allowed is not None:
                    yield name, method, ends


def written() -> int:
    """Rows that this transaction has written into tables of ours, taken back or not."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_xact_user_tables"
            " WHERE relname ~ '^(crm|campaigns|segmentation)_' AND relname <> 'crm_apitoken'"
        )
        return int(cursor.fetchone()[0])


def status_of(client: Client, method: str, url: str) -> int:
    """What the page answers; what it did is taken back."""
    with transaction.atomic():
        answer = getattr(client, method)(url)
        if answer.streaming:
            answer.getvalue()  # lets go of the file
        transaction.set_rollback(True)
    return int(answer.status_code)


@pytest.mark.parametrize("app", ["crm", "campaigns", "segmentation"])
@pytest.mark.usefixtures("blank_pages")
def test_pages(insider, stranger, app):
    fill_the_rest()
    there, asked, wrong = {}, set(), []
    for name, method, ends in pages_of_rows():
        if not name.startswith(f"{app}:"):
            continue
        asked.add(name)
        if name not in there:
            for end in ends:
                if status_of(insider, method, f"/acme{end}") != 404:
                    there[name] = end
                    break
        before = written()
        status = status_of(stranger, method, f"/other{there.get(name, ends[0])}")
        if written() != before or (status != 404 and (name, method) not in TOLERANT):
            wrong.append((name, method, status, written() - before))
    assert wrong == []
    # A new page has a row or is named above with a reason; what has got a row is named no more.
    assert asked - set(there) == {name for name in NOT_THERE if name.startswith(f"{app}:")}


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Path, method and body of every operation, with names of rows of another brand all over."""
    # What names a row comes first: what is made afterwards is the other brand's own.
    for path, methods in sorted(kept_schema()["paths"].items(), key=lambda one: "{" not in one[0]):
        for method, operation in methods.items():
            content = operation.get("requestBody", {}).get("content", {})
            body = content.get("application/json", {}).get("schema")
            yield path, method, example_of(body) if body else {}


PLAIN = {
    "uuid": str(UID),
    "date": "2026-11-22",
    "date-time": "2026-11-22T12:00:00Z",
    "uri": "https://example.com/",
    "email": "a@example.com",
    "decimal": "1",
}


def example_of(schema: dict[str, Any], depth: int = 0) -> Any:
    """A body that fits the schema, made of what the other brand's rows are called."""
    schema = resolved(schema)
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type")
    if isinstance(kind, list):
        [kind] = (one for one in kind if one != "null")
    if kind == "object":
        members = schema.get("properties", {}) if depth < 5 else {}
        return {name: example_of(one, depth + 1) for name, one in members.items()}
    if kind == "array":
        return [example_of(schema["items"], depth + 1)]
    numbers = {"integer": schema.get("maximum", PK), "number": 1, "boolean": True}
    return numbers.get(str(kind)) or PLAIN.get(schema.get("format", ""), KEY)


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema itself, where one of another place is meant; the first of several."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return resolved(kept_schema()["components"]["schemas"][name])
    for several in ("allOf", "oneOf", "anyOf"):
        if several in schema:
            return resolved(schema[several][0])
    return schema


def test_operations(world):
    """By address and by body: nothing is found, and nothing that is made points across."""
    mine, theirs = (
        rest_as(User.objects.get(pk=pk), Brand.objects.get(slug=slug))
        for pk, slug in zip(world, ("acme", "other"), strict=True)
    )
    wrong, reached = [], 0
    for path, method, body in operations():
        url = path.replace("{uid}", str(UID)).replace("{id}", str(PK))
        url = url.replace("{key}", KEY).replace("{number}", "1")
        content = json.dumps(body).encode()
        before = written()
        answer = theirs.client.generic(method.upper(), url, content, "application/json")
        status = answer.status_code
        if "{" in path:
            # 400 and 415: what was sent is looked at before what it is about.
            if status not in {400, 404, 415} or written() != before:
                wrong.append((path, method, status, written() - before))
            with transaction.atomic():
                own = mine.client.generic(method.upper(), url, content, "application/json")
                transaction.set_rollback(True)
            reached += own.status_code != 404 and status == 404
        else:
            assert status < 500, (path, answer.content)
    assert reached > 150
    assert wrong == []
    assert crossing() == []


def crossing() -> list[str]:
    """Foreign keys by which a row of one brand points to a row of another."""
    found = []
    for model in our_models():
        names = {field.name for field in model._meta.concrete_fields}
        if "brand" not in names:
            continue
        for field in model._meta.concrete_fields:
            target = field.related_model
            if target is None or target is Brand or not hasattr(target, "brand_id"):
                continue
            rows = model._base_manager.exclude(**{f"{field.name}__brand": models.F("brand")})
            if rows.exclude(**{f"{field.name}": None}).exists():
                found.append(f"{model._meta.label}.{field.name}")
    return found
