"""What a file says of audiences: the share of real followers, and HypeAuditor's score.

Builds imp_audience, the file's words about each account at each moment, and writes it.
"""

from __future__ import annotations

from psycopg import sql

from crm.importers.vocabulary import AUDIENCE_NUMBERS
from crm.services.imports.post_changes import filled
from crm.services.imports.statements import Params, names, run, told_by_moment

COLUMNS = ["quality", "aqs"]
# Who tells the share of suspicious followers tells that of real ones.
_QUALITY = sql.SQL("COALESCE(audience_quality, 1 - fake_followers) AS quality, aqs")


def find(stage: sql.Identifier, given: frozenset[str], params: Params) -> None:
    """imp_audience: `id` of the snapshot that is there, and whether the file knows more."""
    if not given.intersection(AUDIENCE_NUMBERS):
        run(
            "CREATE TEMPORARY TABLE imp_audience (a bigint, captured_at timestamptz, quality "
            "double precision, aqs double precision, id bigint, changed boolean) ON COMMIT DROP"
        )
        return
    run(
        """
        CREATE TEMPORARY TABLE imp_audience ON COMMIT DROP AS
        SELECT r.*, s.id, COALESCE(({after}) IS DISTINCT FROM ({old}), false)
            AND s.id IS NOT NULL AS changed
        FROM (SELECT a, captured_at, {told} FROM ({rows}) told) r JOIN imp_match m USING (a)
        LEFT JOIN crm_audiencesnapshot s
            ON s.profile_id = m.profile_id AND s.captured_at = r.captured_at AND s.source = {source}
        WHERE num_nonnulls(r.quality, r.aqs) > 0
        """,
        params,
        rows=told_by_moment(stage, given, AUDIENCE_NUMBERS),
        told=_QUALITY,
        after=filled(COLUMNS, "r", "s"),
        old=names(COLUMNS, "s"),
        source=sql.Literal(params["numbers_source"]),
    )


def add(params: Params) -> None:
    """Write the snapshots that are not there yet."""
    run(
        """
        INSERT INTO crm_audiencesnapshot (profile_id, captured_at, source, {columns},
            import_batch_id)
        SELECT m.profile_id, s.captured_at, {source}, {values}, %(batch)s
        FROM imp_audience s JOIN imp_match m USING (a) WHERE s.id IS NULL
        """,
        params,
        columns=names(COLUMNS),
        values=names(COLUMNS, "s"),
        source=sql.Literal(params["numbers_source"]),
    )
