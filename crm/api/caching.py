"""Answers that a caller may keep: unchanged since, they are 304 without a body."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.http import parse_etags
from rest_framework.request import Request
from rest_framework.response import Response


def with_etag(request: Request, body: Mapping[str, Any]) -> Response:
    """The body with an ETag of its content, or 304 where If-None-Match names that already."""
    content = json.dumps(body, sort_keys=True, cls=DjangoJSONEncoder)
    etag = f'"{hashlib.sha256(content.encode()).hexdigest()[:32]}"'
    known = parse_etags(request.headers.get("If-None-Match", ""))
    is_known = "*" in known or etag in {found.removeprefix("W/") for found in known}
    response = Response(status=HTTPStatus.NOT_MODIFIED) if is_known else Response(body)
    response["ETag"] = etag
    patch_cache_control(response, private=True, no_cache=True)
    patch_vary_headers(response, ["Authorization"])
    return response
