"""A fact table for the time of a dry run, so that nothing real is touched."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import connection

from crm.models import Brand
from segmentation.facts.catalogue import FACTS_TABLE, norms_table
from segmentation.facts.refresh import refresh_facts

SCRATCH_TABLE = "scratch_facts"


@contextmanager
def scratch_facts(brand: Brand, as_of: datetime) -> Iterator[str]:
    """The facts of `brand` as of `as_of`, and its norms, in tables of their own; gives the name.

    The creators stand in the segments in which they are now. Only within a transaction.
    """
    scratch = {table(SCRATCH_TABLE): table(FACTS_TABLE) for table in (str, norms_table)}
    with connection.cursor() as cursor:
        for table, real in scratch.items():
            cursor.execute(
                f"CREATE TEMP TABLE {table} (LIKE {real} INCLUDING DEFAULTS INCLUDING IDENTITY "
                "INCLUDING INDEXES) ON COMMIT DROP"
            )
    refresh_facts(brand=brand, as_of=as_of, table=SCRATCH_TABLE)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {SCRATCH_TABLE} s "  # noqa: S608 - names of ours
            "SET member_bits = f.member_bits, unknown_bits = f.unknown_bits "
            f"FROM {FACTS_TABLE} f WHERE f.brand_id = %s AND s.creator_id = f.creator_id",
            [brand.pk],
        )
    yield SCRATCH_TABLE
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {', '.join(scratch)}")
