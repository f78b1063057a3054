"""Where a pull stands: JSON in the database, so that whoever comes next goes on from there."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from crm.connectors.base import Call

# Of one group of profiles, for each of them: more than any of them can need is a loop.
CALLS_EACH_MAX = 300


@dataclass(slots=True)
class Cursor:
    """`after`: the last profile taken up; `group`: those at work; `waiting`: calls to be made.

    `done` are the fingerprints of the calls of the group, since an answer that leads back to an
    earlier page would never end; `refused` counts refusals in a row.
    """

    after: int = 0
    group: list[int] = field(default_factory=list)
    waiting: list[dict[str, Any]] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    refused: int = 0

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """As it was stored; nothing is the beginning."""
        return cls(**stored)

    def to_json(self) -> dict[str, Any]:
        """As it is stored."""
        return {
            "after": self.after,
            "group": self.group,
            "waiting": self.waiting,
            "done": self.done,
            "refused": self.refused,
        }

    @property
    def next_call(self) -> Call | None:
        """The call to be made next."""
        return Call.from_json(self.waiting[0]) if self.waiting else None

    def take_up(self, accounts: Iterable[int], calls: Iterable[Call]) -> None:
        """Begin with a group."""
        self.group = list(accounts)
        self.after = self.group[-1]
        self.done = []
        self.waiting = []
        self.add(calls)

    def made(self) -> None:
        """The next call was made: it does not come again."""
        self.waiting.pop(0)

    def add(self, calls: Iterable[Call]) -> list[Call]:
        """Put calls behind those that wait; gives back those that were made before, or too many."""
        again: list[Call] = []
        known = set(self.done)
        for call in calls:
            stored = call.to_json()
            print_of_it = _fingerprint(stored)
            if print_of_it in known or len(self.done) >= CALLS_EACH_MAX * max(len(self.group), 1):
                again.append(call)
                continue
            known.add(print_of_it)
            self.done.append(print_of_it)
            self.waiting.append(stored)
        return again


def _fingerprint(stored: Mapping[str, Any]) -> str:
    """What is asked for. `carry` is ours, and may count down."""
    asked = {name: stored[name] for name in ("step", "url", "query", "body")}
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()[:16]
