"""A mapping proposed from a file's headings, its first rows and its name. Every choice says why.

Headings are matched as whole phrases, never by a part ("subscribers for last 30 days" is not
followers), and cells must agree: a column headed "Views avg." that holds countries is left out, and
so are the number columns after it, since the headings have slipped.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from crm.importers.dates import date_in_name, detect_form
from crm.importers.fields import target_named
from crm.importers.handles import platform_of_url
from crm.importers.mapping import ColumnMapping, Kind, MappedColumn
from crm.importers.naming import Samples, choose_names
from crm.importers.numbers import (
    PercentUnit,
    Style,
    detect_style,
    is_missing,
    looks_numeric,
    parse_average,
)
from crm.importers.shapes import by_shape
from crm.importers.values import parse_country, parse_language
from crm.importers.vocabulary import (
    IDENTITY_WORDS,
    NUMBERS,
    PERCENTAGES,
    TARGETS,
    Level,
    Parse,
    Targets,
    plain,
    split_platform,
    target_of,
)

_VOCABULARIES = frozenset({Parse.COUNTRY, Parse.LANGUAGE})
_OF_A_HUNDRED = frozenset({Parse.PART, Parse.SCORE})


# Columns that together only one tool's export has.
_TOOLS = {
    "upfluence": {"influencer_id", "media_url", "profile_name"},
    "aspire": {"uid", "instagram", "tiktok", "pinterest"},
    "modash": {"userid", "username", "engagementrate"},
    "hypeauditor": {"instagram er", "youtube er"},
}


def propose(
    columns: Sequence[str],
    samples: Samples,
    *,
    kind: Kind,
    has_header: bool,
    file_name: str = "",
    now: datetime,
    targets: Targets = TARGETS,
) -> ColumnMapping:
    """The likely meaning of a file.

    `samples` has the first cells of each column; `now` gives a missing year; `targets` is what a
    column can mean, a brand's own fields among it.
    """
    captured = date_in_name(file_name)
    year = captured.year if captured else now.astimezone(UTC).year
    if not has_header:
        return replace(
            by_shape(columns, samples, file_name), kind=kind, captured_on=captured, year=year
        )
    posts = kind is Kind.POSTS
    headings = {name: split_platform(plain(name)) for name in columns}
    several = {
        platform
        for name, (platform, _) in headings.items()
        if platform and _is_account(name, posts=posts)
    }
    warnings: list[str] = []
    chosen: dict[str, MappedColumn] = {}
    slipped = False
    for name in columns:
        cells = [cell for cell in samples[name] if not is_missing(cell)]
        platform, rest = headings[name]
        words = rest if platform else plain(name)
        target = target_of(words, posts=posts) or target_of(plain(name), posts=posts)
        if platform and not rest:
            target = "handle"
        # In files of posts they are words about the post.
        if posts and target == "tag":
            target = ""
        if posts and plain(name) == "date":
            target = "captured_at" if _repeats(columns, samples, headings) else "posted_at"
        if not target and plain(name) not in IDENTITY_WORDS:
            target = target_named(plain(name), targets)
        if not target:
            continue
        parse = targets[target].parse
        if parse in NUMBERS and cells and sum(map(looks_numeric, cells)) < len(cells) / 2:
            slipped = True
            warnings.append(
                f"“{name}” holds cells such as “{str(cells[0])[:30]}”, which are not numbers. It "
                f"and the number "
                "columns after it were left out: the headings may have slipped. Say what they are."
            )
            continue
        if slipped and parse in NUMBERS:
            continue
        column = MappedColumn(
            name,
            target,
            platform if len(several) > 1 and targets[target].level is Level.ACCOUNT else "",
            why="its heading says so",
        )
        chosen[name] = column
    choose_names(columns, samples, headings, chosen, posts=posts)
    warnings += _leave_out_counts(samples, chosen, targets)
    _one_each(samples, chosen, targets)
    settled = _details(samples, chosen, targets, year=year, warnings=warnings)
    platform, why = _platform(samples, headings, several, settled, file_name, posts=posts)
    if why:
        warnings.append(why)
    return ColumnMapping(
        kind=kind,
        columns=tuple(settled.get(name, MappedColumn(name)) for name in columns),
        platform=platform,
        post_kind="video" if posts and platform == "youtube" else "",
        captured_on=captured,
        year=year,
        warnings=tuple(warnings),
    )


def complete(mapping: ColumnMapping, samples: Samples, targets: Targets = TARGETS) -> ColumnMapping:
    """The mapping with decimal marks, units and date forms told from the cells.

    A column that a mapping takes stays taken, even where its cells do not look like it: its rows
    are then rejected.
    """
    year = mapping.year or 2000
    warnings: list[str] = []
    known = {column.column: column for column in mapping.used if column.target in targets}
    settled = _details(samples, known, targets, year=year, warnings=warnings)
    return replace(
        mapping,
        columns=tuple(settled.get(column.column, column) for column in mapping.columns),
        warnings=(*mapping.warnings, *warnings),
    )


def guess_source(columns: Sequence[str]) -> str:
    """The tool whose export has these columns, or "" for lists of no known tool."""
    given = {name.strip().lower() for name in columns}
    for source, telling in _TOOLS.items():
        if telling <= given:
            return source
    return ""


def guess_kind(columns: Sequence[str]) -> Kind:
    """Posts if the headings name a post's id, else creators.

    A bare "id" is a post's only beside something else of a post: lists of creators have ids too.
    """
    bare = {name for name in columns if plain(name) in {"id", "ids"}}
    said = {target_of(plain(name), posts=True) for name in columns if name not in bare}
    # In lists of creators an address is that of a profile.
    of_posts = {
        key for key in said if key and key != "post_url" and TARGETS[key].level is Level.POST
    }
    return Kind.POSTS if "post_id" in of_posts or (bare and of_posts) else Kind.CREATORS


def _is_account(name: str, *, posts: bool) -> bool:
    platform, rest = split_platform(plain(name))
    if not platform or posts:
        return False
    target = target_of(rest, posts=False)
    return not rest or (bool(target) and TARGETS[target].level is Level.ACCOUNT)


def _one_each(samples: Samples, chosen: dict[str, MappedColumn], targets: Targets) -> None:
    """Leave one column for each target:

    the one with exact numbers ("13800000" rather than "13.8M"), else the first.
    """
    rivals: dict[tuple[str, str], list[str]] = {}
    for name, column in chosen.items():
        if not targets[column.target].several:
            rivals.setdefault((column.target, column.platform), []).append(name)
    for (target, _), names in rivals.items():
        if len(names) == 1:
            continue
        keep = names[0]
        if targets[target].parse in NUMBERS:
            keep = max(
                names, key=lambda name: (round(_exactness(samples[name]), 2), -names.index(name))
            )
        elif target == "country":
            keep = min(
                names, key=lambda name: max((len(str(cell)) for cell in samples[name]), default=99)
            )
        chosen[keep] = replace(chosen[keep], why="the most exact of several such columns")
        for name in names:
            if name != keep:
                del chosen[name]


def _leave_out_counts(
    samples: Samples, chosen: dict[str, MappedColumn], targets: Targets
) -> list[str]:
    """Leave out what takes numbers of a hundred and mostly holds larger ones; says which."""
    left_out = []
    for name, column in [*chosen.items()]:
        if targets[column.target].parse in _OF_A_HUNDRED:
            known = _numbers(samples[name], detect_style(samples[name], counts=False))
            if sum(number > 100 for number in known) > len(known) / 2:
                del chosen[name]
                left_out.append(
                    f"“{name}” holds numbers above 100, which may be counts: it was left out."
                )
    return left_out


def _exactness(cells: Sequence[Any]) -> float:
    known = [cell for cell in cells if not is_missing(cell)]
    exact = sum(
        not isinstance(cell, str) or not re.search(r"[kmb]\W*$", cell, re.IGNORECASE)
        for cell in known
    )
    return exact / len(known) if known else 0.0


def _details(
    samples: Samples,
    chosen: Mapping[str, MappedColumn],
    targets: Targets,
    *,
    year: int,
    warnings: list[str],
) -> dict[str, MappedColumn]:
    """Decimal mark, percent unit and date form of each column; what has none is dropped."""
    styles = {
        name: detect_style(samples[name], counts=targets[column.target].parse is Parse.COUNT)
        for name, column in chosen.items()
        if targets[column.target].parse in NUMBERS
    }
    proven = {
        style.decimal for style in styles.values() if style.certain and "plain" not in style.why
    }
    settled: dict[str, MappedColumn] = {}
    for name, column in chosen.items():
        parse = targets[column.target].parse
        if parse in NUMBERS:
            style = styles[name]
            if not style.certain and len(proven) == 1:
                style = Style(next(iter(proven)), True, "as the other columns of this file")
            if not style.certain:
                warnings.append(f"“{name}”: {style.why}. Check that this is meant.")
            unit = column.unit
            if parse in PERCENTAGES:
                unit = _percent_unit(name, samples[name], style)
            settled[name] = replace(column, decimal=style.decimal, unit=unit)
        elif parse is Parse.MOMENT:
            if form := detect_form(samples[name], year=year):
                settled[name] = replace(column, form=form)
        elif parse not in _VOCABULARIES or _mostly_known(parse, samples[name]):
            settled[name] = column
    return settled


def _percent_unit(name: str, cells: Sequence[Any], style: Style) -> PercentUnit:
    if any(isinstance(cell, str) and cell.strip().endswith("%") for cell in cells):
        return PercentUnit.POINTS
    known = max(_numbers(cells, style), default=0.0)
    points = "%" in name or "percent" in plain(name) or known > 1
    return PercentUnit.POINTS if points else PercentUnit.FRACTION


def _numbers(cells: Sequence[Any], style: Style) -> list[float]:
    """Those that are no percentages by themselves."""
    known = []
    for cell in cells:
        if looks_numeric(cell):
            try:
                known.append(parse_average(cell, style.decimal) or 0.0)
            except ValueError:
                continue
    return known


def _mostly_known(parse: Parse, cells: Sequence[Any]) -> bool:
    read = parse_country if parse is Parse.COUNTRY else parse_language
    known = [cell for cell in cells if not is_missing(cell)]
    good = 0
    for cell in known:
        try:
            good += read(cell) is not None
        except ValueError:
            continue
    return good >= len(known) / 2


def _repeats(
    columns: Sequence[str], samples: Samples, headings: Mapping[str, tuple[str, str]]
) -> bool:
    """True if a post comes back in the sampled rows: then its `date` is the day of the numbers."""
    for name in columns:
        if target_of(plain(name), posts=True) == "post_id" or headings[name][1] == "post id":
            known = [str(cell) for cell in samples[name] if not is_missing(cell)]
            return len(set(known)) < len(known)
    return False


def _platform(
    samples: Samples,
    headings: Mapping[str, tuple[str, str]],
    several: set[str],
    chosen: Mapping[str, MappedColumn],
    file_name: str,
    *,
    posts: bool,
) -> tuple[str, str]:
    """The platform of the whole file and a remark where it was a guess.

    Both are empty where the rows tell it themselves, or nothing does.
    """
    targets = {column.target for column in chosen.values() if not column.platform}
    if "platform" in targets or (len(several) > 1 and "handle" not in targets):
        return "", ""
    named = {platform for platform, _ in headings.values() if platform}
    in_name, _ = split_platform(" ".join(re.findall(r"[a-z]+", file_name.lower())))
    addresses = {
        platform_of_url(str(cell))
        for name, column in chosen.items()
        if column.target == "profile_url"
        for cell in samples[name][:50]
        if not is_missing(cell)
    }
    if len(named) == 1:
        return named.pop(), ""
    if in_name or addresses:
        return in_name or (addresses.pop() if len(addresses) == 1 else "") or "", ""
    words = {plain(name) for name in headings}
    if posts and words & {"channel title", "channel titles", "trending date", "video id"}:
        return (
            "youtube",
            "Nothing names the platform; channels and video ids are YouTube's words.",
        )
    if words & {"shortcode", "owner username", "typename", "followees", "followees count"}:
        return (
            "instagram",
            "Nothing names the platform; shortcodes and followees are Instagram's words.",
        )
    return "", ""
