"""Windows whose moments are told later: what is compiled with them serves every moment.

Compiling takes longer than evaluating a few creators does, and most of what it makes is the same
from one time to the next: only the moments differ, and they are parameters.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, cast

from segmentation.rules.calendar import Bounds, Calendar, DateBounds
from segmentation.rules.tree import Window


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


def _ends(window: Window, of: Literal["bounds", "date_bounds", "past"]) -> tuple[Later, Later]:
    return Later(window, "start", of), Later(window, "end", of)


def told(params: Iterable[Any], as_of: datetime, calendar: Calendar) -> tuple[Any, ...]:
    """Parameters with the moments that windows have as of `as_of`."""
    return tuple(
        param.at(as_of, calendar) if isinstance(param, Later) else param for param in params
    )
