"""The columns that the list of creators can show: chosen and ordered in its address.

A column reads what the list has at hand (`of`), or asks once for all rows of a page (`load`), so
that a page costs the same whatever its length. Upper apps add sources of further columns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any

from crm.lists import loading
from crm.models import Brand
from crm.registry import Registry
from crm.selectors import CreatorRow

PARAMETER = "columns"
FIELD = "field."
# More than a screen can show helps nobody, and each costs a query at most.
MAX_COLUMNS = 30


class Look(StrEnum):
    """How a cell is shown; templates/crm/creators/_cell.html has one way for each."""

    TEXT = "text"
    COUNT = "count"
    PERCENT = "percent"
    AGO = "ago"
    DAY = "day"
    STEP = "step"
    PERSON = "person"
    WORDS = "words"
    NAMES = "names"
    TAGS = "tags"
    NUMBER = "number"


# Looks whose cells stand to the right.
NUMBERS = frozenset({Look.COUNT, Look.PERCENT, Look.AGO, Look.NUMBER})
Loaded = Mapping[int, Any]


@dataclass(frozen=True)
class Column:
    """A column. `sort` is the order that a click on its head asks for, empty where there is none.

    `of` gives the cell of a row; `load` those of all rows at once, by relationship. `stored` is
    what an export writes where that is something else than what is shown.
    """

    key: str
    label: str
    group: str
    look: Look
    of: Callable[[CreatorRow], Any] | None = None
    load: Callable[[Brand, Sequence[CreatorRow]], Loaded] | None = None
    stored: Callable[[CreatorRow], Any] | None = None
    sort: str = ""

    @property
    def is_number(self) -> bool:
        """Whether it stands to the right."""
        return self.look in NUMBERS

    def cells(self, brand: Brand, rows: Sequence[CreatorRow]) -> list[Any]:
        """The cells of these rows, in order."""
        if self.load is not None:
            found = self.load(brand, rows)
            return [found.get(row.relationship.pk) for row in rows]
        if self.of is None:
            raise TypeError(f"the column {self.key} has nothing to show")
        return [self.of(row) for row in rows]

    def exported(self, brand: Brand, rows: Sequence[CreatorRow]) -> list[Any]:
        """What an export writes for these rows, in order."""
        if self.stored is not None:
            return [self.stored(row) for row in rows]
        return [loading.plain(cell) for cell in self.cells(brand, rows)]


@dataclass(frozen=True)
class Cell:
    """A cell of the table with the column it belongs to."""

    column: Column
    value: Any


@dataclass(frozen=True)
class TableRow:
    """A row of the table."""

    row: CreatorRow
    cells: Sequence[Cell]
    # Where it stands in the list: crm/lists/place.py.
    place: str


def _metric(name: str) -> Callable[[CreatorRow], Any]:
    return lambda row: getattr(row.metrics, name) if row.metrics else None


def _person(name: str) -> Callable[[CreatorRow], Any]:
    return lambda row: getattr(row.creator, name) or None


_NUMBERS, _STANDING, _PERSON = "Numbers", "How you stand", "Person"
STANDARD: tuple[Column, ...] = (
    Column(
        "tier",
        "Tier",
        _NUMBERS,
        Look.TEXT,
        lambda row: row.tier and row.tier.name,
        stored=lambda row: row.tier and row.tier.key,
    ),
    Column(
        "followers", "Followers", _NUMBERS, Look.COUNT, lambda row: row.followers, sort="followers"
    ),
    Column(
        "engagement_rate",
        "Engagement",
        _NUMBERS,
        Look.PERCENT,
        lambda row: row.engagement_rate,
        sort="engagement",
    ),
    Column(
        "stage",
        "Stage",
        _STANDING,
        Look.TEXT,
        lambda row: row.relationship.get_stage_display(),
        stored=lambda row: row.relationship.stage,
    ),
    Column(
        "owner",
        "Owner",
        _STANDING,
        Look.PERSON,
        lambda row: row.relationship.owner and row.relationship.owner.display_name,
        stored=lambda row: row.relationship.owner and row.relationship.owner.email,
    ),
    Column(
        "next_step",
        "Next step",
        _STANDING,
        Look.STEP,
        lambda row: row.relationship,
        stored=lambda row: row.relationship.next_step,
    ),
    Column(
        "last_post_at",
        "Last post",
        _NUMBERS,
        Look.AGO,
        lambda row: row.last_post_at,
        sort="last_post",
    ),
    Column(
        "next_step_on",
        "Next step by",
        _STANDING,
        Look.DAY,
        lambda row: row.relationship.next_step_on,
    ),
    Column(
        "stage_since",
        "In stage since",
        _STANDING,
        Look.DAY,
        lambda row: row.relationship.stage_since,
    ),
    Column("last_contact", "Last contact", _STANDING, Look.AGO, load=loading.last_contacts),
    Column("tags", "Tags", _STANDING, Look.TAGS, load=loading.tags),
    Column(
        "added_at",
        "Added",
        _STANDING,
        Look.DAY,
        lambda row: row.relationship.created_at,
        sort="added",
    ),
    Column("country", "Country", _PERSON, Look.TEXT, _person("country")),
    Column("language", "Language", _PERSON, Look.TEXT, _person("language")),
    Column("profession", "Profession", _PERSON, Look.TEXT, _person("profession")),
    Column(
        "creator_type",
        "Kind",
        _PERSON,
        Look.TEXT,
        lambda row: row.creator.get_creator_type_display(),
        stored=lambda row: row.creator.creator_type,
    ),
    Column("niches", "Niches", _PERSON, Look.WORDS, load=loading.niches),
    Column("email", "E-mail", _PERSON, Look.WORDS, load=loading.addresses),
    Column(
        "primary_platform", "Main platform", _NUMBERS, Look.TEXT, _metric("primary_platform_id")
    ),
    Column(
        "followers_total",
        "Followers, all accounts",
        _NUMBERS,
        Look.COUNT,
        _metric("followers_total"),
    ),
    Column(
        "follower_growth_90d",
        "Growth, 90 days",
        _NUMBERS,
        Look.PERCENT,
        _metric("follower_growth_90d"),
    ),
    Column("view_rate", "View rate", _NUMBERS, Look.PERCENT, _metric("view_rate")),
    Column("avg_views", "Average views", _NUMBERS, Look.COUNT, _metric("avg_views")),
    Column("avg_likes", "Average likes", _NUMBERS, Look.COUNT, _metric("avg_likes")),
    Column("avg_comments", "Average comments", _NUMBERS, Look.COUNT, _metric("avg_comments")),
    Column("posts_90d", "Posts, 90 days", _NUMBERS, Look.COUNT, _metric("posts_90d")),
    Column("paid_share", "Paid share", _NUMBERS, Look.PERCENT, _metric("paid_share")),
)
# What the list shows unless columns are chosen.
USUAL = ("tier", "followers", "engagement_rate", "stage", "owner", "next_step", "last_post_at")

# Upper apps: gives the columns of a brand.
Source = Callable[[Brand], Iterable[Column]]
SOURCES: Registry[Source] = Registry()
SOURCES.add("standard", lambda _brand: STANDARD)


def _of_fields(brand: Brand) -> list[Column]:
    """A column for each field of the brand that is in use."""
    held = loading.FieldCells(loading.fields(brand))
    return [
        Column(
            f"{FIELD}{field.key}",
            field.label,
            "Your fields",
            Look.TEXT,
            load=partial(held.cells, field),
        )
        for field in held.fields.values()
    ]


SOURCES.add("fields", _of_fields)


def unknown_columns(brand: Brand, asked: str) -> list[str]:
    """Of a list of keys with commas, those that are not (or no longer) columns of the brand."""
    known = {column.key for source in SOURCES for column in source(brand)} if asked else set()
    return [key for key in asked.split(",") if key and key not in known]


@dataclass(frozen=True)
class Choice:
    """Which columns a list shows, out of those that there are."""

    shown: tuple[Column, ...]
    others: tuple[Column, ...]
    is_usual: bool

    @classmethod
    def of(cls, brand: Brand, asked: str) -> Choice:
        """By a list of keys with commas; what is not (or no longer) there is left out."""
        keys = [key for key in asked.split(",") if key][:MAX_COLUMNS]
        known = {column.key: column for source in SOURCES for column in source(brand)}
        shown = [known[key] for key in dict.fromkeys(keys) if key in known]
        is_usual = not shown or tuple(column.key for column in shown) == USUAL
        shown = shown or [known[key] for key in USUAL]
        groups = list(dict.fromkeys(column.group for column in known.values()))
        others = sorted(
            (column for column in known.values() if column not in shown),
            key=lambda column: groups.index(column.group),
        )
        return cls(tuple(shown), tuple(others), is_usual)

    @property
    def asked(self) -> str:
        """As the address has it; empty for the usual ones."""
        return "" if self.is_usual else ",".join(column.key for column in self.shown)

    def table(
        self, brand: Brand, rows: Sequence[CreatorRow], places: Sequence[str]
    ) -> list[TableRow]:
        """The rows, each with its cells and its place in the list."""
        cells = [
            [Cell(column, value) for value in column.cells(brand, rows)] for column in self.shown
        ]
        return [
            TableRow(row, [column[at] for column in cells], place)
            for at, (row, place) in enumerate(zip(rows, places, strict=True))
        ]
