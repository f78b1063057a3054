"""What is told later: windows whose moments are, and the statements that are made of them.

Compiling takes longer than evaluating a few creators does, and most of what it makes is the same
from one time to the next: only the moments differ, and they are parameters.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any, Literal, cast

from segmentation.rules.calendar import Bounds, Calendar, DateBounds
from segmentation.rules.sql import Sql, escaped
from segmentation.rules.tree import Span, Window


@dataclass(frozen=True)
class Later:
    """One end of a window, where a moment or a day stands once there is one to count from."""

    window: Window
    end: Literal["start", "end"]
    of: Literal["bounds", "date_bounds", "past"]

    def at(self, as_of: datetime, calendar: Calendar) -> Any:
        """The moment or the day."""
        return getattr(getattr(calendar, self.of)(self.window, as_of), self.end)


class LaterCalendar(Calendar):
    """Gives no moments yet; what is compiled with it goes through `told` before it is executed."""

    def bounds(self, window: Window, as_of: datetime) -> Bounds:
        """Both ends for later."""
        return Bounds(*(cast("datetime", one) for one in _ends(window, "bounds")))

    def past(self, window: Window, as_of: datetime) -> Bounds:
        """Both ends for later."""
        return Bounds(*(cast("datetime", one) for one in _ends(window, "past")))

    def date_bounds(self, window: Window, as_of: datetime) -> DateBounds:
        """Both ends for later."""
        return DateBounds(*(cast("date", one) for one in _ends(window, "date_bounds")))


class Asked(Enum):
    """What else a statement is told when it is executed."""

    AS_OF = "as_of"
    CREATORS = "creators"


def _ends(
    window: Window, of: Literal["bounds", "date_bounds", "past"]
) -> tuple[Later, Later | Asked]:
    # A span of moments ends at the one that it counts from: a value less to tell for each.
    is_to_now = isinstance(window, Span) and of != "date_bounds"
    return Later(window, "start", of), Asked.AS_OF if is_to_now else Later(window, "end", of)


@dataclass(frozen=True)
class Statement:
    """A statement that is executed again and again: its constants stand in its text.

    `later` are those that are told each time, by the names of their places.
    """

    text: str
    later: Mapping[str, Later | Asked]

    @classmethod
    def of(cls, sql: Sql, literal: Callable[[Any], str]) -> Statement:
        """The statement of a query; `literal` writes a constant as SQL."""
        names: dict[Later | Asked, str] = {}
        places = []
        for param in sql.params:
            if isinstance(param, Later | Asked):
                places.append(f"%({names.setdefault(param, f'later{len(names)}')})s")
            else:
                places.append(escaped(literal(param)))
        rest = iter(places)
        text = _PLACE.sub(lambda found: next(rest) if found[0] == "%s" else found[0], sql.text)
        return cls(text, {name: param for param, name in names.items()})

    def told(
        self, *, as_of: datetime, calendar: Calendar, creators: Sequence[int]
    ) -> dict[str, Any]:
        """The values to execute it with."""
        asked = {Asked.AS_OF: as_of, Asked.CREATORS: list(creators)}
        return {
            name: asked[param] if isinstance(param, Asked) else param.at(as_of, calendar)
            for name, param in self.later.items()
        }


_PLACE = re.compile("%[%s]")
