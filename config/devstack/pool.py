"""Loaded by the Celery worker of `manage.py up` (-I): its pool processes do not outlive it."""

from __future__ import annotations

import os
import signal
from typing import Any

from celery.signals import worker_process_init

from config.devstack.process import die_with_parent


@worker_process_init.connect  # type: ignore[untyped-decorator] # Celery ships no types
def _tie_to_worker(**_: Any) -> None:
    """A process that is busy would otherwise finish its task after the worker was killed."""
    die_with_parent(signal.SIGKILL, parent=os.getppid())
