"""Is the ledger as it was written? If not: where, and what was done to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from crm.audit.erasing import VERB as ERASED
from crm.audit.hashing import GENESIS, hash_of, text_digest_of
from crm.audit.origins import Origins
from crm.models import AuditEntry, Brand


class Broken(StrEnum):
    """What was done to a ledger that does not hold."""

    GAP = "gap"
    INSERTED = "inserted"
    CHANGED = "changed"
    RELINKED = "relinked"
    TEXT_CHANGED = "text_changed"
    TEXT_GONE = "text_gone"
    CUT_OFF = "cut_off"
    CHAINED_ANEW = "chained_anew"


@dataclass(frozen=True)
class BrokenLink:
    """The first entry at which a brand's ledger does not hold, and what is wrong there."""

    number: int
    kind: Broken
    problem: str


@dataclass(frozen=True)
class Mark:
    """A checkpoint: entry `number` has this hash."""

    number: int
    hash: str


@dataclass
class Checker:
    """Follows the entries of one brand, from its first on, one after the other.

    Of a break only the first is told: what comes after hangs on it.
    """

    marks: Iterable[Mark] = ()
    entries: int = 0
    last_hash: str = GENESIS
    erased: int = 0
    broken: BrokenLink | None = None
    _previous: AuditEntry | None = None
    _origins: Origins | None = None
    _marked: dict[int, set[str]] = field(default_factory=dict)
    # Texts that are gone and of which no entry has told yet.
    _untold: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Marks by their number."""
        for mark in self.marks:
            self._marked.setdefault(mark.number, set()).add(mark.hash)

    def take(self, entry: AuditEntry) -> None:
        """The next entry."""
        if self._origins is None:
            self._origins = Origins.of_brand(entry.brand_id)
        if self.broken is None:
            self.broken = self._chain(entry) or self._text(entry) or self._mark(entry)
        self.entries += 1
        self.last_hash = entry.hash
        self._previous = entry

    def end(self) -> BrokenLink | None:
        """What is wrong, now that all entries were seen."""
        if self.broken is None and self._untold:
            number = min(self._untold)
            self.broken = BrokenLink(
                number, Broken.TEXT_GONE, "its text is gone, and no entry tells that it was erased"
            )
        last = self._previous.number if self._previous else 0
        if self.broken is None and (beyond := [n for n in self._marked if n > last]):
            self.broken = BrokenLink(
                last + 1,
                Broken.CUT_OFF,
                f"the ledger ends at entry {last}, but a checkpoint was made at {max(beyond)}",
            )
        return self.broken

    def _chain(self, entry: AuditEntry) -> BrokenLink | None:
        number = self.entries + 1
        if entry.number != number:
            return BrokenLink(
                number, Broken.GAP, f"entry {number} is missing; entry {entry.number} follows"
            )
        if entry.hash != self._hash_of(entry):
            return self._changed(entry)
        if entry.previous_hash != self.last_hash:
            if self._previous is None:
                return BrokenLink(number, Broken.GAP, "it was not the first entry when written")
            # Its own content is as it was written, so that the one before it is not.
            return BrokenLink(
                number - 1,
                Broken.RELINKED,
                f"it was changed or replaced and hashed anew: entry {number} continues another one",
            )
        return None

    def _changed(self, entry: AuditEntry) -> BrokenLink:
        number = entry.number
        if entry.hash == self._hash_of(entry, number - 1):
            return BrokenLink(
                number - 1,
                Broken.INSERTED,
                f"it was put in later: entry {number} was number {number - 1} when it was written",
            )
        if entry.hash == self._hash_of(entry, number + 1):
            return BrokenLink(
                number,
                Broken.GAP,
                f"an entry was taken out before it: it was number {number + 1} when written",
            )
        return BrokenLink(number, Broken.CHANGED, "its content was changed after it was written")

    def _hash_of(self, entry: AuditEntry, number: int | None = None) -> str:
        return hash_of(entry, number=number, origins=self._origins or Origins())

    def _text(self, entry: AuditEntry) -> BrokenLink | None:
        if entry.verb == ERASED:
            told = entry.facts.get("entries")
            self._untold.difference_update(told if isinstance(told, list) else ())
        if entry.words is None:
            self.erased += 1
            self._untold.add(entry.number)
        elif entry.text_digest != text_digest_of(entry.words):
            return BrokenLink(
                entry.number, Broken.TEXT_CHANGED, "its text was changed after it was written"
            )
        return None

    def _mark(self, entry: AuditEntry) -> BrokenLink | None:
        if self._marked.get(entry.number, {entry.hash}) != {entry.hash}:
            return BrokenLink(
                entry.number,
                Broken.CHAINED_ANEW,
                "a checkpoint has another hash for it: the ledger was written anew up to here",
            )
        return None


def entries_of(brand: Brand) -> Iterator[AuditEntry]:
    """The ledger of `brand` from its first entry on, read in parts."""
    return AuditEntry.objects.filter(brand=brand).order_by("number").iterator(chunk_size=2_000)


def first_broken_link(
    entries: Iterable[AuditEntry], *, marks: Iterable[Mark] = ()
) -> BrokenLink | None:
    """Where the ledger of `entries` (one brand, from its first on) breaks; None where it holds."""
    checker = Checker(marks=marks)
    for entry in entries:
        checker.take(entry)
    return checker.end()
