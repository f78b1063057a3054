"""Tests: fast hashes, eager tasks that still serialise their arguments, loud templates."""

from __future__ import annotations

import copy

from config.settings.addresses import broker, database
from config.settings.base import *  # noqa: F403
from config.settings.base import TEMPLATES as BASE_TEMPLATES
from config.settings.base import env

DEBUG = False
SECRET_KEY = "rapport-tests-only"  # noqa: S105 - not a secret: tests only
ALLOWED_HOSTS = ["*"]

DATABASES = {
    "default": database(env.str("DATABASE_URL", default="postgres://rapport@127.0.0.1:1/rapport"))
}
# Test databases are dropped while threads still keep connections; closing each avoids that.
DATABASES["default"] |= {"OPTIONS": {}, "CONN_MAX_AGE": 0}

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
AXES_ENABLED = False

CELERY_BROKER_URL = broker(env.str("REDIS_URL", default="redis://127.0.0.1:1/0"))
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
# Arguments go through the serializer as they would on the wire.
CELERY_TASK_STORE_EAGER_RESULT = False

TEMPLATES = copy.deepcopy(BASE_TEMPLATES)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# Look for static files when they are asked for: nothing has to be collected before a test.
WHITENOISE_AUTOREFRESH = True
# Tests ask quicker than programs; the limit has tests of its own.
API_REQUESTS_PER_MINUTE = 0
