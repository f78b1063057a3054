"""`manage.py drain_facts`: re-evaluate creators whose facts have changed, here and now."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from segmentation.choices import RunStatus, Trigger
from segmentation.models import Run
from segmentation.services import outbox


class Command(BaseCommand):
    """Does what the worker does on each change and every few seconds."""

    help = (
        "Refresh the facts of creators that changed and move them in and out of segments. Workers "
        "do this by themselves; this is for a machine without one. The last line is JSON."
    )

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Drain, and print how many changes were taken and how many creators moved."""
        newest = Run.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        taken = outbox.drain(at=timezone.now())
        made = Run.objects.filter(pk__gt=newest, trigger=Trigger.FACTS)
        moved = {
            status: sum(run.moved or 0 for run in made if run.status == status)
            for status in (RunStatus.APPLIED, RunStatus.WAITING)
        }
        self.stdout.write(
            json.dumps(
                {
                    "changes": taken,
                    "moved": moved[RunStatus.APPLIED],
                    "waiting_for_approval": moved[RunStatus.WAITING],
                }
            )
        )
