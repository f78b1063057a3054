"""One call to the other side of a connector: signed, bounded, judged."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlencode

from crm import outgoing
from crm.connectors.base import Call, Fault, Kind, Setup, Wrong
from crm.models.connectors import REST_MAX

# Of one answer: a report of a creator is some 200 kB.
ANSWER_MAX = 8_000_000
URL_MAX = 8_000
PATIENCE = 30.0


class NoHost(Exception):
    """A connector calls a host that it does not declare: a mistake in its file."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of a call: the JSON of the answer, or the fault; never both."""

    took_ms: int
    status: int | None = None
    digest: str = ""
    answer: Any = None
    fault: Fault | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


def ask(kind: Kind, call: Call, setup: Setup, *, at: datetime) -> Reply:
    """Make the call. What goes wrong on the way is a fault of the reply; `at` is now."""
    place = place_of(kind, call, setup)
    headers = {"Accept": "application/json", "User-Agent": "Rapport-Connectors/1"}
    headers |= kind.sign(setup.credentials).headers
    body = None
    if call.body is not None:
        body = json.dumps(call.body).encode()
        headers["Content-Type"] = "application/json"
    begun = time.monotonic()
    try:
        heard = outgoing.send(
            "GET" if body is None else "POST",
            place,
            body=body,
            headers=headers,
            most=ANSWER_MAX + 1,
            patience=PATIENCE,
        )
    except (outgoing.AddressRefused, outgoing.NoAnswer) as error:
        return Reply(_ms(begun), fault=Fault(Wrong.DOWN, str(error)))
    return _judged(kind, heard, _ms(begun), at)


def place_of(kind: Kind, call: Call, setup: Setup) -> outgoing.Place:
    """Where a call goes: by https to a host that the connector declares. Raises NoHost."""
    query = {**call.query, **kind.sign(setup.credentials).query}
    url = f"{call.url}?{urlencode(query)}" if query else call.url
    place = outgoing.place_of(url, most=URL_MAX)
    if not place.is_tls or place.port != 443 or place.host not in kind.hosts:
        msg = f"{kind.key} calls {place.host}, which it does not declare."
        raise NoHost(msg)
    return place


def _judged(kind: Kind, heard: outgoing.Received, took_ms: int, at: datetime) -> Reply:
    digest = hashlib.sha256(heard.body).hexdigest()
    answer, is_json = _json(heard.body)
    fault = kind.fault(heard.status, answer if is_json else None)
    if fault is None and len(heard.body) > ANSWER_MAX:
        fault = Fault(Wrong.REFUSED, f"It answered more than {ANSWER_MAX // 1_000_000} MB.")
    elif fault is None and not is_json:
        fault = Fault(Wrong.DOWN, "What it answered is no JSON, or only the beginning of it.")
    if fault is not None:
        wait = _retry_after(heard.headers, at) or fault.wait
        fault = Fault(fault.wrong, _short(fault.words), wait)
        return Reply(took_ms, heard.status, digest, fault=fault, headers=heard.headers)
    return Reply(took_ms, heard.status, digest, answer, headers=heard.headers)


def _json(body: bytes) -> tuple[Any, bool]:
    try:
        return json.loads(body), True
    except (ValueError, RecursionError):
        return None, False


def _retry_after(headers: Mapping[str, str], at: datetime) -> timedelta | None:
    """The wait that the other side asks for: seconds, or a moment."""
    said = headers.get("retry-after", "").strip()
    if said.isascii() and said.isdigit() and len(said) < 9:
        return min(timedelta(seconds=int(said)), REST_MAX)
    try:
        moment = parsedate_to_datetime(said)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return min(max(moment - at, timedelta()), REST_MAX)


def _short(words: str) -> str:
    return words.replace("\0", "")[:300]


def _ms(begun: float) -> int:
    return round(1000 * (time.monotonic() - begun))
