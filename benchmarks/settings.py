"""Settings of a benchmark: as in tests, but files on disk and tasks queued, never run beside it."""

from __future__ import annotations

import os
from pathlib import Path

from config.settings.addresses import cache, database
from config.settings.test import *  # noqa: F403

# Whoever starts a benchmark measures what it starts, not the tasks that follow it.
CELERY_TASK_ALWAYS_EAGER = False
CELERY_BROKER_URL = os.environ.get("RAPPORT_BENCH_BROKER", "memory://")
if _cache := os.environ.get("RAPPORT_BENCH_CACHE"):
    # As in production: requests of the API are counted, by all processes together.
    CACHES = {"default": cache(_cache)}
    API_REQUESTS_PER_MINUTE = 10**9
if os.environ.get("RAPPORT_BENCH_KEEP"):
    # As in production: gunicorn's threads keep their connections.
    DATABASES = {"default": database(os.environ["DATABASE_URL"])}
MEDIA_ROOT = Path(os.environ["RAPPORT_BENCH_MEDIA"])
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# A query log would grow with every statement of a loop.
LOGGING = {"version": 1, "disable_existing_loggers": False, "root": {"level": "WARNING"}}
