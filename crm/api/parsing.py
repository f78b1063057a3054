"""Reads JSON bodies; whatever is wrong with one is a refusal, never a fault."""

from __future__ import annotations

import io
from collections.abc import Mapping
from http import HTTPStatus
from typing import IO, Any

from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import JSONParser

MAX_BODY = 1_000_000


class BodyTooLarge(APIException):
    """The body is larger than anything the API takes."""

    status_code = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    default_detail = f"The body is larger than {MAX_BODY:,} bytes."


class StrictJSONParser(JSONParser):
    """JSON of bounded size and depth, and no NaN."""

    strict = True

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """The body; BodyTooLarge or ParseError (400) if it cannot be read."""
        body = stream.read(MAX_BODY + 1)
        if len(body) > MAX_BODY:
            raise BodyTooLarge
        try:
            found: dict[str, Any] = super().parse(io.BytesIO(body), media_type, parser_context)
        except RecursionError:
            raise ParseError("The body is nested too deeply.") from None
        return found
