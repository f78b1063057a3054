"""What a mail can say of its creator: a closed list of fields, found in a text and filled in.

A field is written {{first_name}}. One that does not exist is refused when the text is saved, with
its place; one that is empty for a creator is named before anything is sent. There is no "or else":
a mail that says "Hi there" to a person says that nobody looked.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

import pycountry

FIELD = re.compile(r"\{\{\s*([A-Za-z0-9_.]*)\s*\}\}")
# Anything that looks like a field but is none: one brace too few, other signs within.
_STRAY = re.compile(r"\{\{|\}\}")
PERSONAL_LINE = "personal_line"
# {{field.content_role}} is a custom field of the brand.
CUSTOM = "field."


@dataclass(frozen=True)
class MergeField:
    """A field: what it is called, an example, and what to do where it is empty for a creator."""

    key: str
    label: str
    example: str
    if_empty: str

    @property
    def tag(self) -> str:
        """As it is written in a text."""
        return "{{" + self.key + "}}"


CATALOGUE: tuple[MergeField, ...] = (
    MergeField("creator_name", "Creator's name", "Maya Lindholm", "give the creator a name"),
    MergeField(
        "first_name",
        "First name",
        "Maya",
        "no first name can be told from the name: correct the name, or write it into the mail",
    ),
    MergeField("handle", "Largest account", "@maya.makes", "add an account to the creator"),
    MergeField("platform", "Its platform", "Instagram", "add an account to the creator"),
    MergeField("country", "Country", "Denmark", "set the creator's country"),
    MergeField("niches", "Niches", "skincare, DIY", "give the creator a niche"),
    MergeField("next_step", "Next step", "send the brief", "set a next step"),
    MergeField("brand", "Your brand", "Acme", "name the brand in its settings"),
    MergeField("sender_name", "Sender's name", "Ana Torres", "give the mailbox a name"),
    MergeField(
        "sender_first_name",
        "Sender's first name",
        "Ana",
        "call the mailbox by it, such as “Ana of Acme”, or write it into the mail",
    ),
    MergeField(
        PERSONAL_LINE,
        "The personal line",
        "Your series on repairing coats made me laugh, and then sew.",
        "write a line for this creator alone",
    ),
)


@dataclass(frozen=True)
class Fault:
    """Something in a text that is no field, with its place; `text` is fit for the user."""

    text: str
    line: int
    column: int


@dataclass(frozen=True)
class Filled:
    """A text for one creator. `missing` are the fields that are empty for them, in order."""

    text: str
    missing: tuple[MergeField, ...]


def catalogue(custom: Mapping[str, str]) -> dict[str, MergeField]:
    """All fields of a brand by key. `custom` are its own fields: label by key."""
    own = (
        MergeField(
            f"{CUSTOM}{key}", label, f"what “{label}” holds", f"say what “{label}” is for them"
        )
        for key, label in custom.items()
    )
    return {field.key: field for field in (*CATALOGUE, *own)}


def used(text: str) -> list[str]:
    """The keys of the fields in a text, each once, in order."""
    return list(dict.fromkeys(key.lower() for key in FIELD.findall(text)))


def faults(text: str, known: Collection[str]) -> list[Fault]:
    """What is wrong with the fields of a text, from its beginning on."""
    return sorted(_faults(text, known), key=lambda fault: (fault.line, fault.column))


def _faults(text: str, known: Collection[str]) -> Iterator[Fault]:
    whole = []
    for match in FIELD.finditer(text):
        whole.append(match.span())
        key = match[1].lower()
        if key not in known:
            yield Fault(_unknown(match[0], key, known), *_place(text, match.start()))
    for match in _STRAY.finditer(text):
        if not any(start <= match.start() < end for start, end in whole):
            yield Fault(
                f"{match[0]} belongs to no field. A field is written like {{{{first_name}}}}.",
                *_place(text, match.start()),
            )


def _unknown(written: str, key: str, known: Collection[str]) -> str:
    near = get_close_matches(key, known, n=1, cutoff=0.6)
    hint = f" Did you mean {{{{{near[0]}}}}}?" if near else ""
    return f"There is no field {written}.{hint}"


def _place(text: str, at: int) -> tuple[int, int]:
    before = text[:at]
    return before.count("\n") + 1, at - (before.rfind("\n") + 1) + 1


def fill(text: str, values: Mapping[str, str], fields: Mapping[str, MergeField]) -> Filled:
    """The text for one creator. A field that is empty for them stays visible as it is written."""
    missing: dict[str, MergeField] = {}

    def value(match: re.Match[str]) -> str:
        key = match[1].lower()
        found = values.get(key, "").strip()
        if not found:
            missing[key] = fields.get(key) or MergeField(key, key, "", "the field is gone")
            return match[0]
        return found

    return Filled(FIELD.sub(value, text), tuple(missing.values()))


def country_name(code: str) -> str:
    """A country in English; empty where it is not known."""
    found = pycountry.countries.get(alpha_2=code) if code else None
    return str(found.name) if found else ""


def first_name(name: str) -> str:
    """The first name in a person's name; empty where the name is no person's as far as one sees.

    "Maya Lindholm" is Maya, "maya.makes" and "THE COAT LAB" are nobody. Better none than a wrong
    one: a field that is empty is asked for.
    """
    words = name.split()
    if not 1 <= len(words) <= 4 or not all(_is_name(word) for word in words):
        return ""
    first = words[0]
    if first.lower() in _NO_FIRST_NAMES or (first.isupper() and len(first) > 1):
        return ""
    return first


_NO_FIRST_NAMES = {
    "the",
    "a",
    "an",
    "das",
    "der",
    "die",
    "la",
    "le",
    "les",
    "el",
    "team",
    "dr",
    "mr",
}
_NAME = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")


def _is_name(word: str) -> bool:
    return bool(_NAME.fullmatch(word)) and (word[:1].isupper() or word.lower() in _PARTICLES)


_PARTICLES = {
    "de",
    "da",
    "van",
    "von",
    "der",
    "den",
    "di",
    "del",
    "la",
    "le",
    "bin",
    "al",
    "y",
    "e",
}
