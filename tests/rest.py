"""A caller of the REST API, as tests need one: a token of a user with scopes."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable
from typing import Any

from django.http import HttpResponseBase
from django.test import Client

from crm.choices import Scope
from crm.models import ApiToken, Brand, User

ROOT = "/api/v1"


class Rest:
    """Asks /api/v1/ with a token; without one, as anybody."""

    def __init__(self, secret: str = "") -> None:
        headers = {"Authorization": f"Bearer {secret}"} if secret else {}
        self.client = Client(headers=headers, raise_request_exception=True)

    def get(self, path: str, **params: Any) -> Any:
        return self.client.get(f"{ROOT}/{path}", params)

    def json(self, path: str, **params: Any) -> Any:
        """The body of a successful answer."""
        answer = self.get(path, **params)
        assert answer.status_code == 200, answer.content
        return answer.json()

    def send(self, method: str, path: str, body: Any = None) -> Any:
        """Bytes go as they are, everything else as JSON."""
        content = body if isinstance(body, bytes) else json.dumps(body)
        return self.client.generic(method, f"{ROOT}/{path}", content, "application/json")


def close_files(answer: HttpResponseBase) -> None:
    """Close the files behind an answer; to close the answer itself ends the connection too."""
    for close in answer._resource_closers:
        close()


def make_token(
    user: User, brand: Brand, scopes: Iterable[str] = Scope.values
) -> tuple[str, ApiToken]:
    """A token with all scopes unless said otherwise, and its secret."""
    secret = secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        user=user,
        brand=brand,
        name="test",
        prefix=secret[:8],
        digest=ApiToken.digest_of(secret),
        scopes=list(scopes),
    )
    return secret, token


def rest_as(user: User, brand: Brand, scopes: Iterable[str] = Scope.values) -> Rest:
    """A caller with the rights of `user` in `brand`, limited to `scopes`."""
    return Rest(make_token(user, brand, scopes)[0])


def assert_problem(answer: Any, status: int, *codes: str, at: str | None = None) -> dict[str, Any]:
    """That the answer is a problem of this status whose errors have these codes, in order.

    `at` is the pointer of its only error.
    """
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert set(body) == {"type", "title", "status", "detail", "errors"}
    assert body["status"] == status
    assert body["title"]
    for error in body["errors"]:
        assert {"pointer", "code", "message"} <= set(error)
    if codes:
        assert tuple(error["code"] for error in body["errors"]) == codes
    if at is not None:
        assert [error["pointer"] for error in body["errors"]] == [at]
    return body


def walk(rest: Rest, path: str, **params: Any) -> list[dict[str, Any]]:
    """Every row of a list, page by page, forwards."""
    body = rest.json(path, **params)
    rows = list(body["results"])
    while body["next"]:
        answer = rest.client.get(body["next"])
        assert answer.status_code == 200
        body = answer.json()
        rows += body["results"]
    return rows
