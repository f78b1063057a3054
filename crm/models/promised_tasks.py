"""Tasks that a transaction promised and the broker does not have yet."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class PromisedTask(models.Model):
    """A task to be sent; the row goes once the broker has it, so that none is lost with a broker.

    Its arguments are identifiers, never words about anybody.
    """

    task = models.CharField(max_length=200)
    arguments = models.JSONField(default=dict)
    promised_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(name="crm_promised_task_named", condition=~models.Q(task=""))
        ]

    def __str__(self) -> str:
        return self.task
