"""Rows that nobody does: they were looked at, and lead nowhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crm.day.parts import Asker, Source
from crm.services.snoozes import FOR_GOOD, snooze, wake


class PutAside(Source):
    """A source whose one click keeps the row away for good, for this person."""

    finished = "Put aside."

    def finish(
        self, asker: Asker, pk: int, *, version: int | None, asked: Mapping[str, Any]
    ) -> Any:
        """It does not come again."""
        snooze(
            user=asker.user,
            brand=asker.brand,
            source=self.key,
            row=pk,
            until=FOR_GOOD,
            today=asker.today,
        )
        return None

    def undo(self, asker: Asker, pk: int, state: Any) -> None:
        """It is there again."""
        wake(user=asker.user, brand=asker.brand, source=self.key, row=pk)
