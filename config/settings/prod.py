"""Production: everything that matters must be given, and a missing value stops the start."""

from __future__ import annotations

import sentry_sdk
from django.core.exceptions import ImproperlyConfigured
from sentry_sdk.utils import BadDsn

from config.settings.addresses import broker, cache, database, mail
from config.settings.base import *  # noqa: F403
from config.settings.base import env


def required(name: str) -> str:
    """The value of variable `name`; ImproperlyConfigured with one clear line when it is absent."""
    value: str = env.str(name, default="")
    if not value:
        raise ImproperlyConfigured(f"{name} must be set in production.")
    return value


def number(name: str, *, default: int) -> int:
    """Variable `name` as a whole number; ImproperlyConfigured when it is something else."""
    value = env.str(name, default=str(default))
    if not value.isdecimal():
        raise ImproperlyConfigured(f"{name} is {value!r}; it must be a whole number.")
    return int(value)


DEBUG = False
SECRET_KEY = required("SECRET_KEY")
if len(SECRET_KEY) < 32:
    raise ImproperlyConfigured("SECRET_KEY must have at least 32 characters.")
HOSTS = [host.strip() for host in required("ALLOWED_HOSTS").split(",") if host.strip()]
# The container asks its own /healthz and /readyz under this name.
ALLOWED_HOSTS = [*HOSTS, "127.0.0.1"]
DATABASES = {"default": database(required("DATABASE_URL"))}
CELERY_BROKER_URL = broker(required("REDIS_URL"))
CACHES = {"default": cache(CELERY_BROKER_URL)}
PROXIES = number("PROXIES", default=1)

vars().update(mail(env.str("EMAIL_URL", default="smtp://localhost:25")))

SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = number("SECURE_HSTS_SECONDS", default=365 * 24 * 60 * 60)
# Whether other names below this one speak TLS, and whether browsers shall know it beforehand, is
# for their owner to say, not for us.
SILENCED_SYSTEM_CHECKS = [*SILENCED_SYSTEM_CHECKS, "security.W005", "security.W021"]  # noqa: F405
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in HOSTS if host != "*"]

if SENTRY_DSN := env.str("SENTRY_DSN", default=""):
    try:
        sentry_sdk.init(dsn=SENTRY_DSN)  # by default it says nothing of who the user is
    except BadDsn as error:
        raise ImproperlyConfigured(f"SENTRY_DSN cannot be used: {error}.") from error
