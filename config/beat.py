"""Beat's memory of when each thing last ran, which a clock that was wrong must not spoil."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from celery.beat import PersistentScheduler, ScheduleEntry

logger = logging.getLogger(__name__)

# Clocks of machines that are kept in time differ by less.
AHEAD = timedelta(minutes=5)


class Scheduler(PersistentScheduler):  # type: ignore[misc] # Celery ships no types
    """Celery's own, but for entries that last ran in the future.

    A clock that was ahead by a year and is right again would keep beat silent for that year. Such
    an entry counts as run now: what is due next comes at its time, and nothing comes twice.
    """

    def is_due(self, entry: ScheduleEntry) -> Any:
        """Whether the entry is due, and in how many seconds to ask again."""
        now = entry.default_now()
        if entry.last_run_at > now + AHEAD:
            logger.warning("The clock went back: %s last ran at %s.", entry.name, entry.last_run_at)
            entry.last_run_at = now
        return super().is_due(entry)
