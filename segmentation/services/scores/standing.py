"""The scores that a version would give everybody, in a table of the transaction: nothing is kept.

As counting does, but over any table of facts (also one as of a past day), and compared with peers
as these facts have them.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from crm.models import Brand
from segmentation.facts.catalogue import FACTS_TABLE
from segmentation.models import ScoreVersion
from segmentation.scoring.definition import Definition
from segmentation.scoring.sql import compile_scores, norms_query
from segmentation.services.scores.counting import ROWS, with_rows
from segmentation.services.scores.writing import components, definition_of

_NO_NORMS = (
    "SELECT ''::text AS component, '{}'::text[] AS peers, '{}'::float8[] AS points, "
    "'{}'::float8[] AS mirrored, 0::bigint AS creators WHERE false"
)


def find_scores(
    cursor: Any,
    *,
    version: ScoreVersion,
    brand: Brand,
    at: datetime,
    into: str,
    facts_table: str = FACTS_TABLE,
) -> Definition:
    """Write creator_id, score, known and points of everybody with a score into a new table `into`.

    Who objects to being scored has no facts and so no score. Only within a transaction. Raises
    DefinitionInvalid where a fact of the version is gone.
    """
    facts = components(brand, facts_table)
    definition = definition_of(version, facts)
    norms = f"{into}_norms"
    text = norms_query(definition, facts, rows=ROWS) or _NO_NORMS
    query, params = with_rows(text, brand, at, facts_table)
    cursor.execute(f"CREATE TEMP TABLE {norms} ON COMMIT DROP AS {query}", params)
    text = compile_scores(definition, facts, rows=ROWS, norms=norms)
    query, params = with_rows(text, brand, at, facts_table)
    cursor.execute(f"CREATE TEMP TABLE {into} ON COMMIT DROP AS {query}", params)
    cursor.execute(f"ANALYZE {into}")
    return definition
