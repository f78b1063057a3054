"""Settings that every environment shares. What differs is in dev, test and prod."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import environ
from csp.constants import NONE, SELF
from django_guid.integrations import CeleryIntegration

from config.settings.schedule import SCHEDULE
from config.settings.schema import SCHEMA

BASE_DIR = Path(__file__).resolve().parent.parent.parent
env = environ.Env()
RAPPORT_VERSION = "0.1.0"

# The data folder: embedded servers, media, demo passwords.
RAPPORT_HOME = Path(env.str("RAPPORT_HOME", default=str(BASE_DIR / "var"))).resolve()

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    "django_filters",
    "django_guid",
    "django_htmx",
    "template_partials",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "crm",
    "campaigns",
    "segmentation",
]

MIDDLEWARE = [
    "django_guid.middleware.guid_middleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",
    "config.null_characters.NullCharacters",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
APPEND_SLASH = True
# The addresses of the API are kept by their first word (crm.api.routes): what follows it begins
# with a slash.
SILENCED_SYSTEM_CHECKS = ["urls.W002"]

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "crm.context.brand_frame",
            ],
            "builtins": ["crm.templatetags.rapport", "template_partials.templatetags.partials"],
        },
    },
]

FORM_RENDERER = "config.widgets.Renderer"

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "crm.User"

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_ADAPTER = "crm.accounts.AccountAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_PREVENT_ENUMERATION = True
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]

AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "crm.accounts.locked_out"
AXES_USERNAME_FORM_FIELD = "login"
# As allauth's own limits do: behind a proxy all would have the proxy's address, and eight wrong
# passwords from anywhere would lock somebody out everywhere.
AXES_CLIENT_IP_CALLABLE = "crm.public_forms.gate.address_of"
AXES_VERBOSE = False  # else every command begins with a line about it

# Where the product is reached, for links in mails: https://crm.example.com
RAPPORT_URL = env.str("RAPPORT_URL", default="").rstrip("/")
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", default="rapport@localhost")
EMAIL_TIMEOUT = 20  # Django would wait for ever
# Whether mail to creators leaves this installation, and to which hosts mailboxes may connect
# (comma separated; empty: any).
MAIL_DELIVERY = env.bool("MAIL_DELIVERY", default=True)
MAIL_HOSTS = [host.lower() for host in env.list("MAIL_HOSTS", default=[])]
# Hosts of our own network, "name" or "name:port", that webhooks may call, also without TLS.
WEBHOOK_HOSTS_INSIDE = frozenset(
    host.lower() for host in env.list("WEBHOOK_HOSTS_INSIDE", default=[])
)

# How many proxies of ours stand before the web server: the address of who asks is what the
# outermost of them wrote into X-Forwarded-For.
PROXIES = env.int("PROXIES", default=0)

# Clicks that wait in Valkey for a worker, some 250 bytes each; what comes when there are so many is
# counted as lost. And the header in which a proxy of ours says from which country somebody came.
CLICKS_WAITING_MAX = env.int("CLICKS_WAITING_MAX", default=200_000)
CLICK_COUNTRY_HEADER = env.str("CLICK_COUNTRY_HEADER", default="")

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "config.npm.NpmFinder",
    "crm.icons.SpriteFinder",
]
# Out of the npm packages only what pages ask for, under the names that they use.
NPM_ROOT = BASE_DIR / "node_modules"
NPM_FILES = {
    "vendor/tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
    "vendor/tabler.min.js": "@tabler/core/dist/js/tabler.min.js",
    "vendor/echarts.min.js": "echarts/dist/echarts.min.js",
}
STORAGES = {
    "default": {"BACKEND": "config.storage.MediaStorage"},
    "staticfiles": {"BACKEND": "config.storage.StaticStorage"},
}
MEDIA_ROOT = RAPPORT_HOME / "media"
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024

# Strict by default: scripts and styles are files of ours, nothing inline.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
    },
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"

# Of each token; 0: no limit.
API_REQUESTS_PER_MINUTE = env.int("API_REQUESTS_PER_MINUTE", default=1_200)
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["crm.api.authentication.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["crm.api.permissions.HasScope"],
    "DEFAULT_RENDERER_CLASSES": ["crm.api.encoding.Renderer"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "crm.api.negotiation.Negotiation",
    "DEFAULT_PARSER_CLASSES": ["crm.api.parsing.StrictJSONParser"],
    "DEFAULT_THROTTLE_CLASSES": ["crm.api.throttling.TokenThrottle"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "crm.api.schema.BrandSchema",
    # OPTIONS would say less than the schema does, and `?format=` is an unknown parameter.
    "DEFAULT_METADATA_CLASS": None,
    "URL_FORMAT_OVERRIDE": None,
    "EXCEPTION_HANDLER": "crm.api.problems.problem_details",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = SCHEMA

CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 60 * 60
# All rules of a run in one statement, and one rule alone: what takes longer is stopped, its segment
# says so and keeps its members.
RULES_TIMEOUT_SECONDS = env.float("RULES_TIMEOUT_SECONDS", default=600.0)
RULE_TIMEOUT_SECONDS = env.float("RULE_TIMEOUT_SECONDS", default=60.0)
CELERY_TIMEZONE = "UTC"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A worker that starts or comes back while the broker is full waits for room; it would end.
CELERY_BROKER_CHANNEL_ERROR_RETRY = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 2 * 60 * 60,
    # Without these, a page that enqueues a task hangs for six seconds while the broker is down.
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
    "socket_connect_timeout": 2,
}
CELERY_BEAT_SCHEDULER = "config.beat:Scheduler"
# Beat writes down each thing that it sent, so that after a kill it sends none of them again.
CELERY_BEAT_SYNC_EVERY = 1
CELERY_BEAT_SCHEDULE = SCHEDULE

# A request's name, in each answer, each line of a log, and the tasks that it started.
DJANGO_GUID = {
    "GUID_HEADER_NAME": "X-Request-ID",
    "EXPOSE_HEADER": False,
    "INTEGRATIONS": [CeleryIntegration(use_django_logging=True)],
}
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request": {"()": "django_guid.log_filters.CorrelationId"}},
    "formatters": {
        "plain": {
            "format": "{asctime} {levelname} {name} [{correlation_id}] {message}",
            "style": "{",
        }
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "plain",
            "filters": ["request"],
        }
    },
    "root": {"handlers": ["console"], "level": "INFO"},
    # It would tell of each request.
    "loggers": {"django_guid": {"level": "WARNING"}},
}
