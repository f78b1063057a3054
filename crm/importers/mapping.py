"""Which column means what: the mapping, as it is stored with an import and per source.

A mapping holds the file's constants (platform, the day the numbers are from, the year of dates
without one) and, for each column that is taken, its target, decimal mark, unit or date form.
proposal.py makes one from a file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any, Self

from crm.importers.dates import DateForm
from crm.importers.handles import RULES
from crm.importers.numbers import DecimalStyle, PercentUnit
from crm.importers.vocabulary import TARGETS, Level, Parse, Targets


class Kind(StrEnum):
    """What the rows of a file are."""

    CREATORS = "creators"
    POSTS = "posts"


class MappingInvalid(Exception):
    """The mapping cannot be used with this file; each problem is a sentence fit for the user."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = list(problems)
        super().__init__(" ".join(self.problems))


@dataclass(frozen=True, slots=True)
class MappedColumn:
    """A column and its meaning.

    An empty target leaves it out. `platform` is for files with several per row.
    """

    column: str
    target: str = ""
    platform: str = ""
    decimal: DecimalStyle = DecimalStyle.POINT
    unit: PercentUnit = PercentUnit.FRACTION
    form: DateForm = DateForm.ISO
    why: str = ""

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """A column from JSON; what is not said has its usual value."""
        return cls(
            column=str(stored["column"]),
            target=str(stored.get("target") or ""),
            platform=str(stored.get("platform") or ""),
            decimal=DecimalStyle(stored.get("decimal") or DecimalStyle.POINT),
            unit=PercentUnit(stored.get("unit") or PercentUnit.FRACTION),
            form=DateForm(stored.get("form") or DateForm.ISO),
            why=str(stored.get("why") or ""),
        )


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """What a file means. `captured_on` and `year` are None where nothing says them."""

    kind: Kind
    columns: tuple[MappedColumn, ...]
    platform: str = ""
    post_kind: str = ""
    captured_on: date | None = None
    year: int | None = None
    warnings: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """What is stored with the import and per source."""
        stored = asdict(self)
        stored["columns"] = [
            {
                key: value
                for key, value in asdict(column).items()
                if value or key in {"column", "target"}
            }
            for column in self.columns
        ]
        stored["captured_on"] = self.captured_on.isoformat() if self.captured_on else None
        stored["warnings"] = list(self.warnings)
        return stored

    @classmethod
    def from_json(cls, stored: Mapping[str, Any], kind: Kind | None = None) -> Self:
        """The mapping that `to_json` stored or a person wrote; MappingInvalid where it is none.

        `kind` is what the file holds if the mapping does not say it.
        """
        try:
            captured = stored.get("captured_on")
            columns = stored["columns"]
            if isinstance(columns, dict):  # the short form: {"Username": "handle"}
                columns = [{"column": name, "target": target} for name, target in columns.items()]
            return cls(
                kind=Kind(stored.get("kind") or kind or Kind.CREATORS),
                columns=tuple(map(MappedColumn.from_json, columns)),
                platform=str(stored.get("platform") or ""),
                post_kind=str(stored.get("post_kind") or ""),
                captured_on=date.fromisoformat(captured) if captured else None,
                year=int(stored["year"]) if stored.get("year") else None,
                warnings=tuple(map(str, stored.get("warnings") or ())),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise MappingInvalid([f"This is not a column mapping: {error}."]) from None

    @property
    def used(self) -> tuple[MappedColumn, ...]:
        """The columns that are taken."""
        return tuple(column for column in self.columns if column.target)

    @property
    def targets(self) -> frozenset[str]:
        """The targets that some column fills."""
        return frozenset(column.target for column in self.used)

    def fits(self, columns: Iterable[str]) -> bool:
        """True if the file has every column that this mapping takes."""
        return {column.column for column in self.used} <= set(columns)

    def for_file(self, columns: Iterable[str]) -> Self:
        """The same meaning for a file with these columns: those it does not know are left out."""
        known = {column.column: column for column in self.columns}
        return replace(self, columns=tuple(known.get(name, MappedColumn(name)) for name in columns))


def check(
    mapping: ColumnMapping,
    file_columns: Iterable[str],
    platforms: Iterable[str],
    targets: Targets = TARGETS,
) -> list[str]:
    """What keeps the mapping from being used with a file of these columns.

    Sentences fit for the user.
    """
    problems: list[str] = []
    known_platforms = set(platforms)
    in_file = set(file_columns)
    filled: dict[tuple[str, str], str] = {}
    for column in mapping.used:
        target = targets.get(column.target)
        if target is None:
            problems.append(f"There is no field “{column.target}” (column “{column.column}”).")
            continue
        if column.column not in in_file:
            problems.append(f"The file has no column “{column.column}”.")
        if column.platform and column.platform not in known_platforms:
            problems.append(f"There is no platform “{column.platform}” (column “{column.column}”).")
        if target.level is Level.POST and mapping.kind is Kind.CREATORS:
            problems.append(f"“{target.label}” belongs to posts, but this is a list of creators.")
        other = filled.setdefault((column.target, column.platform), column.column)
        if other != column.column and not target.several:
            problems.append(
                f"Columns “{other}” and “{column.column}” both fill “{target.label}”: choose one."
            )
    if mapping.platform and mapping.platform not in known_platforms:
        problems.append(f"There is no platform “{mapping.platform}”.")
    without = [
        column
        for column in mapping.used
        if column.target in {"handle", "account_id"} and not column.platform
    ]
    if without and not mapping.platform and not mapping.targets & {"platform", "profile_url"}:
        problems.append("Say which platform the handles are on.")
    if mapping.kind is Kind.CREATORS and not mapping.targets & {
        "handle",
        "profile_url",
        "account_id",
    }:
        problems.append("Say which column holds the handle or the profile address.")
    if mapping.kind is Kind.POSTS and not mapping.targets & {"post_id", "post_url"}:
        problems.append("Say which column holds the post's id or address.")
    return problems


def parses(column: MappedColumn) -> Parse | None:
    """How the column's cells are read; None if it is left out."""
    target = TARGETS.get(column.target)
    return target.parse if target else None


def known_platforms() -> frozenset[str]:
    """Platforms whose handles have a form that we know."""
    return frozenset(RULES)
