"""Nobody who was erased comes back by an import: their addresses and accounts are known by hash."""

from __future__ import annotations

from typing import LiteralString

from psycopg import sql

from crm.importers.parsing import Reject
from crm.models import Brand, Creator, ExternalId, Profile
from crm.outreach.addresses import digest
from crm.services.imports.staging import Rejects
from crm.services.imports.statements import Params, fetch, run

CODE = "erased"
WHY = (
    "This is somebody who asked to be erased. Nothing of the row is kept; who wants to be found "
    "again can apply on your page."
)
# As crm.outreach.addresses.digest writes it; keys of other kinds begin with a word and a space,
# which no address does.
_ADDRESS: LiteralString = "s.email"
_ACCOUNT: LiteralString = "'account ' || s.platform || '/' || s.handle"
_ID: LiteralString = "'id ' || %(source)s || '/' || s.external_id"
_ERASED: LiteralString = """
    SELECT DISTINCT a.digest FROM crm_suppressedaddress a
    JOIN crm_suppression p ON p.id = a.suppression_id
    WHERE a.brand_id = %(brand)s AND p.reason = 'erasure' AND p.lifted_at IS NULL
"""


def keys_of(brand: Brand, creator: Creator) -> list[str]:
    """The hashes of a creator's accounts and ids, which are kept with those of their addresses."""
    accounts = Profile.objects.filter(creator=creator).values_list("platform", "handle")
    ids = ExternalId.objects.filter(brand=brand, creator=creator).values_list("source", "value")
    return [
        *(digest(brand.pk, f"account {platform}/{handle}") for platform, handle in accounts),
        *(digest(brand.pk, f"id {source}/{value}") for source, value in ids),
    ]


def refuse_erased(
    stage: sql.Identifier, *, given: frozenset[str], params: Params, rejects: Rejects
) -> None:
    """Take the rows of erased people out of a file that is staged, and say so."""
    if not fetch("SELECT EXISTS ({erased})", params, erased=sql.SQL(_ERASED))[0][0]:
        return
    keys = [_ACCOUNT]
    keys += [_ADDRESS] if "email" in given else []
    keys += [_ID] if "external_id" in given else []
    hashed = sql.SQL(" OR ").join(
        sql.SQL(
            "encode(sha256(convert_to('rapport:' || %(brand)s || ':' || lower(btrim({key})), "
            "'UTF8')), 'hex') IN ({erased})"
        ).format(key=sql.SQL(key), erased=sql.SQL(_ERASED))
        for key in keys
    )
    lines = [
        line
        for (line,) in fetch(
            "SELECT DISTINCT s.line FROM {stage} s WHERE {hashed} ORDER BY 1",
            params,
            stage=stage,
            hashed=hashed,
        )
    ]
    if not lines:
        return
    for line in lines:
        rejects.add(Reject(line, CODE, WHY))
    run("DELETE FROM {stage} WHERE line = ANY(%(lines)s)", {"lines": lines}, stage=stage)
