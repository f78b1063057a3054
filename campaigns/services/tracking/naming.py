"""How codes are named: a pattern, and what to do where two come out the same."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

CODE_MAX, PATTERN_MAX = 40, 40
PARTS = ("HANDLE", "NAME", "CAMPAIGN", "PERCENT")
_FORM = re.compile(r"[A-Z0-9][A-Z0-9._-]*")
_PART = re.compile(r"\{([^{}]*)\}")


class NameRefused(Exception):
    """A code or a pattern cannot be used; the message is fit for the user."""


def checked_code(text: str) -> str:
    """A code as it is kept: capital letters, no spaces. Raises NameRefused."""
    code = "".join(text.split()).upper()
    if len(code) > CODE_MAX:
        msg = f"At most {CODE_MAX} characters."
        raise NameRefused(msg)
    if not _FORM.fullmatch(code):
        msg = "A code has letters A to Z, digits and . _ -, and begins with a letter or a digit."
        raise NameRefused(msg)
    return code


def checked_pattern(text: str) -> str:
    """A pattern as it is kept. Raises NameRefused."""
    pattern = "".join(text.split()).upper()
    unknown = [part for part in _PART.findall(pattern) if part not in PARTS]
    if unknown:
        msg = f"{{{unknown[0]}}} is not known. Take " + ", ".join(f"{{{part}}}" for part in PARTS)
        raise NameRefused(f"{msg}.")
    if len(pattern) > PATTERN_MAX:
        msg = f"At most {PATTERN_MAX} characters."
        raise NameRefused(msg)
    if "{HANDLE}" not in pattern and "{NAME}" not in pattern:
        msg = "Take {HANDLE} or {NAME} into it, or all codes would be the same."
        raise NameRefused(msg)
    rest = _PART.sub("", pattern)
    if rest and not re.fullmatch(r"[A-Z0-9._-]+", rest):
        msg = "Between the parts stand letters A to Z, digits and . _ - only."
        raise NameRefused(msg)
    return pattern


def name_by(pattern: str, words: Mapping[str, str]) -> str:
    """A code by a pattern, of what can be typed in any shop; empty where nothing is left."""
    made = _PART.sub(lambda part: typed(words.get(part[1], "")), pattern)
    return made.lstrip("._-")[:CODE_MAX]


def free(wanted: str, taken: Iterable[str]) -> str:
    """`wanted`, or with the first number behind it that makes it free."""
    used = set(taken)
    if wanted not in used:
        return wanted
    number = 2
    while (made := f"{wanted[: CODE_MAX - len(str(number)) - 1]}-{number}") in used:
        number += 1
    return made


def typed(text: str) -> str:
    """What of `text` can be typed as a code: É becomes E, and what no keyboard has goes."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().upper()
    return re.sub(r"[^A-Z0-9]", "", plain)
