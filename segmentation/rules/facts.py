"""What a rule needs to know of the facts it reads: types, operators, allowed values, the SQL.

The concrete facts are in segmentation/facts; this module knows only their shape.

What the database column (and so the value given to `evaluate`) must be, by type:

    number, money, percent   integer, bigint, numeric or double precision; percent as a fraction
                             (0.025 is 2.5 %). Never NaN. Compared as double precision.
    text                     text; compared without regard to case
    choice                   text, or the integer id when the fact has a vocabulary
    set                      text[], or integer[] when the fact has a vocabulary
    date                     date: the brand's local calendar day
    moment                   timestamptz; an aware datetime in Python
    boolean                  boolean
    distribution             jsonb object of key -> share as a fraction; a dict in Python

NULL (None) always means: not known. An empty set is known.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from segmentation.rules.tree import Op

if TYPE_CHECKING:
    from segmentation.rules.records import RecordType
    from segmentation.rules.references import SegmentLink


class FactType(StrEnum):
    """The type of a fact: it decides the operators."""

    NUMBER = "number"
    MONEY = "money"
    PERCENT = "percent"
    TEXT = "text"
    CHOICE = "choice"
    SET = "set"
    DATE = "date"
    MOMENT = "moment"
    BOOLEAN = "boolean"
    DISTRIBUTION = "distribution"


NUMERIC_TYPES = frozenset({FactType.NUMBER, FactType.MONEY, FactType.PERCENT})
NUMERIC_OPS = (Op.EQ, Op.NE, Op.LT, Op.LE, Op.GT, Op.GE, Op.BETWEEN)
KNOWN_OPS = (Op.IS_KNOWN, Op.IS_UNKNOWN)

OPERATORS: Mapping[FactType, tuple[Op, ...]] = {
    FactType.NUMBER: (*NUMERIC_OPS, *KNOWN_OPS),
    FactType.MONEY: (*NUMERIC_OPS, *KNOWN_OPS),
    FactType.PERCENT: (*NUMERIC_OPS, *KNOWN_OPS),
    FactType.TEXT: (Op.IS, Op.IS_NOT, Op.CONTAINS, Op.STARTS_WITH, Op.IN, *KNOWN_OPS),
    FactType.CHOICE: (Op.IS, Op.IS_NOT, Op.IN, *KNOWN_OPS),
    FactType.SET: (Op.ANY_OF, Op.ALL_OF, Op.NONE_OF, Op.EMPTY, *KNOWN_OPS),
    FactType.DATE: (Op.WITHIN, Op.OLDER_THAN, Op.IN, *KNOWN_OPS),
    FactType.MOMENT: (Op.WITHIN, Op.OLDER_THAN, Op.IN, *KNOWN_OPS),
    FactType.BOOLEAN: (Op.IS, *KNOWN_OPS),
    FactType.DISTRIBUTION: (*NUMERIC_OPS, *KNOWN_OPS),
}

TYPE_IN_WORDS: Mapping[FactType, str] = {
    FactType.NUMBER: "a number",
    FactType.MONEY: "an amount of money",
    FactType.PERCENT: "a percentage",
    FactType.TEXT: "text",
    FactType.CHOICE: "a choice",
    FactType.SET: "a set",
    FactType.DATE: "a date",
    FactType.MOMENT: "a moment",
    FactType.BOOLEAN: "true or false",
    FactType.DISTRIBUTION: "a distribution",
}

# Words of the text notation: a fact with such a key could be stored but not written.
RESERVED_WORDS = frozenset(
    {"all", "and", "any", "between", "contains", "empty", "false", "in", "is", "known", "last"}
    | {"next", "none", "not", "older", "or", "starts", "this", "true", "unknown", "where", "within"}
)
_KEY = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)*")
MAX_KEY_LENGTH = 100


def is_fact_key(key: str) -> bool:
    """Return whether the text can name a fact: lower case, digits, _ and dots, no reserved word."""
    return len(key) <= MAX_KEY_LENGTH and bool(_KEY.fullmatch(key)) and key not in RESERVED_WORDS


@dataclass(frozen=True, kw_only=True)
class Fact:
    """A named, typed, documented value of a creator for a brand.

    sql         trusted SQL expression over the fact row's alias `f`, e.g. "f.followers"
    unit        in words, e.g. "followers", "USD", "days"; empty where there is none
    source      in words: where the value comes from
    app         the app that owns it: crm, campaigns or segmentation
    choices     value -> label; the only values allowed (choice and set facts), None: any value
    vocabulary  value -> id, for choices and sets that are stored as ids
    small_letters  values are held in small letters, however a rule writes them
    minimum,    bounds a value may reasonably have, else the rule is refused. A percent fact without
    maximum     them is bounded by -1 and 1 (0.025 is 2.5 %): give growth rates their own.
    """

    key: str
    label: str
    type: FactType
    sql: str
    unit: str = ""
    description: str = ""
    source: str = ""
    app: str = "crm"
    choices: Mapping[str, str] | None = None
    vocabulary: Mapping[str, int] | None = None
    small_letters: bool = False
    minimum: float | None = None
    maximum: float | None = None

    def __post_init__(self) -> None:
        if not is_fact_key(self.key):
            raise ValueError(f"{self.key!r} cannot be the key of a fact")

    @property
    def operators(self) -> tuple[Op, ...]:
        """The operators this fact takes."""
        return OPERATORS[self.type]

    @property
    def allowed(self) -> tuple[str, ...] | None:
        """The values a rule may name, in order; None where any is allowed."""
        if self.vocabulary is not None:
            return tuple(self.vocabulary)
        return tuple(self.choices) if self.choices is not None else None

    @property
    def bounds(self) -> tuple[float | None, float | None]:
        """The lowest and the highest number a rule may compare with (None: no bound)."""
        if self.type is FactType.DISTRIBUTION:
            return 0.0, 1.0
        if self.type is FactType.PERCENT:
            low = -1.0 if self.minimum is None else self.minimum
            return low, 1.0 if self.maximum is None else self.maximum
        return self.minimum, self.maximum

    def label_of(self, value: str) -> str:
        """Return the label of a choice or of a member of a set."""
        return (self.choices or {}).get(value, value)

    def stored(self, value: str) -> str | int:
        """Return what the column holds for the value a rule names (KeyError: not in it)."""
        if self.vocabulary is not None:
            return self.vocabulary[value]
        return value.lower() if self.small_letters else value

    def named(self, stored: object) -> str:
        """Return the value a rule would name for what the column holds; ids unknown as #id."""
        if self.vocabulary is None:
            return str(stored)
        return next(
            (key for key, found in self.vocabulary.items() if found == stored), f"#{stored}"
        )


class Sound:
    """Rules that were found valid, by the text of their JSON: facts that stay allow it to last.

    Only rules that refer to no segment, since segments come and go.
    """

    LIMIT = 5_000

    def __init__(self) -> None:
        self._rules: set[str] = set()

    def __contains__(self, rule: str) -> bool:
        return rule in self._rules

    def add(self, rule: str) -> None:
        """Remember that a rule is valid."""
        if len(self._rules) >= self.LIMIT:
            self._rules.clear()
        self._rules.add(rule)


class Catalogue(Mapping[str, Fact]):
    """The facts a rule may read, by key, in the order given.

    records   kinds of related records that it may sum up, by key
    segments  segments of the brand that it may refer to, by key
    gone      why a fact that there was is there no more, in a sentence, by key
    sound     rules known to be valid, shared with other catalogues of the same facts
    """

    def __init__(
        self,
        facts: Iterable[Fact],
        *,
        records: Iterable[RecordType] = (),
        segments: Mapping[str, SegmentLink] | None = None,
        gone: Mapping[str, str] | None = None,
        sound: Sound | None = None,
    ) -> None:
        self.gone = {} if gone is None else gone
        self.sound = Sound() if sound is None else sound
        self._facts: dict[str, Fact] = {}
        self.records = {kind.key: kind for kind in records}
        self.segments = {} if segments is None else segments
        for fact in facts:
            if fact.key in self._facts:
                raise ValueError(f"two facts have the key {fact.key!r}")
            self._facts[fact.key] = fact

    def __getitem__(self, key: str) -> Fact:
        return self._facts[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._facts)

    def __len__(self) -> int:
        return len(self._facts)

    def suggest(self, key: str) -> str | None:
        """Return the key that was probably meant, or None."""
        return closest(key, self._facts)


def closest(word: str, candidates: Iterable[str]) -> str | None:
    """Return the candidate most like the word, or None when none is close."""
    by_lower = {candidate.lower(): candidate for candidate in candidates}
    found = difflib.get_close_matches(word.lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[found[0]] if found else None
