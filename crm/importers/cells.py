"""From one cell of a column to its value, with what cells said that nobody knows.

A country, language or subject that is not recognised costs the cell, not the row: it is counted
in `ignored`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeAlias

from crm.importers.dates import parse_moment
from crm.importers.fields import read, words_in
from crm.importers.handles import HANDLE_MAX
from crm.importers.mapping import MappedColumn
from crm.importers.numbers import (
    BadValue,
    is_missing,
    parse_average,
    parse_count,
    parse_number,
    parse_part,
    parse_rate,
    parse_score,
    parse_share,
)
from crm.importers.values import (
    niche_key,
    parse_country,
    parse_email,
    parse_flag,
    parse_language,
    parse_niches,
    parse_phone,
    parse_post_kind,
    parse_prose,
    parse_tags,
    parse_text,
)
from crm.importers.vocabulary import PLATFORM_WORDS, Parse, Targets
from crm.models import CustomField

# From a cell to its value; None: the cell says nothing. Raises BadValue.
CellParser: TypeAlias = Callable[[Any], Any]
_UNKNOWN = object()
NICHES_MAX = 2_000  # more different subjects than this: the column is prose
TAGS_MAX = 200  # nobody looks through more: the column is something else
_SOFT = frozenset({"unknown_country", "unknown_language", "unknown_niche", "unknown_tag"})
_EXAMPLES = 5
# Columns of few different cells: each is parsed once.
_REPEATING = frozenset(
    {
        Parse.PLATFORM,
        Parse.FLAG,
        Parse.COUNTRY,
        Parse.LANGUAGE,
        Parse.NICHE,
        Parse.TAG,
        Parse.POST_KIND,
    }
)
_REMEMBERED = 10_000


@dataclass(slots=True)
class Ignored:
    """Cells of a column that said nothing we know, with the first few."""

    count: int = 0
    examples: list[str] = field(default_factory=list)


class CellParsers:
    """How the cells of each column of one file are read."""

    def __init__(self, *, year: int, platforms: frozenset[str], targets: Targets) -> None:
        self.ignored: dict[str, Ignored] = {}
        self.niches: dict[str, str] = {}
        # The words of a column of tags, by what equal ones share.
        self.tags: dict[str, str] = {}
        self._year = year
        self._platforms = platforms
        self._targets = targets

    def remembering(self, column: MappedColumn) -> CellParser:
        """The column's parser, which remembers cells that come again and lets unknown words pass,
        counted.
        """
        parse = self.plain(column)
        target = self._targets[column.target]
        if target.parse not in _REPEATING and target.field is None:
            return parse
        known: dict[Any, Any] = {}

        def remembered(cell: Any) -> Any:
            try:
                return known[cell]
            except KeyError:
                value = self._soft(column.column, parse, cell)
                if value is not _UNKNOWN and len(known) < _REMEMBERED:
                    known[cell] = value
            except TypeError:  # a list or an object of JSON
                value = self._soft(column.column, parse, cell)
            return None if value is _UNKNOWN else value

        return remembered

    def _soft(self, column: str, parse: CellParser, cell: Any) -> Any:
        try:
            return parse(cell)
        except BadValue as bad:
            if bad.code not in _SOFT:
                raise
        ignored = self.ignored.setdefault(column, Ignored())
        ignored.count += 1
        if len(ignored.examples) < _EXAMPLES and (shown := str(cell)[:60]) not in ignored.examples:
            ignored.examples.append(shown)
        return _UNKNOWN

    def plain(self, column: MappedColumn) -> CellParser:
        """The function that reads the column's cells."""
        target, decimal, unit = self._targets[column.target], column.decimal, column.unit
        limit, form, year = target.limit, column.form, self._year
        parsers: dict[Parse, CellParser] = {
            Parse.HANDLE: _raw_handle,
            Parse.URL: lambda cell: parse_text(cell, limit),
            Parse.PLATFORM: self._platform,
            Parse.TEXT: lambda cell: parse_text(cell, limit),
            Parse.PROSE: lambda cell: parse_prose(cell, limit),
            Parse.EMAIL: parse_email,
            Parse.PHONE: parse_phone,
            Parse.COUNT: lambda cell: parse_count(cell, decimal),
            Parse.AVERAGE: lambda cell: parse_average(cell, decimal),
            Parse.RATE: lambda cell: parse_rate(cell, decimal, unit),
            Parse.NUMBER: lambda cell: parse_number(cell, decimal),
            Parse.SHARE: lambda cell: parse_share(cell, decimal, unit),
            Parse.PART: lambda cell: parse_part(cell, decimal, unit),
            Parse.SCORE: lambda cell: parse_score(cell, decimal),
            Parse.WORDS: lambda cell: words_in(parse_text(cell, limit)),
            Parse.FLAG: parse_flag,
            Parse.MOMENT: lambda cell: parse_moment(cell, form, year=year),
            Parse.COUNTRY: parse_country,
            Parse.LANGUAGE: parse_language,
            Parse.NICHE: self._niches,
            Parse.TAG: self._tags,
            Parse.POST_KIND: parse_post_kind,
        }
        parse = parsers[target.parse]
        if target.field is None:
            return parse
        return partial(_of_field, target.field, parse)

    def _niches(self, cell: object) -> list[str] | None:
        keys = []
        for label in parse_niches(cell):
            key = niche_key(label)
            if key not in self.niches:
                if len(self.niches) >= NICHES_MAX:
                    raise BadValue(
                        "unknown_niche", "This column holds too many different subjects."
                    )
                self.niches[key] = label
            keys.append(key)
        return keys or None

    def _tags(self, cell: object) -> list[str] | None:
        keys = []
        for word in parse_tags(cell):
            if word.lower() not in self.tags and len(self.tags) >= TAGS_MAX:
                raise BadValue("unknown_tag", "This column holds too many words to be tags.")
            keys.append(word.lower())
            self.tags.setdefault(word.lower(), word)
        return list(dict.fromkeys(keys)) or None

    def _platform(self, cell: object) -> str | None:
        if is_missing(cell):
            return None
        word = str(cell).strip().lower()
        platform = PLATFORM_WORDS.get(word, word)
        if platform not in self._platforms:
            raise BadValue("unknown_platform", f"“{word[:40]}” is no platform that we know.")
        return platform


def _of_field(field: CustomField, parse: CellParser, cell: Any) -> Any:
    return read(field, parse(cell))


def _raw_handle(cell: object) -> str | None:
    if is_missing(cell):
        return None
    text = str(cell)
    if len(text) > HANDLE_MAX + 300:
        raise BadValue("invalid_handle", "The text is too long for a handle.")
    return text
