"""Which creators something is asked for: those ticked, or all that a filter finds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.http import QueryDict

from crm.filters import CreatorFilter
from crm.limits import TookTooLong
from crm.lists.patience import TOO_LONG, in_time
from crm.models import Brand, Relationship
from crm.paging import capped_count
from crm.selectors import relationships_of
from crm.sent import row_numbers

if TYPE_CHECKING:
    from django.db.models import QuerySet

# As many as anybody ticks by hand, with room to spare; more are asked for by their filter.
MAX_TICKED = 5_000


class FilterRefused(Exception):
    """The filter has errors; the message names them and is fit for the user."""


@dataclass(frozen=True)
class Selection:
    """`ids` of relationships, or the `query` of a list's address: all that it finds."""

    query: str = ""
    ids: tuple[int, ...] | None = None

    @classmethod
    def posted(cls, data: QueryDict) -> Selection:
        """As the list sends it: `all` with the list's `query`, or an `id` for each that is ticked.

        Raises FilterRefused where nobody is chosen.
        """
        if data.get("all"):
            return cls(query=data.get("query", ""))
        ids = row_numbers(data.getlist("id"))
        if not ids:
            raise FilterRefused("Tick the creators first, or choose all that match.")
        if len(ids) > MAX_TICKED:
            raise FilterRefused(
                f"Tick at most {MAX_TICKED:,} creators, or narrow the list to them."
            )
        return cls(ids=tuple(dict.fromkeys(ids)))

    @classmethod
    def of_job(cls, params: dict[str, Any]) -> Selection:
        """As the parameters of a job hold it."""
        ids = params.get("ids")
        return cls(params.get("query", ""), None if ids is None else tuple(ids))

    @property
    def params(self) -> dict[str, Any]:
        """For a job's parameters."""
        return {"query": self.query} if self.ids is None else {"ids": list(self.ids)}

    def filter(self, brand: Brand, at: datetime) -> CreatorFilter:
        """The list's own filter over who is chosen, with its order. Raises FilterRefused."""
        rows = relationships_of(brand)
        if self.ids is not None:
            rows = rows.filter(pk__in=self.ids)
        found = CreatorFilter(QueryDict(self.query), rows, brand=brand, at=at)
        if not found.is_valid():
            raise FilterRefused(f"The filter cannot be used. {errors_in_words(found)}")
        return found

    def rows(self, brand: Brand, at: datetime) -> QuerySet[Relationship]:
        """Who is chosen. Raises FilterRefused."""
        found: QuerySet[Relationship] = self.filter(brand, at).qs
        return found

    def size(self, brand: Brand, at: datetime, *, cap: int = 1_000_000) -> int:
        """How many they are now. Raises FilterRefused."""
        found = self.filter(brand, at)
        try:
            with in_time(found):
                return capped_count(found.qs, cap=cap).number
        except TookTooLong as slow:
            raise FilterRefused(TOO_LONG) from slow


def errors_in_words(found: CreatorFilter) -> str:
    """What is wrong with a filter, field by field."""
    said: Iterable[str] = (
        f"{found.form.fields[name].label}: {' '.join(errors)}"
        for name, errors in found.errors.items()
    )
    return " ".join(said)


def creators(number: int) -> str:
    """So many creators, in words."""
    return f"{number:,} creator{'' if number == 1 else 's'}"
