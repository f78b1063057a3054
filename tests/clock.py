"""The day on which tests are made: no test may pass today and fail next month.

Moments in tests are written down (`tests.factories.NOW`), pages ask the clock. So Python's clock is
put to the day after and runs on from there, for what happens within this process. Servers, other
processes and browsers keep theirs: tests of these are made at the moment at which they run.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine

# A Monday, in working hours of Europe.
THE_DAY = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="session", autouse=True)
def clock() -> Iterator[None]:
    """The clock of all tests."""
    with time_machine.travel(THE_DAY, tick=True):
        yield


def true_clock() -> time_machine.travel:
    """The machine's clock, as a context: for tests in which others look at theirs."""
    return time_machine.travel(time_machine.escape_hatch.datetime.datetime.now(UTC), tick=True)
