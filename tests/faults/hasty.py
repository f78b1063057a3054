"""The Celery application with a schedule that a test can wait for: each second, not minutes."""

from __future__ import annotations

from config.celery import app
from tests.faults import EACH_SECOND

app.conf.beat_schedule = {
    EACH_SECOND: {"task": "segmentation.tasks.take_up_errands", "schedule": 1.0}
}
app.conf.beat_max_loop_interval = 1
