"""What of the API is on its way out: told to whoever uses it, marked in the schema, logged.

Deprecation is RFC 9745, Sunset RFC 8594.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any, TypeAlias

from django.utils.http import http_date

from crm.api import narrowing

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.response import Response

    from crm.api.base import BrandViewSet

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Deprecated:
    """Since when something is not to be used any more, until when it works (both days in UTC)."""

    since: date
    ends: date
    instead: str
    # Where it is described for people.
    link: str = "/api/v1/docs/"

    def __post_init__(self) -> None:
        """Raises ValueError where it would end before it begins."""
        if self.ends <= self.since:
            raise ValueError("what is deprecated works for a while longer")


# By what it is about: `list` or another action, `?name` a parameter, `.name` a member of an answer.
Deprecations: TypeAlias = Mapping[str, Deprecated]


def tell(view: BrandViewSet[Any], request: Request, response: Response, shown: object) -> None:
    """Say in the answer's headers, and in the log, what of the request is deprecated.

    `shown` is the answer as it was before narrowing: a member counts as used where it is answered.
    """
    found = dict(_used(view, request, shown)) if view.deprecated else {}
    if not found:
        return
    since = min(one.since for one in found.values())
    ends = min(one.ends for one in found.values())
    response["Deprecation"] = f"@{_seconds(since)}"
    response["Sunset"] = http_date(_seconds(ends))
    links = {f'<{one.link}>; rel="deprecation"; type="text/html"' for one in found.values()}
    response["Link"] = ", ".join(sorted(links))
    token = getattr(request.auth, "pk", None)
    for name, one in found.items():
        logger.info(
            "deprecated: %s %s, token %s: %s (until %s)",
            request.method,
            _route(view, name),
            token,
            one.instead,
            one.ends,
        )


def _used(
    view: BrandViewSet[Any], request: Request, shown: object
) -> Iterator[tuple[str, Deprecated]]:
    asked = request.query_params
    left_out = narrowing.split(asked.get("omit", ""))
    wanted = narrowing.split(asked.get("fields", ""))
    for name, one in view.deprecated.items():
        if name.startswith("?"):
            if name[1:] in asked:
                yield name, one
        elif name.startswith("."):
            member = name[1:]
            is_wanted = member not in left_out and (not wanted or member in wanted)
            if is_wanted and member in _members(shown):
                yield name, one
        elif name == view.action:
            yield name, one


def _members(shown: object) -> Mapping[str, Any]:
    """Those of the item, or of a list's first row."""
    if not isinstance(shown, Mapping):
        return {}
    rows = shown.get("results")
    if isinstance(rows, list):
        return rows[0] if rows and isinstance(rows[0], Mapping) else {}
    return shown


def _route(view: BrandViewSet[Any], name: str) -> str:
    """The endpoint and what of it, without anybody's data."""
    return f"{type(view).__name__}.{view.action}{'' if name == view.action else name}"


def _seconds(day: date) -> int:
    return int(datetime.combine(day, time.min, UTC).timestamp())
