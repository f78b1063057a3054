"""From a row's cells to typed staging rows: one for each account that the row names.

`RowParser` is made once per file from its mapping. For each row it gives tuples in the order of
`fields`, or a Reject with line, column and reason.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from crm.field_types import plain as plain_value
from crm.importers.cells import CellParser, CellParsers
from crm.importers.fields import PREFIX, used
from crm.importers.handles import parse_handle, platform_of_url, profile_address
from crm.importers.mapping import ColumnMapping, Kind, MappedColumn
from crm.importers.numbers import BadValue, is_missing
from crm.importers.vocabulary import (
    AUDIENCE_NUMBERS,
    POST_NUMBERS,
    PROFILE_NUMBERS,
    TARGETS,
    Level,
    Parse,
    Targets,
)

_NAMING = frozenset({"handle", "profile_url", "account_id"})
ALL_FOLLOWERS = 1.01  # both shares may be rounded

ACCOUNT_TEXTS = ("display_name", "url", "account_id", "bio", "is_verified")
CREATOR_FIELDS = (
    "name",
    "email",
    "phone",
    "external_id",
    "country",
    "language",
    "profession",
    "niches",
    "tags",
)
POST_FIELDS = (
    "post_id",
    "post_url",
    "posted_at",
    "post_kind",
    "title",
    "caption",
    "post_language",
    "is_paid_partnership",
    "followers_at_post",
    *POST_NUMBERS,
)


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that is not taken:

    its line, the column and cell at fault, a code to count by, and the reason in words.
    """

    line: int
    code: str
    reason: str
    column: str = ""
    value: str = ""


class RowParser:
    """The rows of one file by one mapping."""

    def __init__(
        self,
        mapping: ColumnMapping,
        *,
        year: int,
        platforms: frozenset[str],
        targets: Targets = TARGETS,
    ) -> None:
        self.mapping = mapping
        self.brand_fields = used(targets, mapping.targets)
        self._targets = targets
        self.wanted = tuple(column.column for column in mapping.used)
        self.cells = CellParsers(year=year, platforms=platforms, targets=targets)
        self._posts = mapping.kind is Kind.POSTS
        common: list[tuple[int, str, CellParser]] = []
        own: dict[str, list[tuple[int, str, CellParser]]] = {}
        for index, column in enumerate(mapping.used):
            target = targets[column.target]
            # Several columns may hold niches: each has a key of its own until the row is complete.
            key = {Parse.NICHE: f"niche {index}", Parse.TAG: "tags"}.get(target.parse, target.key)
            cell = (index, key, self.cells.remembering(column))
            if target.level is Level.ACCOUNT and target.key != "captured_at":
                own.setdefault(column.platform, []).append(cell)
            else:
                common.append(cell)
        self._common = tuple(common)
        self._slots = tuple((platform, tuple(cells)) for platform, cells in own.items()) or (
            ("", ()),
        )
        self._field_keys = tuple(key for _, key, _ in common if key.startswith(PREFIX))
        self._niche_keys = tuple(key for _, key, _ in common if key.startswith("niche "))
        self.fields = self._fields()

    def parse(self, line: int, cells: Sequence[Any]) -> list[tuple[Any, ...]] | Reject:
        """The staging rows of one row, at least one; or why it is not taken."""
        values: dict[str, Any] = {}
        own: tuple[tuple[int, str, CellParser], ...] = ()
        at = -1
        try:
            for at, key, parse in self._common:
                value = parse(cells[at])
                if value is not None:
                    values[key] = value
            at = -1
            self._complete(values)
            found = []
            for platform, own in self._slots:
                account = values if len(self._slots) == 1 else dict(values)
                for at, key, parse in own:
                    value = parse(cells[at])
                    if value is not None:
                        account[key] = value
                at = -1
                if self._identify(account, platform):
                    account["line"] = line
                    found.append(tuple(map(account.get, self.fields)))
        except BadValue as bad:
            if at < 0:  # not a cell by itself, but what the account's cells say together
                naming = [i for i, key, _ in own if key in _NAMING and not is_missing(cells[i])]
                at = naming[0] if naming else -1
            column, shown = (self.wanted[at], str(cells[at])[:300]) if at >= 0 else ("", "")
            return Reject(line, bad.code, str(bad), column, shown)
        if found:
            return found
        if self._posts:
            return Reject(
                line,
                "no_profile",
                "The row does not say whose post this is: no handle, address or account id.",
            )
        return Reject(line, "no_handle", "The row has no handle and no profile address.")

    def read_cell(self, column: MappedColumn, cell: object) -> Any:
        """One cell of a column by itself. Raises BadValue."""
        value = self.cells.plain(column)(cell)
        if self._targets[column.target].parse is Parse.HANDLE and value is not None:
            return parse_handle(value, column.platform or self.mapping.platform)
        return value

    def _complete(self, values: dict[str, Any]) -> None:
        """What the common cells of a row say together."""
        if self._niche_keys:
            niches = [key for column in self._niche_keys for key in values.get(column, ())]
            values["niches"] = list(dict.fromkeys(niches)) or None
        if self._field_keys:
            said = {
                key.removeprefix(PREFIX): plain_value(values[key])
                for key in self._field_keys
                if key in values
            }
            values["fields"] = json.dumps(said) if said else None
        if "name" not in values and ("first_name" in values or "last_name" in values):
            values["name"] = " ".join(
                filter(None, (values.get("first_name"), values.get("last_name")))
            )
        if not self._posts:
            return
        if "post_id" not in values:
            address = values.get("post_url")
            if address is None:
                raise BadValue("no_post_id", "The row has no id and no address of a post.")
            values["post_id"] = post_id_of(address)
        if "post_kind" not in values:
            values["post_kind"] = (
                "video" if values.get("is_video") else self.mapping.post_kind or "other"
            )

    def _identify(self, account: dict[str, Any], platform: str) -> bool:
        """Give the account its platform, handle and address.

        False where the row names no account here.
        """
        raw_handle, raw_url = account.pop("handle", None), account.pop("profile_url", None)
        account_id = account.get("account_id")
        if raw_handle is None and raw_url is None and account_id is None:
            return False
        platform = platform or account.get("platform") or ""
        if not platform:
            platform = (raw_url and platform_of_url(raw_url)) or self.mapping.platform
        if not platform:
            raise BadValue("no_platform", "The row does not say which platform the account is on.")
        account["platform"] = platform
        handle = parse_handle(raw_handle, platform)
        if handle is None and raw_url is not None:
            handle = parse_handle(raw_url, platform)
        if handle is None:
            # The platform's id names the account where nothing else does.
            handle = str(account_id).lower() if account_id is not None else None
        if handle is None:
            return False
        if (
            platform == "youtube"
            and account_id is None
            and handle[:2] == "UC"
            and len(handle) == 24
        ):
            account["account_id"] = account_id = handle
        account["url"] = raw_url or profile_address(
            str(account_id) if account_id and handle == str(account_id).lower() else handle,
            platform,
        )
        account["handle"] = handle.lower()
        _check_audience(account)
        if self._posts and "followers_at_post" not in account:
            account["followers_at_post"] = account.get("followers")
        return True

    def _fields(self) -> tuple[str, ...]:
        """The staging columns that this file can fill, `line` first."""
        targets = self.mapping.targets
        fields = ["line", "platform", "handle", "url"]
        fields += [
            name
            for name in (*ACCOUNT_TEXTS, *PROFILE_NUMBERS, *AUDIENCE_NUMBERS, "captured_at")
            if name in targets
        ]
        if "account_id" not in targets:
            fields.append("account_id")
        fields += [
            name
            for name in CREATOR_FIELDS
            if name in targets and name not in {"name", "niches", "tags"}
        ]
        if targets & {"name", "first_name", "last_name"}:
            fields.append("name")
        if "niche" in targets:
            fields.append("niches")
        if "tag" in targets:
            fields.append("tags")
        if self.brand_fields:
            fields.append("fields")
        if self._posts:
            given = {*targets, "post_id", "post_kind"} | (
                {"followers_at_post"} if "followers" in targets else set()
            )
            fields += [name for name in POST_FIELDS if name in given]
        return tuple(fields)


def staging_rows(
    rows: Iterator[Any], parser: RowParser, reject: Callable[[Reject], None]
) -> Iterator[list[tuple[Any, ...]]]:
    """The staging rows of each row that is taken; the others go to `reject`."""
    parse = parser.parse
    for row in rows:
        if isinstance(row, tuple):
            found = parse(*row)
            if isinstance(found, Reject):
                reject(found)
            else:
                yield found
        else:
            reject(Reject(row.line, row.code, row.message))


def _check_audience(account: dict[str, Any]) -> None:
    """Followers are real or suspicious (or neither), not both. Raises BadValue."""
    real, suspicious = account.get("audience_quality"), account.get("fake_followers")
    if real is not None and suspicious is not None and real + suspicious > ALL_FOLLOWERS:
        raise BadValue(
            "audience_conflict",
            f"{real:.1%} real and {suspicious:.1%} suspicious followers are more than all.",
        )


def post_id_of(address: str) -> str:
    """The id in a post's address ("https://www.instagram.com/p/ABC/"):

    its last telling part; the address if none.
    """
    bare, _, query = address.partition("?")
    for part in query.split("&"):
        if part.startswith("v=") and len(part) > 2:
            return part[2:][:200]
    parts = [
        part
        for part in bare.removeprefix("https://").removeprefix("http://").split("/")[1:]
        if part
    ]
    return (parts[-1] if parts else address)[:200]
