"""A fact table for the time of a dry run, so that nothing real is touched."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import connection

from crm.models import Brand
from segmentation.facts.catalogue import FACTS_TABLE
from segmentation.facts.refresh import refresh_facts

SCRATCH_TABLE = "scratch_facts"


@contextmanager
def scratch_facts(brand: Brand, as_of: datetime) -> Iterator[str]:
    """The facts of `brand` as of `as_of` in a table of their own, whose name is given.

    The creators stand in the segments in which they are now. Only within a transaction.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMP TABLE {SCRATCH_TABLE} "
            f"(LIKE {FACTS_TABLE} INCLUDING DEFAULTS INCLUDING INDEXES) ON COMMIT DROP"
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
        cursor.execute(f"DROP TABLE {SCRATCH_TABLE}")
