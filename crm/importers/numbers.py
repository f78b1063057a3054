"""Numbers as people write them: "13.8M", "1.39%", 2.28E+11, "17,8", "1.234,5", "#VALOR!".

Every parser takes a cell (text, or what JSON and spreadsheets hold) and gives a number, None where
the cell says that nobody knows, or raises BadValue with words fit for the user. A percentage
becomes a fraction.

"1.234" alone says nothing about which mark is the decimal one. So a column declares its style,
proposed by `detect_style` from all its sampled cells, and a cell that does not fit the declared
style is refused.
"""

import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum

BIGINT_MAX = 9_223_372_036_854_775_807

# What spreadsheets, data tools and list vendors write for "not known" (compared in lower case,
# stripped).
MISSING_WORDS = frozenset(
    (
        *("", "-", "--", "---", "\u2013", "\u2014", ".", "?", "nan", "nan%", "none", "null", "nil"),
        *("na", "n/a", "n.a.", "n.a", "n/d", "nd", "n/k", "unknown", "not known", "undefined"),
        *("\\n", "inf", "-inf", "<na>", "(blank)"),
    )
)
# "#VALOR!", "#REF!", "#DIV/0!", "#N/A", "#NAME?", "#¡VALOR!": an error of a spreadsheet in any
# language.
_SHEET_ERROR = re.compile(r"#[^\W\d_¡]?[¡\w/.]*[!?]|#n/?[adv]", re.IGNORECASE)
_LOCKS = "🔒🔓🔐🔏"

_SCALE = {
    "k": 3, "tsd": 3, "thousand": 3,
    "m": 6, "mn": 6, "mm": 6, "mio": 6, "mln": 6, "million": 6, "millions": 6,
    "b": 9, "bn": 9, "mrd": 9, "md": 9, "billion": 9, "billions": 9,
}  # fmt: skip
_SPACES = str.maketrans("", "", " \u00a0\u202f\u2009'\u2019_")
_POINT = re.compile(
    r"([+-]?)(\d+|\d{1,3}(?:,\d{2,3})*,\d{3})?(?:\.(\d*))?(?:e([+-]?\d{1,3}))?", re.IGNORECASE
)
_COMMA = re.compile(
    r"([+-]?)(\d+|\d{1,3}(?:\.\d{2,3})*\.\d{3})?(?:,(\d*))?(?:e([+-]?\d{1,3}))?", re.IGNORECASE
)
_PLAIN = re.compile(r"\d{1,18}(?:\.\d{1,18})?", re.ASCII)
_ONE_GROUP = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}")
_SUFFIX = re.compile(r"(.*?\d[.,]?)\s*([a-z]+)\.?", re.IGNORECASE)


class BadValue(ValueError):
    """The cell holds something that the column cannot be.

    `code` groups, the message is fit for the user.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class DecimalStyle(StrEnum):
    """Which mark is the decimal one; the other groups thousands."""

    POINT = "point"
    COMMA = "comma"


class PercentUnit(StrEnum):
    """What a bare number in a rate column means; a "%" in the cell always means points."""

    FRACTION = "fraction"
    POINTS = "points"


@dataclass(frozen=True, slots=True)
class Style:
    """The decimal mark of a column, whether the cells prove it, and the reason in words."""

    decimal: DecimalStyle
    certain: bool
    why: str


def is_missing(cell: object) -> bool:
    """True where the cell says that the value is not known (empty, "nan", "#VALOR!", a lock...)."""
    if not isinstance(cell, str):
        return cell is None or (isinstance(cell, float) and not math.isfinite(cell))
    text = cell.strip().lower()
    if text in MISSING_WORDS:
        return True
    if text[0].isalnum() and text[-1].isalnum():
        return False  # most cells end here
    text = text.strip("'\"").strip()
    return (
        text in MISSING_WORDS
        or _SHEET_ERROR.fullmatch(text) is not None
        or not text.strip(_LOCKS + "\ufe0f")
    )


def parse_count(cell: object, style: DecimalStyle = DecimalStyle.POINT) -> int | None:
    """A whole number from 0 to the database's bigint; None where not known."""
    if type(cell) is str and cell.isdecimal() and len(cell) < 19:
        return int(cell)
    number = _exact(cell, style)
    if number is None:
        return None
    if number < 0:
        raise BadValue("negative", f"{_shown(cell)} is below zero.")
    if number > BIGINT_MAX:
        raise BadValue("too_large", f"{_shown(cell)} is too large for a count.")
    whole = int(number)
    if whole != number:
        raise BadValue("not_whole", f"{_shown(cell)} is not a whole number.")
    return whole


def parse_average(cell: object, style: DecimalStyle = DecimalStyle.POINT) -> float | None:
    """A number of zero or more, fractions allowed; None where not known."""
    number = _exact(cell, style)
    if number is None:
        return None
    if number < 0:
        raise BadValue("negative", f"{_shown(cell)} is below zero.")
    if number > BIGINT_MAX:
        raise BadValue("too_large", f"{_shown(cell)} is too large.")
    return float(number)


def parse_number(cell: object, style: DecimalStyle = DecimalStyle.POINT) -> float | None:
    """Any number, below zero too; None where not known."""
    number = _exact(cell, style)
    if number is None:
        return None
    if not -BIGINT_MAX <= number <= BIGINT_MAX:
        raise BadValue("too_large", f"{_shown(cell)} is too large.")
    return float(number)


def parse_share(
    cell: object, style: DecimalStyle = DecimalStyle.POINT, unit: PercentUnit = PercentUnit.FRACTION
) -> float | None:
    """A percentage as a fraction, below zero too ("-5%" is -0.05); None where not known."""
    number = _fraction(cell, style, unit)
    return None if number is None else float(number)


def parse_part(
    cell: object, style: DecimalStyle = DecimalStyle.POINT, unit: PercentUnit = PercentUnit.FRACTION
) -> float | None:
    """A part of a whole as a fraction, from nothing to all; None where not known."""
    number = _fraction(cell, style, unit)
    if number is not None and not 0 <= number <= 1:
        raise BadValue(
            "out_of_range", f"{_shown(cell)} is no part of 100 %: is the column's unit right?"
        )
    return None if number is None else float(number)


def parse_score(cell: object, style: DecimalStyle = DecimalStyle.POINT) -> float | None:
    """A score from 0 to 100; None where not known."""
    number = parse_number(cell, style)
    if number is not None and not 0 <= number <= 100:
        raise BadValue("out_of_range", f"{_shown(cell)} is no score from 0 to 100.")
    return None if number is None else float(number)


def parse_rate(
    cell: object, style: DecimalStyle = DecimalStyle.POINT, unit: PercentUnit = PercentUnit.FRACTION
) -> float | None:
    """A rate as a fraction ("1.39%" is 0.0139); None where not known.

    `unit` says what a number without "%" means. More than 100 (10,000 %) is refused: it is the
    wrong column or unit.
    """
    number = _fraction(cell, style, unit)
    if number is None:
        return None
    if number < 0:
        raise BadValue("negative", f"{_shown(cell)} is below zero.")
    if number > 100:
        raise BadValue(
            "too_large", f"{_shown(cell)} is too large for a rate: is the column's unit right?"
        )
    return float(number)


def _fraction(cell: object, style: DecimalStyle, unit: PercentUnit) -> Decimal | int | None:
    """The exact fraction in the cell; None where not known."""
    points = unit is PercentUnit.POINTS
    if isinstance(cell, str):
        text = cell.strip()
        if text.endswith("%") and not is_missing(text):
            cell, points = text[:-1], True
    number = _exact(cell, style)
    if number is None or not points:
        return number
    return Decimal(number) / 100


def detect_style(cells: Iterable[object], *, counts: bool = True) -> Style:
    """Which decimal mark a column uses, judged over its sampled cells; ambiguous columns say so.

    `counts`: the column holds whole numbers, so a column of nothing but "1.234" groups thousands.
    """
    texts = [
        cell.strip().translate(_SPACES).rstrip("%")
        for cell in cells
        if isinstance(cell, str) and not is_missing(cell)
    ]
    told = [_told_by(text) for text in texts]
    point, comma = told.count(DecimalStyle.POINT), told.count(DecimalStyle.COMMA)
    if comma > point:
        why = "cells such as 17,8 or 1.234,5 use a decimal comma"
        return Style(DecimalStyle.COMMA, point == 0, why)
    if point:
        why = "cells such as 17.8 or 1,234.5 use a decimal point"
        return Style(DecimalStyle.POINT, comma == 0, why)
    doubtful = next((text for text in texts if "." in text or "," in text), "")
    if not doubtful:
        return Style(DecimalStyle.POINT, True, "plain numbers")
    if "." in doubtful and not counts:
        why = f"cells are like {doubtful}: read as a decimal point"
        return Style(DecimalStyle.POINT, False, why)
    decimal = DecimalStyle.COMMA if "." in doubtful else DecimalStyle.POINT
    return Style(decimal, False, f"cells are like {doubtful}: read as whole thousands")


def _told_by(text: str) -> DecimalStyle | None:
    """The decimal mark that one cell proves; None for "1.234", "1,234" and whole numbers."""
    dots, commas = text.count("."), text.count(",")
    if dots and commas:
        return DecimalStyle.POINT if text.rfind(".") > text.rfind(",") else DecimalStyle.COMMA
    if not dots and not commas:
        return None
    if dots + commas > 1:  # a mark that comes twice groups thousands
        return DecimalStyle.COMMA if dots else DecimalStyle.POINT
    if _ONE_GROUP.fullmatch(text):
        return None
    return DecimalStyle.POINT if dots else DecimalStyle.COMMA


def looks_numeric(cell: object) -> bool:
    """True if the cell can be read as a number in one style or the other (a missing marker is not a
    number).
    """
    if isinstance(cell, bool) or is_missing(cell):
        return False
    if isinstance(cell, str):
        cell = cell.strip().removesuffix("%")
    return any(_reads(cell, style) for style in DecimalStyle)


def _reads(cell: object, style: DecimalStyle) -> bool:
    try:
        return _exact(cell, style) is not None
    except BadValue:
        return False


def _exact(cell: object, style: DecimalStyle) -> Decimal | int | None:
    """The exact number in the cell; None where not known; BadValue where it is no number."""
    if isinstance(cell, bool):
        raise BadValue("not_a_number", f"{_shown(cell)} is not a number.")
    if isinstance(cell, int):
        return cell
    if isinstance(cell, float | Decimal):
        return (
            Decimal(repr(cell) if isinstance(cell, float) else cell)
            if math.isfinite(cell)
            else None
        )
    if is_missing(cell):
        return None
    if not isinstance(cell, str):
        raise BadValue("not_a_number", f"{_shown(cell)} is not a number.")
    if style is DecimalStyle.POINT and _PLAIN.fullmatch(cell):
        return Decimal(cell)
    text = cell.strip().translate(_SPACES)
    scale = 0
    pattern: Callable[[str], re.Match[str] | None] = (
        _POINT if style is DecimalStyle.POINT else _COMMA
    ).fullmatch
    found = pattern(text)
    if found is None and (suffixed := _SUFFIX.fullmatch(text)) and suffixed[2].lower() in _SCALE:
        scale = _SCALE[suffixed[2].lower()]
        found = pattern(suffixed[1])
    if found is None or not (found[2] or found[3]):
        if (_COMMA if style is DecimalStyle.POINT else _POINT).fullmatch(text):
            mark = "point" if style is DecimalStyle.POINT else "comma"
            raise BadValue(
                "other_style",
                f"{_shown(cell)} does not fit the decimal {mark} declared for this column.",
            )
        raise BadValue("not_a_number", f"{_shown(cell)} is not a number.")
    sign, whole, part, exponent = found.groups()
    digits = (whole or "0").replace(",", "").replace(".", "") + (part or "")
    try:
        number = Decimal(f"{sign}{digits}").scaleb(scale + int(exponent or 0) - len(part or ""))
    except InvalidOperation:
        raise BadValue("too_large", f"{_shown(cell)} is too large.") from None
    return number


def _shown(cell: object) -> str:
    text = str(cell)
    return f"“{text if len(text) <= 40 else text[:39] + '…'}”"
