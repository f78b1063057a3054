"""Names that the schema does not have: no filter, no order, no member that anybody could set."""

from __future__ import annotations

import json
from typing import Any

import pytest

from crm.models import ApiToken
from tests.doors.test_brands_apart import example_of
from tests.rest import rest_as
from tests.schema import kept_schema

PATHS = kept_schema()["paths"]
NOWHERE = {"{uid}": "00000000-0000-4000-8000-000000000000", "{id}": "1", "{number}": "1"}
# What a row has that nobody may set, wherever that row comes from.
HIDDEN = {
    "brand": 1, "brand_id": 1, "pk": 1, "created_at": "2020-01-01T00:00:00Z", "is_staff": True,
    "is_superuser": True, "digest": "x", "user": 1, "actor_id": 1, "owner__password": "x",
}  # fmt: skip
FILTERS = {"brand", "brand__slug", "brand_id", "user__password__startswith", "order_by"}


def filled(path: str) -> str:
    for place, value in NOWHERE.items():
        path = path.replace(place, value)
    return path.replace("{key}", "nowhere")


def bodies() -> list[tuple[str, str, dict[str, Any]]]:
    """Path, method and schema of every body that is JSON."""
    return [
        (path, method, operation["requestBody"]["content"]["application/json"]["schema"])
        for path, methods in PATHS.items()
        for method, operation in methods.items()
        if "application/json" in operation.get("requestBody", {}).get("content", {})
    ]


@pytest.fixture
def rest(brand, admin_user):
    return rest_as(admin_user, brand)


def test_what_nobody_may_set_is_refused_by_name(rest, brand):
    wrong = []
    for path, method, schema in bodies():
        example = example_of(schema)
        hidden = {name: value for name, value in HIDDEN.items() if name not in example}
        content = json.dumps({**example, **hidden}).encode()
        answer = rest.client.generic(method.upper(), filled(path), content, "application/json")
        named = {one["pointer"].strip("/") for one in answer.json().get("errors", [])}
        # 404 and 409: what it is about is looked at first.
        if answer.status_code not in {400, 404, 409, 422} or (
            answer.status_code == 400 and not named >= set(hidden)
        ):
            wrong.append((path, method, answer.status_code, sorted(set(hidden) - named)))
    assert wrong == []
    assert ApiToken.objects.count() == 1


def test_no_list_is_narrowed_or_ordered_by_what_is_hidden(rest):
    wrong = []
    for path, methods in PATHS.items():
        if "get" not in methods:
            continue
        known = {one["name"] for one in methods["get"].get("parameters", [])}
        asked = dict.fromkeys(FILTERS - known, "a")
        answer = rest.client.get(filled(path), asked)
        named = {one["pointer"].strip("?") for one in answer.json()["errors"]}
        # 404: there is nobody to tell of.
        if answer.status_code != 404 and (answer.status_code != 400 or not named >= set(asked)):
            wrong.append((path, answer.status_code, sorted(set(asked) - named)))
        answer = rest.client.get(filled(path), {"sort": "-owner__password"})
        if answer.status_code not in {400, 404}:
            wrong.append((path, "sort"))
    assert wrong == []
