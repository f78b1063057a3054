"""What the brand's creators have as the value of a fact: suggestions for whoever writes a rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

from crm.models import Brand
from segmentation.facts.catalogue import rows
from segmentation.metrics.periods import calendar_of
from segmentation.rules.calendar import Calendar
from segmentation.rules.facts import NUMERIC_TYPES, Fact, FactType
from segmentation.rules.sql import COMPUTED
from segmentation.rules.words import value_words
from segmentation.selectors.segments import base_size

SUGGESTIONS = 20
# So many creators are asked; of a larger brand a part, the same one each time.
ASKED = 20_000

_NAMED_TYPES = frozenset({FactType.TEXT, FactType.CHOICE, FactType.BOOLEAN})
_TIME_TYPES = frozenset({FactType.DATE, FactType.MOMENT})


@dataclass(frozen=True)
class Suggestion:
    """A value that creators have, as a rule names it, and how many of those asked have it."""

    value: str
    label: str
    creators: int


@dataclass(frozen=True)
class FactValues:
    """What `asked` of the brand's creators have, `known` of them anything; `all` is everybody."""

    asked: int
    known: int
    all: int
    words: str
    suggestions: Sequence[Suggestion] = field(default=())


def fact_values(
    brand: Brand, fact: Fact, *, as_of: datetime, query: str = "", share: str | None = None
) -> FactValues:
    """The most frequent values that contain `query`, and how numbers spread.

    Of a distribution: its shares, or how the share named spreads. Two statements at most beyond
    the one that asks how many creators there are.
    """
    return _Asking(brand, fact, as_of, query, share).answer()


class _Asking:
    """One question about a fact, with the creators who are asked."""

    def __init__(
        self, brand: Brand, fact: Fact, as_of: datetime, query: str, share: str | None
    ) -> None:
        self.fact = fact
        self.query = query
        self.share = share if fact.type is FactType.DISTRIBUTION else None
        self.calendar: Calendar = calendar_of(brand)
        self.everybody = base_size(brand)
        part = -(-self.everybody // ASKED)
        column, only = f"({fact.sql.replace('%', '%%')})", ""
        self.params: list[Any] = []
        if self.share is not None:
            column = f"({column} ->> %s)::double precision"
            self.params.append(self.share)
        self.params += [as_of, brand.pk]
        if part > 1:
            only = " AND hashint8(f.creator_id) %% %s = 0"
            self.params.append(part)
        self.source = (
            f"(SELECT {column} AS v FROM {rows()}"  # noqa: S608 - SQL of the catalogue
            f" WHERE f.known_since IS NOT NULL{only} {COMPUTED}) asked"
        )

    def answer(self) -> FactValues:
        kind = self.fact.type
        asked, known, extra = self._spread()
        words = f"Known of {_share(known, asked)} of creators." if asked else "No creators yet."
        if extra:
            words = f"{words} {extra}"
        named = kind in _NAMED_TYPES or kind is FactType.SET
        shares = kind is FactType.DISTRIBUTION and self.share is None
        return FactValues(
            asked=asked,
            known=known,
            all=self.everybody,
            words=words,
            suggestions=self._suggestions() if named or shares else (),
        )

    def _spread(self) -> tuple[int, int, str]:
        is_number = self.fact.type in NUMERIC_TYPES or self.share is not None
        more = ""
        if is_number:
            more = ", percentile_disc(ARRAY[0.25, 0.5, 0.75]) WITHIN GROUP (ORDER BY v)"
        elif self.fact.type in _TIME_TYPES:
            more = ", min(v), max(v)"
        [(asked, known, *found)] = self._ask(
            f"SELECT count(*), count(v){more} FROM {self.source}"  # noqa: S608 - see `source`
        )
        if not known or not found:
            return asked, known, ""
        if is_number:
            low, middle, high = (self._shown(value) for value in found[0])
            return asked, known, f"Half lie between {low} and {high}; the middle is {middle}."
        earliest, latest = (self._shown(value) for value in found)
        return asked, known, f"From {earliest} to {latest}."

    def _shown(self, value: object) -> str:
        values = {self.share: value} if self.share is not None else value
        return value_words(values, self.fact, self.share, self.calendar)

    def _suggestions(self) -> tuple[Suggestion, ...]:
        match self.fact.type:
            case FactType.SET:
                each = f"SELECT unnest(v) AS v FROM {self.source}"  # noqa: S608 - see `source`
            case FactType.DISTRIBUTION:
                each = (
                    "SELECT jsonb_object_keys(v) AS v "  # noqa: S608 - see `source`
                    f"FROM {self.source} WHERE jsonb_typeof(v) = 'object'"
                )
            case _:
                each = f"SELECT v FROM {self.source} WHERE v IS NOT NULL"  # noqa: S608 - see above
        counted = f"SELECT v, count(*) AS n FROM ({each}) each GROUP BY v"  # noqa: S608 - see above
        if self.fact.allowed is not None:
            return self._of_allowed(dict(self._ask(counted)))
        looked_for = "strpos(lower(v::text), lower(%s))"
        found = self._ask(
            f"SELECT v, n FROM ({counted}) counted WHERE %s = '' OR {looked_for} > 0"  # noqa: S608
            f" ORDER BY {looked_for} <> 1, n DESC, v LIMIT {SUGGESTIONS}",
            [self.query, self.query, self.query],
        )
        return tuple(
            Suggestion(str(value), self.fact.label_of(str(value)), creators)
            for value, creators in found
        )

    def _of_allowed(self, counts: dict[object, int]) -> tuple[Suggestion, ...]:
        """Of a closed list those that fit, those that nobody has too."""
        looked_for = self.query.casefold()
        by_name = {self.fact.named(stored): creators for stored, creators in counts.items()}
        fitting = [
            Suggestion(value, self.fact.label_of(value), by_name.get(value, 0))
            for value in self.fact.allowed or ()
            if looked_for in value.casefold() or looked_for in self.fact.label_of(value).casefold()
        ]
        return tuple(sorted(fitting, key=lambda one: -one.creators)[:SUGGESTIONS])

    def _ask(self, statement: str, params: Sequence[str] = ()) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(statement, [*self.params, *params])
            found: list[tuple[Any, ...]] = cursor.fetchall()
            return found


def _share(part: int, whole: int) -> str:
    """A share in words that never rounds some to none, nor most to all."""
    if part in (0, whole):
        return "all" if part else "none"
    return f"{min(99, max(1, round(part / whole * 100)))} %"
