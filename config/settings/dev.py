"""Development and demo: embedded servers unless DATABASE_URL and REDIS_URL say otherwise."""

from __future__ import annotations

from config.settings.addresses import broker, cache, database, mail
from config.settings.base import *  # noqa: F403
from config.settings.base import env

DEBUG = env.bool("DEBUG", default=False)
# Only for a machine of one's own: production refuses to start without a secret key.
SECRET_KEY = env.str("SECRET_KEY", default="rapport-development-only-not-a-secret-key")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])

# manage.py sets both addresses for every command that needs them (config/devstack/commands.py);
# makemigrations and its like do without, and must not try.
DATABASES = {
    "default": database(env.str("DATABASE_URL"))
    if env.str("DATABASE_URL", default="")
    else {"ENGINE": "django.db.backends.dummy"}
}
CELERY_BROKER_URL = broker(env.str("REDIS_URL", default="redis://127.0.0.1:1/0"))
CACHES = {"default": cache(CELERY_BROKER_URL)}

vars().update(mail(env.str("EMAIL_URL", default="consolemail://")))
# A copy of a production database on somebody's machine must not write to creators.
MAIL_DELIVERY = env.bool("MAIL_DELIVERY", default=False)
