"""Conditional requests (RFC 9110, section 13): ETags, 304 for who knows it, 412 for who is late."""

from __future__ import annotations

import hashlib
from http import HTTPStatus
from typing import TYPE_CHECKING

from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.http import parse_etags
from rest_framework.exceptions import APIException
from rest_framework.response import Response

from crm.api.problems import BadBody, Fault

if TYPE_CHECKING:
    from django.http import HttpResponseBase
    from rest_framework.request import Request

IF_MATCH, IF_NONE_MATCH = "If-Match", "If-None-Match"
CHANGES = frozenset({"PUT", "PATCH", "DELETE"})
_ANY = "*"


class Outdated(APIException):
    """The item is no longer what the caller saw: 412, and nothing was done."""

    status_code = HTTPStatus.PRECONDITION_FAILED

    def __init__(self) -> None:
        words = "It was changed since you saw it. Nothing was done: read it again."
        super().__init__(words, "outdated")
        self.faults = [Fault(IF_MATCH, "outdated", words)]


class Known(APIException):
    """What the caller holds is what there is: 304 without looking further."""

    status_code = HTTPStatus.NOT_MODIFIED

    def __init__(self, tag: str) -> None:
        super().__init__("Not modified.", "not_modified")
        self.tag = tag


def tag_of(content: bytes) -> str:
    """The strong ETag of these bytes."""
    return f'"{hashlib.blake2b(content, digest_size=16).hexdigest()}"'


def is_known(request: Request, tag: str) -> bool:
    """Whether the caller says to hold what has this ETag."""
    header = request.headers.get(IF_NONE_MATCH)
    if not header:
        return False
    known = parse_etags(header)
    return _ANY in known or tag in {found.removeprefix("W/") for found in known}


def require_match(request: Request, tag: str) -> None:
    """That the If-Match of the request names this ETag: Outdated, BadBody if it cannot be read."""
    known = parse_etags(request.headers[IF_MATCH])
    if not known:
        words = 'Send ETags as answers have them, e.g. "0a1b2c", or *.'
        raise BadBody([Fault(IF_MATCH, "invalid", words)], detail=words)
    if known != [_ANY] and tag not in known:  # a weak one never matches
        raise Outdated


def no_item_here() -> BadBody:
    """The refusal of an If-Match where there is no item to compare it with."""
    words = "Only PATCH, PUT and DELETE of what GET shows at the same address take If-Match."
    return BadBody([Fault(IF_MATCH, "not_here", words)], detail=words)


def mark(response: HttpResponseBase, tag: str) -> None:
    """Say the ETag, and that it is to be asked for each time, by this caller only."""
    response["ETag"] = tag
    patch_cache_control(response, private=True, no_cache=True)
    patch_vary_headers(response, ["Authorization"])


def not_modified(tag: str) -> Response:
    """The answer to who knows it."""
    response = Response(status=HTTPStatus.NOT_MODIFIED)
    mark(response, tag)
    return response
