"""Development and demo: embedded servers unless DATABASE_URL and REDIS_URL say otherwise."""

from __future__ import annotations

from config.settings.base import *  # noqa: F403
from config.settings.base import env
from config.settings.addresses import broker, database, mail

DEBUG = env.bool("DEBUG", default=False)
# Only for a machine of one's own: production refuses to start without a secret key.
SECRET_KEY = env.str("SECRET_KEY", default="rapport-development-only-not-a-secret-key")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])

# manage.py sets both from the embedded servers when they are absent (config/devstack.py).
DATABASES = {
    "default": database(env.str("DATABASE_URL", default="postgres://rapport@127.0.0.1:1/rapport"))
}
CELERY_BROKER_URL = broker(env.str("REDIS_URL", default="redis://127.0.0.1:1/0"))

vars().update(mail(env.str("EMAIL_URL", default="consolemail://")))
