"""What a field may hold, by its type: checked once for pages, the API and imports, and shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from crm.choices import FieldType
from crm.models import CustomField
from crm.models.fields import Value

NUMBER_MAX = 1e15
# A percentage is a fraction: 10 is 1,000 %.
PERCENT_MAX = 10.0
TEXT_MAX = 500
TAG_MAX = 120
TAGS_MAX = 100
YEARS = (1900, 2200)
_SHOWN = 60
# As many values of a list as one reads in a sentence.
LISTED_MAX = 10


class ValueRefused(Exception):
    """The field cannot hold this; the message is fit for the user, `code` for a program."""

    def __init__(self, message: str, code: str = "invalid") -> None:
        super().__init__(message)
        self.code = code


def clean(field: CustomField, given: object) -> Value:
    """What the field holds when somebody gives it this. Raises ValueRefused.

    Numbers are numbers, percentages fractions, dates dates or their ISO text, sets lists of text. A
    value of a list can be named by its value or its label.
    """
    return _CLEANERS[FieldType(field.type)](field, given)


def shown(field: CustomField, value: Value | None) -> str:
    """A value in words; empty where nothing is known."""
    match value:
        case None:
            return ""
        case bool():
            words = "yes" if value else "no"
        case int() | float():
            words = _number_shown(field, value)
        case str():
            words = field.labels.get(value, value)
        case list():
            labels = field.labels
            words = ", ".join(labels.get(one, one) for one in value) or "none"
        case date():
            words = f"{value:%-d %B %Y}"
    return words


def plain(value: Value | None) -> object:
    """A value as JSON holds it."""
    return value.isoformat() if isinstance(value, date) else value


def _number_shown(field: CustomField, value: float) -> str:
    if field.type == FieldType.PERCENT:
        return f"{value * 100:,.10g} %"
    number = f"{value:,.2f}" if field.type == FieldType.MONEY else f"{value:,.15g}"
    return f"{number} {field.unit}".strip()


def _number(field: CustomField, given: object, limit: float = NUMBER_MAX) -> float:
    if isinstance(given, bool) or not isinstance(given, int | float):
        raise ValueRefused(f"“{field}” is a number.")
    # Compared before it becomes a float: a whole number can be too large for one.
    if not -limit <= given <= limit:
        raise ValueRefused(f"“{field}” is a number between -{limit:,.0f} and {limit:,.0f}.")
    return float(given)


def _percent(field: CustomField, given: object) -> float:
    try:
        return _number(field, given, PERCENT_MAX)
    except ValueRefused as refusal:
        if isinstance(given, int | float) and abs(given) < NUMBER_MAX:
            raise ValueRefused(
                f"{given:,.10g} would be {given * 100:,.10g} %. A percentage is given as a "
                "fraction: 0.35 is 35 %."
            ) from None
        raise ValueRefused(f"“{field}” is a fraction: 0.35 is 35 %.") from refusal


def _text(field: CustomField, given: object, limit: int = TEXT_MAX) -> str:
    if not isinstance(given, str):
        raise ValueRefused(f"“{field}” is text.")
    text = " ".join(given.split())
    if not text.isprintable():
        raise ValueRefused(f"“{field}” has characters that cannot be shown.")
    if not text:
        raise ValueRefused(f"“{field}” is empty. Where it is not known, take the value away.")
    if len(text) > limit:
        raise ValueRefused(f"“{field}” has {len(text):,} characters; it may have {limit:,}.")
    return text


def _one(field: CustomField, given: object) -> str:
    """A value of the field's list; of a set without one, any word in small letters."""
    text = _text(field, given, TAG_MAX)
    labels = field.labels
    if not labels:
        # “SPF” and “spf” are one, and rules find it however they write it (Fact.small_letters).
        return text.lower()
    wanted = text.casefold()
    for value, label in labels.items():
        if wanted in {value.casefold(), label.casefold()}:
            return value
    raise ValueRefused(
        f"“{text[:_SHOWN]}” is no value of “{field}”: it is one of {_listed(field)}.",
        "unknown_value",
    )


def _several(field: CustomField, given: object) -> list[str]:
    if isinstance(given, str) or not isinstance(given, Sequence):
        raise ValueRefused(f"“{field}” is a list of values.")
    if len(given) > TAGS_MAX:
        raise ValueRefused(f"“{field}” has {len(given):,} values; it may have {TAGS_MAX}.")
    return sorted({_one(field, one) for one in given})


def _date(field: CustomField, given: object) -> date:
    try:
        # A moment is a date to Python.
        day = given if type(given) is date else date.fromisoformat(given)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise ValueRefused(f"“{field}” is a date such as 2026-03-31.") from None
    first, last = YEARS
    if not first <= day.year <= last:
        raise ValueRefused(f"“{field}” is a date between {first} and {last}.")
    return day


def _flag(field: CustomField, given: object) -> bool:
    if isinstance(given, bool):
        return given
    raise ValueRefused(f"“{field}” is yes or no.")


def _listed(field: CustomField) -> str:
    labels = list(field.labels.values())
    more = len(labels) - LISTED_MAX
    return ", ".join(labels[:LISTED_MAX]) + (f" and {more} more" if more > 0 else "")


_CLEANERS: dict[FieldType, Callable[[CustomField, object], Value]] = {
    FieldType.NUMBER: _number,
    FieldType.MONEY: _number,
    FieldType.PERCENT: _percent,
    FieldType.TEXT: _text,
    FieldType.CHOICE: _one,
    FieldType.SET: _several,
    FieldType.DATE: _date,
    FieldType.BOOLEAN: _flag,
}
