"""What rules may ask about a creator: each fact with label, type, unit, description and source.

The SQL of a fact reads one row `f` of segmentation_creatorfacts, to which `rows` adds the moment
that relative facts (days in stage) count from.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from crm.models import Brand
from segmentation.facts import measured, told
from segmentation.facts.clusters import clusters
from segmentation.facts.custom import archived, custom_facts
from segmentation.facts.forecasts import expected
from segmentation.facts.formats import formats
from segmentation.facts.links import BrandSegments
from segmentation.facts.records import record_types
from segmentation.facts.scores import archived_scores, scores
from segmentation.facts.vocabulary import Vocabulary, vocabulary_text
from segmentation.rules.facts import Catalogue, Fact, Sound
from segmentation.rules.records import RecordType

FACTS_TABLE = "segmentation_creatorfacts"


def rows(table: str = FACTS_TABLE, *, some: bool = False) -> str:
    """The rows that facts read, as a FROM item `f`, of all the brand's creators or `some`.

    Parameters: the moment, the brand's id and, for some, the list of creator ids.
    """
    only = " AND c.creator_id = ANY(%s)" if some else ""
    return (
        f"(SELECT c.*, %s::timestamptz AS moment FROM {table} c"  # noqa: S608 - a name of ours
        f" WHERE c.brand_id = %s{only}) f"
    )


def norms_table(table: str = FACTS_TABLE) -> str:
    """Where the norms are that the facts of a table are compared with."""
    return "segmentation_peernorm" if table == FACTS_TABLE else f"{table}_norms"


def catalogue(brand: Brand, table: str = FACTS_TABLE) -> Catalogue:
    """Every fact that rules of `brand` may read of the rows in `table`.

    Asks for what people may add to.
    """
    return catalogue_of(brand, vocabulary_text(brand), table)


def catalogue_of(brand: Brand, vocabulary: str, table: str = FACTS_TABLE) -> Catalogue:
    """The same, by somebody who has asked for the text of the vocabulary already."""
    facts = _facts(brand.pk, vocabulary, norms_table(table))
    return Catalogue(
        facts.facts,
        gone=facts.gone,
        records=facts.records,
        segments=BrandSegments(brand),
        sound=facts.sound,
    )


@dataclass(frozen=True)
class _Facts:
    """What is the same in all catalogues of a brand until somebody adds to it."""

    facts: tuple[Fact, ...]
    gone: dict[str, str]
    records: tuple[RecordType, ...]
    sound: Sound = field(default_factory=Sound)


# The key is all that the facts are made of, so that no process needs to be told of a change.
@lru_cache(maxsize=256)
def _facts(brand_id: int, vocabulary: str, norms: str) -> _Facts:
    """The facts of a brand, from the text of its vocabulary and the name of its table of norms."""
    words = Vocabulary.of(vocabulary)
    built_in = [
        *measured.size(),
        measured.tier(words.tiers),
        *measured.platforms(words.platforms),
        *measured.strengths(words.platforms, brand_id, norms),
        *measured.engagement(),
        *measured.posting(),
        *told.person(words.niches),
        *told.audience(),
        *told.relationship(words.tags),
        *scores(words.scores),
        *clusters(words.clusters, brand_id),
        *expected(brand_id),
        *formats(brand_id),
    ]
    return _Facts(
        (*built_in, *custom_facts(words.fields, {fact.key for fact in built_in})),
        {**archived(words.fields), **archived_scores(words.scores)},
        record_types(words.platforms),
    )
