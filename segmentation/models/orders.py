"""What people had done with a run: its change set applied, or taken back."""

from __future__ import annotations

from typing import Self

from django.db import models

from segmentation.choices import ErrandStatus, OrderKind
from segmentation.models.errands import Errand
from segmentation.models.runs import Run


class RunOrderQuerySet(models.QuerySet["RunOrder"]):
    def open(self) -> Self:
        """Those that a worker has yet to carry out."""
        return self.filter(status=ErrandStatus.QUEUED)


class RunOrder(Errand):
    """A decision that moves creators, for a worker to carry out.

    The run's own status says what the ledger says: it changes in the transaction that moves
    creators, so that an order can be lost, but never be half done.
    """

    run = models.ForeignKey(Run, on_delete=models.CASCADE, db_index=False, related_name="orders")
    kind = models.CharField(max_length=9, choices=OrderKind.choices)
    # Keys of the segments to leave as they are, where a change set is applied.
    hold = models.JSONField(default=list)
    reason = models.CharField(max_length=300, blank=True, default="")

    objects = RunOrderQuerySet.as_manager()

    class Meta:
        ordering = ["run", "pk"]
        constraints = [
            # A second click finds the first one's order.
            models.UniqueConstraint(
                fields=["run"],
                condition=models.Q(status=ErrandStatus.QUEUED),
                name="segmentation_one_open_order",
            ),
            models.CheckConstraint(
                name="segmentation_order_kind", condition=models.Q(kind__in=OrderKind.values)
            ),
            models.CheckConstraint(
                name="segmentation_order_status",
                condition=models.Q(status__in=ErrandStatus.values),
            ),
        ]
        indexes = [
            # A run's page asks for the newest order of its run.
            models.Index(fields=["run", "-id"], name="segmentation_order_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} run {self.run_id}"
