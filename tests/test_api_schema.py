"""What the OpenAPI schema promises holds: every address is there, every answer fits."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from jsonschema import Draft202012Validator

from config import api
from crm.api.base import BrandViewSet
from crm.api.document import document
from crm.choices import Scope
from segmentation.models import Membership, Segment
from tests.everything import give_everything
from tests.everything.addresses import addresses
from tests.rest import Rest, assert_problem, close_files, rest_as
from tests.schema import KEPT, assert_fits, kept_schema

NO_BODY = {"204", "304"}


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    return kept_schema()


def test_the_kept_schema_is_the_present_one(schema):
    """`make schema` looks at each letter, and whether it is OpenAPI."""
    is_present = document() == schema
    assert is_present, "run manage.py spectacular --file docs/openapi.yaml"


def operations(schema):
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def test_its_shapes_are_json_schema(schema):
    """OpenAPI 3.1: a null is a type, and the word of 3.0 for it would say nothing."""
    assert schema["openapi"].startswith("3.1.")
    assert "nullable:" not in KEPT.read_text("utf-8")
    for shape in schema["components"]["schemas"].values():
        Draft202012Validator.check_schema(shape)


def test_every_operation_says_what_it_does_takes_and_answers(schema):
    scopes = {scope.value for scope in Scope}
    for name, operation in operations(schema):
        assert operation["summary"], name
        assert operation["description"].rpartition("`")[0].rpartition("`")[2] in scopes, name
        assert operation["security"] == [{"token": []}], name
        assert {"400", "401", "403"} <= set(operation["responses"]), name
        assert ("404" in operation["responses"]) == ("{" in name), name
        for status, answer in operation["responses"].items():
            assert answer["description"], (name, status)
            assert status in NO_BODY or answer["content"], (name, status)


def test_every_viewset_is_guarded():
    views = [
        pattern.callback.cls for pattern in api.ADDRESSES if hasattr(pattern.callback, "actions")
    ]
    assert len(views) > 20
    for view in views:
        assert issubclass(view, BrandViewSet)
        assert view.scope in Scope
        assert [guard.__name__ for guard in view.permission_classes] == ["HasScope"]


def test_the_schema_and_its_page_are_for_everybody(client: Client):
    answer = client.get("/api/v1/schema/", headers={"Accept": "application/json"})
    assert answer.status_code == 200
    assert "/api/v1/segments/{key}/scorecard/" in answer.json()["paths"]
    assert answer["Content-Disposition"] == 'inline; filename="Rapport API.json"'
    page = client.get("/api/v1/docs/")
    assert page.status_code == 200
    assert b"swagger-ui" in page.content
    # The page's policy allows no inline script: its script is a file, served by the same view.
    assert b"<script>" not in page.content
    assert client.get("/api/v1/docs/?script=").status_code == 200


@pytest.fixture
def rest(brand, admin_user) -> Rest:
    """Of an admin of a brand that has some of everything."""
    give_everything(brand, admin_user)
    return rest_as(admin_user, brand)


def test_every_answer_fits_the_schema(schema, rest):
    """Each GET with its items, and no member that the schema does not name."""
    segment = Membership.objects.order_by("pk").first().segment.key
    values = addresses(rest)
    # What a list cannot be asked without.
    asks = {
        "scorecard-orders": {},
        "tier-scorecards": {},
        "audience-overlap": {"segment": segment},
        "unique-reach": {"segment": segment, "population": "1000000"},
        "scorecards/comparison": {"period": "2026Q4", "segments": segment},
        "trend": {"period": "2026Q4"},
        "scorecard": {"period": "2026Q4"},
        "near-misses": {"segment": segment},
        "disclosure-compliance": {"starts_on": "2026-01-01", "ends_on": "2026-12-31"},
    }
    asked, known, changed = 0, set(), set()
    for path, methods in schema["paths"].items():
        if "get" not in methods:
            continue
        address = path
        for place, value in values.items():
            address = address.replace(place, place.partition("{")[0] + value)
        params = next((given for part, given in asks.items() if part in path), {})
        answer = rest.client.get(address, params)
        assert answer.status_code == 200, (address, answer)
        close_files(answer)
        shape = methods["get"]["responses"]["200"]
        if "application/json" in shape["content"]:
            assert_fits(answer.json(), shape, address)
        else:
            assert answer["Content-Type"] in shape["content"], address
            answer.getvalue()  # To its end, where the file is closed.
        if "304" in methods["get"]["responses"] and answer.has_header("ETag"):
            held = {"If-None-Match": f'"other", {answer["ETag"]}'}
            again = rest.client.get(address, params, headers=held)
            if again.status_code == 304 and not again.content:
                known.add(path)
            else:
                changed.add(path)
            again.getvalue()
        asked += 1
    # What says of which moment it is, is new at each.
    assert changed == {
        "/api/v1/campaigns/{key}/report/",
        "/api/v1/campaigns/{key}/returns/",
        "/api/v1/concentration/",
        "/api/v1/overview/",
    }
    assert len(known) > 150
    assert asked == sum("get" in methods for methods in schema["paths"].values()) > 20
    assert_changes_ask_for_what_was_seen(schema, rest, values)


def assert_changes_ask_for_what_was_seen(schema, rest, values):
    """Each change of what GET shows is refused with another's ETag, and read with its own."""
    tried = 0
    for path, methods in schema["paths"].items():
        for method in ("patch", "put", "delete"):
            if method not in methods or "get" not in methods:
                continue
            address = path
            for place, value in values.items():
                address = address.replace(place, place.partition("{")[0] + value)
            tag = rest.client.get(address)["ETag"]

            def ask(seen, body=b"[]", address=address, method=method):
                return rest.client.generic(
                    method.upper(), address, body, "application/json", headers={"If-Match": seen}
                )

            assert_problem(ask('"other"'), 412, "outdated")
            assert_problem(ask(f"W/{tag}"), 412, "outdated")
            assert_problem(ask("other"), 400, "invalid")
            assert rest.client.get(address)["ETag"] == tag
            if method != "delete":
                # Past the ETag, to a body that no change takes.
                assert_problem(ask(f'"other", {tag}'), 400)
            assert "412" in methods[method]["responses"]
            tried += 1
    assert tried > 25


def test_answers_to_rules_and_runs_fit_the_schema(schema, rest):
    segment = Segment.objects.order_by("-members_count").first()
    rule = {"rule_text": "followers >= 1000"}
    for path, body, status in (
        ("rules:validate", rule, "200"),
        ("rules:preview", {**rule, "segment": segment.key}, "200"),
        ("rules:validate", {"rule_text": "folowers > 1"}, "422"),
        ("runs/", {"dry_run": True, "as_of": "2026-11-21"}, "202"),
        ("runs/", {"as_of": "2190-01-01"}, "400"),
        ("runs/", {"as_of": "2020-01-01"}, "409"),
        ("runs/", {"as_of": "x"}, "400"),
    ):
        answer = rest.send("POST", path, body)
        assert str(answer.status_code) == status, answer.content
        promised = schema["paths"][f"/api/v1/{path}"]["post"]["responses"][status]
        assert_fits(answer.json(), promised, path)
