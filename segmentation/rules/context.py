"""What a rule reads of one creator beyond the fact row, as the reference sees it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from segmentation.rules.facts import Catalogue, Fact, FactType
from segmentation.rules.records import Record
from segmentation.rules.tree import Norm

# With fewer peers whose value is known, what is usual among them says nothing.
MINIMUM_PEERS = 5
# Facts by which creators can be made peers.
PEER_TYPES = frozenset({FactType.CHOICE, FactType.BOOLEAN, FactType.TEXT})

# The values of a group of peers, as text, in the order of the norm's `by`.
Peers = tuple[str, ...]
_CAPITAL_I_WITH_DOT = "\u0130"


@dataclass(frozen=True)
class NormKey:
    """What is asked of peers: the percentile of a fact among those who are equal in `by`."""

    fact: str
    percentile: int
    by: tuple[str, ...]

    @classmethod
    def of(cls, fact: str, norm: Norm) -> NormKey:
        """The question that a comparison of `fact` with `norm` asks."""
        return cls(fact, norm.percentile, norm.by)

    def __str__(self) -> str:
        return f"p{self.percentile}({', '.join(self.by)}) of {self.fact}"


@dataclass(frozen=True)
class NormValue:
    """What is usual in a group of peers, and of how many creators that was computed."""

    value: float
    creators: int


@dataclass(frozen=True)
class Stay:
    """A stay in a segment by the ledger: closed-open, no end while it lasts."""

    entered_at: datetime
    left_at: datetime | None = None


@dataclass(frozen=True)
class Context:
    """The records of a creator, the norms of the run, and membership.

    records  by kind; a kind that is absent has none
    norms    by question, the groups that have enough peers
    members  membership in the same run by segment; None or absent is unknown
    stays    the ledger by segment
    """

    records: Mapping[str, Sequence[Record]] = field(default_factory=dict)
    norms: Mapping[NormKey, Mapping[Peers, NormValue]] = field(default_factory=dict)
    members: Mapping[str, bool | None] = field(default_factory=dict)
    stays: Mapping[str, Sequence[Stay]] = field(default_factory=dict)

    def norm_for(
        self, key: NormKey, values: Mapping[str, object], catalogue: Catalogue
    ) -> NormValue | None:
        """Return what is usual among the creator's peers; None where nobody can tell."""
        peers = peers_of(key.by, values, catalogue)
        return None if peers is None else self.norms.get(key, {}).get(peers)


NOTHING = Context()


def peers_of(by: Sequence[str], values: Mapping[str, object], catalogue: Catalogue) -> Peers | None:
    """Return the group of peers that a creator belongs to; None where a value is not known."""
    found = [_as_text(values.get(key), catalogue[key]) for key in by]
    whole = tuple(text for text in found if text is not None)
    return whole if len(whole) == len(found) else None


def _as_text(value: object, fact: Fact) -> str | None:
    match value:
        case None:
            return None
        case bool():
            return "true" if value else "false"
        case str() if fact.type is FactType.TEXT:
            return lower(value)
        case _:
            return str(value)


def lower(text: str) -> str:
    """Return the text in lower case, one character for one, as PostgreSQL's pg_c_utf8 does it.

    str.casefold and str.lower know longer forms (two characters for one, a Greek sigma that depends
    on its neighbours), which the database does not: both sides must find the same creators.
    """
    return "".join("i" if char == _CAPITAL_I_WITH_DOT else char.lower() for char in text)
