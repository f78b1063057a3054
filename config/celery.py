"""The Celery application; its schedule is in the settings (CELERY_BEAT_SCHEDULE)."""

from __future__ import annotations

import os

from celery import Celery
from celery.contrib.django.task import DjangoTask
from django.db import InterfaceError, OperationalError

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


class PatientTask(DjangoTask):  # type: ignore[misc] # Celery ships no types
    """What all tasks do while the database is away: come again, for some minutes and ever later.

    A task that says itself for what it comes again has to name these, too.
    """

    autoretry_for = (OperationalError, InterfaceError)
    max_retries = 8
    retry_backoff = True
    retry_backoff_max = 120


app = Celery("rapport", task_cls=PatientTask)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
