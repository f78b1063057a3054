"""Clicks on their way to the database: a stream in Valkey with a limit.

Nobody waits for the database, and nobody is refused. While the stream is full, or Valkey is away,
people are sent on all the same, and how many clicks were lost that way is counted for each link and
day; what only this process knows of it goes along as soon as Valkey answers.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import cast
from uuid import UUID

from django.conf import settings

from campaigns.choices import ClickKind
from campaigns.services.tracking.server import Away, asking

logger = logging.getLogger(__name__)

STREAM = "rapport:tracking:clicks"
LOST = "rapport:tracking:lost"
# In one go, or two redirects at once would overfill it: 0 where it is full.
_PUSH = """
if redis.call('XLEN', KEYS[1]) >= tonumber(ARGV[1]) then
  redis.call('HINCRBY', KEYS[2], ARGV[2], 1)
  return 0
end
redis.call('XADD', KEYS[1], '*', 'c', ARGV[3])
return 1
"""
_TAKE_LOST = "local all = redis.call('HGETALL', KEYS[1]); redis.call('DEL', KEYS[1]); return all"
_TELL_EVERY = 10.0


@dataclass(frozen=True)
class Followed:
    """A click as the redirect saw it; nothing in it says who it was."""

    id: UUID
    brand_id: int
    link_id: int
    at: datetime
    # The brand's day, for the count of those that were lost.
    day: date
    kind: ClickKind
    visitor: int | None
    referrer_host: str
    country: str | None


_lost: Counter[str] = Counter()
_lock = threading.Lock()
_told = 0.0


def push(click: Followed) -> bool:
    """Put a click on its way; False where it is lost, and counted as that."""
    field = f"{click.link_id}:{click.day}"
    try:
        with asking() as valkey:
            is_in = valkey.eval(
                _PUSH, 2, STREAM, LOST, settings.CLICKS_WAITING_MAX, field, _packed(click)
            )
    except Away:
        _lose(field)
        return False
    if not is_in:
        _tell("The queue of clicks is full: is a worker running?")
        return False
    if _lost:
        _hand_over()
    return True


def waiting(most: int) -> list[tuple[bytes, Followed | None]]:
    """The clicks that wait longest, with their names in the stream; None: not one of ours."""
    with asking() as valkey:
        # Its types allow for clients that decode to text; ours does not.
        rows = cast("list[tuple[bytes, dict[bytes, bytes]]]", valkey.xrange(STREAM, count=most))
    return [(name, _unpacked(fields)) for name, fields in rows]


def done(names: Iterable[bytes]) -> None:
    """They are in the database: take them out of the stream."""
    with asking() as valkey:
        valkey.xdel(STREAM, *names)


def length() -> int:
    """How many wait. Raises Away."""
    with asking() as valkey:
        return int(valkey.xlen(STREAM))


def take_lost() -> dict[tuple[int, date], int]:
    """How many were lost, by link and day, since somebody last asked. Raises Away."""
    with asking() as valkey:
        flat = valkey.eval(_TAKE_LOST, 1, LOST)
    found = {}
    for field, number in zip(flat[::2], flat[1::2], strict=True):
        link, _, day = field.decode().partition(":")
        found[int(link), date.fromisoformat(day)] = int(number)
    return found


def give_back_lost(counts: dict[tuple[int, date], int]) -> None:
    """They could not be written down: keep them for the next time."""
    with _lock:
        _lost.update({f"{link}:{day}": number for (link, day), number in counts.items()})


def lost_here() -> int:
    """How many this process lost and could not yet tell."""
    return sum(_lost.values())


def _lose(field: str) -> None:
    with _lock:
        _lost[field] += 1
    _tell("Valkey does not answer: clicks are lost.")


def _hand_over() -> None:
    with _lock:
        mine = dict(_lost)
        _lost.clear()
    try:
        with asking() as valkey, valkey.pipeline(transaction=True) as pipe:
            for field, number in mine.items():
                pipe.hincrby(LOST, field, number)
            pipe.execute()
    except Away:
        with _lock:
            _lost.update(mine)


def _tell(what: str) -> None:
    global _told  # noqa: PLW0603 - one line of log in ten seconds, for the whole process
    if time.monotonic() >= _told:
        _told = time.monotonic() + _TELL_EVERY
        logger.error("%s %s lost and not yet written down by this process.", what, lost_here())


def _packed(click: Followed) -> str:
    return json.dumps(
        [
            click.id.hex,
            click.brand_id,
            click.link_id,
            click.at.timestamp(),
            click.day.isoformat(),
            click.kind.value,
            click.visitor,
            click.referrer_host,
            click.country,
        ],
        separators=(",", ":"),
    )


def _unpacked(fields: dict[bytes, bytes]) -> Followed | None:
    try:
        id_, brand, link, at, day, kind, visitor, host, country = json.loads(fields[b"c"])
        return Followed(
            UUID(id_),
            int(brand),
            int(link),
            datetime.fromtimestamp(at, UTC),
            date.fromisoformat(day),
            ClickKind(kind),
            visitor,
            host,
            country,
        )
    except (KeyError, TypeError, ValueError):
        return None
