"""The other side of a connector: answers by call, and what was asked. Nothing leaves the test."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from crm import outgoing
from crm.connectors.base import Kind

_DOCUMENT = Path(__file__).parents[3] / "docs/connectors.md"


def tally() -> Kind:
    """The connector of the document, as it stands there."""
    [source] = re.findall(r"```python\n(.*?)```", _DOCUMENT.read_text("utf-8"), re.DOTALL)
    found: dict[str, Any] = {}
    exec(compile(source, str(_DOCUMENT), "exec"), found)  # noqa: S102 - our own document
    kind: Kind = found["Tally"]()
    return kind


@dataclass
class Asked:
    """A call that came."""

    method: str
    host: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any


@dataclass
class Said:
    """An answer: `text` where it is to be no JSON."""

    json: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    text: str | None = None


@dataclass
class OtherSide:
    """Answers each call by `answer`; with `first`, by those in order before."""

    answer: Callable[[Asked], Said] = lambda asked: Said({}, 404)
    first: list[Said | Exception] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)

    def send(
        self,
        method: str,
        place: outgoing.Place,
        *,
        body: bytes | None,
        headers: Any,
        **_bounds: Any,
    ) -> outgoing.Received:
        """In the place of crm.outgoing.send."""
        parts = urlsplit(place.target)
        query = dict(parse_qsl(parts.query))
        said_body = json.loads(body) if body else None
        asked = Asked(method, place.host, parts.path, query, dict(headers), said_body)
        self.asked.append(asked)
        said = self.first.pop(0) if self.first else self.answer(asked)
        if isinstance(said, Exception):
            raise said
        text = json.dumps(said.json) if said.text is None else said.text
        return outgoing.Received(said.status, text.encode(), said.headers)

    @property
    def paths(self) -> list[str]:
        return [asked.path.rpartition("/")[2] for asked in self.asked]
