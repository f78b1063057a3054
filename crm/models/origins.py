"""Which import brought a row: what an undo looks for."""

from __future__ import annotations

from django.contrib.postgres.indexes import BrinIndex
from django.db import models


class Imported(models.Model):
    """A row that may have come by an import; empty for one that people made.

    An import names itself in millions of rows by a few statements of one transaction, from a batch
    that is there: checking the key and keeping a tree of it for each row took a seventh of an
    import's time. The rows of a batch lie together, so a block range index finds them
    (docs/adr/0007-keys-of-large-tables.md).
    """

    import_batch = models.ForeignKey(
        "crm.ImportBatch",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )

    class Meta:
        abstract = True
        indexes = [BrinIndex(fields=["import_batch"], name="%(app_label)s_%(class)s_import")]
