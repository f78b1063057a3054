"""Whatever is sent to the API is answered with rows or with a problem, never with a fault of ours.

Addresses, parameters and members come from the schema, values from a list of nasty ones and from
hypothesis. `make fuzz` sends all of the list, and FUZZ_EXAMPLES of hypothesis.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rest_framework.serializers import FloatField

from crm.api.body import Body, NumberField
from crm.api.query import Query
from crm.choices import Role
from crm.models import Brand, ImportBatch
from tests.factories import (
    NOW,
    BrandFactory,
    CreatorMetricsFactory,
    PostFactory,
    ProfileFactory,
    RelationshipFactory,
)
from tests.people import person
from tests.rest import Rest, assert_problem, rest_as
from tests.schema import kept_schema
from tests.segmentation.world import make_run, make_segment, stay

SCHEMA = kept_schema()

NASTY_TEXTS = [
    "",
    "\x00",
    "a\x00b",
    "-1",
    "1" * 40,
    "1" * 5_000,
    "1e9999999",
    "NaN",
    "Infinity",
    "1_0",
    "\u0661\u0662",
    "[]",
    "2026Q3\n",
    "9999Q4",
    "2026-11-22",
    "2026-02-30",
    "0001-01-01",
    "9999-12-31",
    "9999-12-31T23:59:59-23:59",
    "0001-01-01T00:00:00+23:59",
    "2026-13-45T99:99:99Z",
    "zzzzzzzz-0000-0000-0000-000000000000",
    "\ud7ff\ue000\uffff",
    "\U0001f600" * 50,
    "_%\\",
    "' OR 1=1 --",
    "../../etc/passwd",
    "(" * 200,
    "x" * 3_000,
]
NASTY_VALUES: list[Any] = [
    *NASTY_TEXTS,
    None,
    True,
    False,
    0,
    -1,
    1,
    2**31,
    2**63,
    10**40,
    1.5,
    1e308,
    -0.0,
    [],
    {},
    [None],
    [[]],
    {"": ""},
    {"fact": "followers"},
    {"fact": "followers", "op": ">=", "value": 10**400},
    {"all": [{"fact": "followers", "op": ">", "value": "1"}]},
    {"not": {"not": {"any": [{"fact": "country", "op": "is", "value": "\x00"}]}}},
    {"segment": "x", "was": {"quarter": -(10**9)}},
]
texts = st.sampled_from(NASTY_TEXTS) | st.text(max_size=30)
plain_values = (
    st.sampled_from(NASTY_VALUES)
    | st.text(max_size=20)
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
)
values = st.recursive(
    plain_values,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "1"))
# Names share their readers across the endpoints: the operations that take a name share the nasty
# ones among them, so that each reader meets them all, or three where few take it. In the same way
# addresses and bodies that are hardly JSON take turns.
MOST = 3 * EXAMPLES
TURNS = max(1, 15 // EXAMPLES)
QUIET = settings(
    max_examples=2 * EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
GETS = [(path, methods["get"]) for path, methods in SCHEMA["paths"].items() if "get" in methods]
WRITES = [
    (path, method, operation)
    for path, methods in SCHEMA["paths"].items()
    for method, operation in methods.items()
    if method != "get"
]
# Some only need an address: DELETE, and actions that take nothing. Files come as forms.
_TAKING = [write for write in WRITES if "requestBody" in write[2]]
BODIES = [one for one in _TAKING if "application/json" in one[2]["requestBody"]["content"]]
FORMS = [one for one in _TAKING if one not in BODIES]


def _parameters(operation: dict[str, Any]) -> list[str]:
    return [one["name"] for one in operation.get("parameters", []) if one["in"] == "query"]


def _members(operation: dict[str, Any]) -> list[str]:
    [body] = operation["requestBody"]["content"].values()
    reference = body["schema"]["$ref"].rpartition("/")[2]
    return list(SCHEMA["components"]["schemas"][reference]["properties"])


def _taken() -> Iterator[tuple[str, str]]:
    """Each operation with each name that it takes, in addresses and in bodies."""
    for path, operation in GETS:
        for name in _parameters(operation):
            yield f"GET {path}", name
    for path, method, operation in _TAKING:
        for name in _members(operation):
            yield f"{method} {path}", f"body {name}"


TAKERS = Counter(name for _, name in _taken())
# Which of those who take a name an operation is, whatever process its test runs in.
_PLACES: dict[tuple[str, str], int] = {}
_met: Counter[str] = Counter()
for _operation, _name in _taken():
    _PLACES[_operation, _name] = _met[_name]
    _met[_name] += 1


def share(operation: str, name: str, nasty: list[Any]) -> list[Any]:
    """What this operation sends as `name`: the next ones of the list, going round."""
    count = min(MOST, -(-len(nasty) // TAKERS[name]))
    first = _PLACES[operation, name] * count
    return [nasty[place % len(nasty)] for place in range(first, first + count)]


@dataclass(frozen=True)
class World:
    """A brand with one of everything that addresses name, and who asks."""

    brand: int
    rest: Rest
    places: dict[str, str]


@pytest.fixture(scope="module")
def world(module_db) -> World:
    brand = BrandFactory(slug="acme", name="Acme")
    rest = rest_as(person(brand, Role.ADMIN), brand)
    return World(brand.pk, rest, make_places(brand))


@pytest.fixture
def brand(db, world) -> Brand:
    return Brand.objects.get(pk=world.brand)


@pytest.fixture
def rest(db, world) -> Rest:
    return world.rest


@pytest.fixture
def places(world) -> dict[str, str]:
    """What the parts of addresses in braces may be, for things that are there."""
    return world.places


def make_places(brand: Brand) -> dict[str, str]:
    creator = RelationshipFactory(brand=brand).creator
    profile = ProfileFactory(creator=creator)
    CreatorMetricsFactory(creator=creator, followers=5)
    PostFactory(profile=profile)
    segment = make_segment(brand)
    stay(segment, creator, NOW)
    make_run(brand, NOW)
    ImportBatch.objects.create(brand=brand, source="x", file_name="x", captured_at=NOW)
    return {"{uid}": str(creator.uid), "{key}": segment.key, "{id}": str(profile.pk)}


def fill(path: str, places: dict[str, str]) -> str:
    for place, value in places.items():
        path = path.replace(place, value)
    return path


def ask(rest: Rest, method: str, address: str, body: bytes = b"") -> None:
    """The one promise: an answer, and where it is a refusal, a problem."""
    answer = rest.client.generic(method, address, body, "application/json")
    assert answer.status_code < 500, (method, address, body)
    if answer.status_code >= 400:
        assert_problem(answer, answer.status_code)


@pytest.mark.parametrize(("path", "operation"), GETS, ids=[path for path, _ in GETS])
def test_any_query_string(rest, places, path, operation):
    names = _parameters(operation)
    address = fill(path, places)
    for name in names:
        for text in share(f"GET {path}", name, NASTY_TEXTS):
            ask(rest, "GET", f"{address}?{urlencode({name: text})}")

    @QUIET
    @given(
        st.lists(st.tuples(st.sampled_from(names) | texts if names else texts, texts), max_size=4)
    )
    def many(pairs):
        query = urlencode([(name, text.encode("utf-8", "replace")) for name, text in pairs])
        ask(rest, "GET", f"{address}?{query}")

    many()
    ask(rest, "GET", f"{address}?%00=%ff&%ff&&=;")


@pytest.mark.parametrize("path", [path for path, _ in GETS if "{" in path])
def test_any_address(rest, places, path):
    for text in NASTY_TEXTS[len(path) % TURNS :: TURNS]:
        strange = {place: quote(text, safe="") for place in places}
        ask(rest, "GET", fill(path, strange))


@pytest.mark.parametrize(
    ("path", "method", "operation"), BODIES, ids=[path for path, _, _ in BODIES]
)
def test_any_body(rest, places, brand, path, method, operation):
    address = fill(path, {**places, "{id}": str(brand.relationships.get().pk)})
    members = _members(operation)
    needed = {"version": 1} if "version" in members else {}
    for name in members:
        for value in share(f"{method} {path}", f"body {name}", NASTY_VALUES):
            body = {**needed, name: value}
            ask(rest, method.upper(), address, json.dumps(body).encode())

    @QUIET
    @given(st.dictionaries(st.sampled_from(members) | texts, values, max_size=4) | values)
    def many(body):
        ask(rest, method.upper(), address, json.dumps(body).encode())

    many()


def form(name: str, text: str) -> bytes:
    """A form of one member as a browser sends it; the test client writes bytes as b'...'."""
    head = f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'
    return head.encode() + text.encode("utf-8", "replace") + b"\r\n--x--\r\n"


@pytest.mark.parametrize(("path", "method", "operation"), FORMS, ids=[path for path, _, _ in FORMS])
def test_any_form(rest, places, brand, path, method, operation):
    address = fill(path, {**places, "{id}": str(brand.relationships.get().pk)})
    [kind] = operation["requestBody"]["content"]
    assert kind == "multipart/form-data"
    ask(rest, method.upper(), address, b"{}")
    for name in _members(operation):
        for text in share(f"{method} {path}", f"body {name}", NASTY_TEXTS):
            answer = rest.client.generic(method, address, form(name, text), f"{kind}; boundary=x")
            assert 400 <= answer.status_code < 500, (name, text)
            assert_problem(answer, answer.status_code)
    for body in (b"", b"--x", b"--x\r\n\r\n", b'--x\r\nContent-Disposition: form-data; name="a'):
        answer = rest.client.generic(method, address, body, f"{kind}; boundary=x")
        assert 400 <= answer.status_code < 500, body


@pytest.mark.parametrize("kind", [Body, Query], ids=["bodies", "query strings"])
def test_numbers_can_be_compared(kind):
    """FloatField takes "NaN", which passes every bound; NumberField does not."""
    kinds, numbers = [kind], 0
    for one in kinds:
        kinds += one.__subclasses__()
        for name, field in one._declared_fields.items():
            inner = getattr(field, "child", field)
            numbers += isinstance(inner, NumberField)
            is_ours = isinstance(inner, NumberField) or not isinstance(inner, FloatField)
            assert is_ours, (one, name)
    assert numbers


HARDLY_JSON = [
    b"",
    b"{",
    b"nul",
    b"\xff\xfe",
    b'"\xed\xa0\x80"',
    b'{"rule_text": "\\ud800"}',
    b'{"rule_json": {"fact": "country", "op": "is", "value": "\\ud800"}}',
    b'{"rule_json": NaN}',
    b'{"rule_json": 1e999}',
    b"[" * 100_000,
    b'{"rule_json":' * 5_000,
    b'{"rule_json": {"not": ' + b'{"not": ' * 900 + b"1" + b"}" * 902,
    b'{"rule_text": "' + b"(" * 20_000 + b'"}',
    b'{"rule_text": "' + b"not " * 10_000 + b'"}',
    b"1" * 5_000,
    b"\xef\xbb\xbf{}",
]


@pytest.mark.parametrize("turn", range(len(HARDLY_JSON)))
def test_bodies_that_are_hardly_json(rest, places, turn):
    for path, method, _ in WRITES[turn % TURNS :: TURNS]:
        ask(rest, method.upper(), fill(path, places), HARDLY_JSON[turn])


def test_a_huge_body_is_refused(rest, brand):
    answer = rest.send("POST", "rules:validate", b" " * 1_000_001)
    assert_problem(answer, 413)


def test_another_media_type_is_refused(rest, brand):
    answer = rest.client.post("/api/v1/rules:validate", {"rule_text": "followers > 1"})
    assert_problem(answer, 415)
    answer = rest.client.get("/api/v1/creators/", headers={"Accept": "text/csv"})
    assert_problem(answer, 406)


def test_a_misspelt_parameter_is_named(rest, brand):
    body = assert_problem(rest.get("creators/", platfrom="x"), 400, "unknown_parameter")
    [error] = body["errors"]
    assert error["pointer"] == "?platfrom"
    assert error["message"].endswith("Did you mean platform?")


def test_all_that_is_wrong_is_told_at_once(rest, brand):
    answer = rest.get("creators/", limit="x", stage="y", followers_min="z", foo=1)
    errors = assert_problem(answer, 400)["errors"]
    assert {error["pointer"] for error in errors} >= {"?limit", "?foo"}


def test_a_cursor_of_another_list_is_refused(rest, places, brand):
    RelationshipFactory(brand=brand)
    link = rest.json("creators/", sort="name", limit=1)["next"]
    cursor = link.partition("cursor=")[2].partition("&")[0]
    for path in ("profiles/", "creators/"):
        answer = rest.client.get(f"/api/v1/{path}?cursor={cursor}")
        assert_problem(answer, 400, "bad_cursor")
    assert_problem(rest.get("creators/", sort="name", cursor=cursor[:-2]), 400, "bad_cursor")
