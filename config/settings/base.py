"""Settings that every environment shares. What differs is in dev, test and prod."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import environ
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django_guid.integrations import CeleryIntegration

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
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
APPEND_SLASH = True

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
SPECTACULAR_SETTINGS = {
    "TITLE": "Rapport API",
    "DESCRIPTION": (
        "Creators, relationships, segments and scorecards of a brand.\n\n"
        "Send `Authorization: Bearer TOKEN`; the token fixes the brand. It may do what its scopes "
        "say, and never more than the role of its user allows. Null is unknown, never zero; rates "
        "and shares are fractions; moments carry their offset. Lists are "
        "`{results, next, previous, count}`: follow `next`. A refusal is a problem (RFC 9457) "
        "with `errors`, each with `pointer`, `code` and `message`. Addresses work with and without "
        "the slash at the end."
    ),
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "AudienceBasis": "segmentation.selectors.overlap.Basis",
        "BasisEnum": "crm.choices.LawfulBasis",
        "BacktestOutcomeEnum": "segmentation.choices.BacktestOutcome",
        "PostKind": "crm.choices.PostKind",
        "DeliveryStatus": "crm.choices.DeliveryStatus",
        "PullStatus": "crm.choices.PullStatus",
        "JobStatus": "crm.choices.JobStatus",
        "Source": "crm.choices.Source",
        "Stage": "crm.choices.Stage",
        "CreatorType": "crm.choices.CreatorType",
        "FieldType": "crm.choices.FieldType",
        "ContactKind": "crm.choices.ContactKind",
        "ContactPurpose": "crm.choices.ContactPurpose",
        "MailPurpose": "crm.choices.MailPurpose",
        "ImportStatus": "crm.choices.ImportStatus",
        "ImportKind": ["creators", "posts"],
        "DateForm": "crm.api.import_bodies.FORMS",
        "PercentUnit": "crm.api.import_bodies.UNITS",
        "RequestKind": "crm.choices.RequestKind",
        "RetentionPurpose": "crm.choices.RetentionPurpose",
        "Forecasted": "segmentation.choices.Forecasted",
        "PostMeasure": "campaigns.choices.PostMeasure",
        "ByHandChannel": "campaigns.api.remediation_acts.BY_HAND",
        "SegmentStatus": "segmentation.choices.SegmentStatus",
        "RunStatus": "segmentation.choices.RunStatus",
        "ChangeKind": "segmentation.choices.ChangeKind",
        "Cause": "segmentation.choices.Cause",
        "OverrideKind": "segmentation.choices.OverrideKind",
        "ErrandStatus": "segmentation.choices.ErrandStatus",
        "ClassifierKind": "segmentation.choices.ClassifierKind",
        "OrderKind": "segmentation.choices.OrderKind",
        "SeriesKind": "campaigns.choices.SeriesKind",
        "ConversionKind": "campaigns.choices.ConversionKind",
        "ConversionSource": "campaigns.choices.ConversionSource",
        "ExperimentDesign": "segmentation.choices.ExperimentDesign",
        "ExperimentReading": "segmentation.choices.ExperimentReading",
        "ExperimentStatus": "segmentation.choices.ExperimentStatus",
        "OutcomeMetric": "segmentation.choices.OutcomeMetric",
        "LookSource": "segmentation.choices.LookSource",
        "ReadingBasis": "campaigns.choices.ReadingBasis",
        "ShiftState": "campaigns.choices.ShiftState",
        "SurveyChoice": "campaigns.choices.SurveyChoice",
        "StageRuleKind": "segmentation.choices.StageRuleKind",
        "SuggestionStatus": "segmentation.choices.SuggestionStatus",
        "ConnectionKind": "campaigns.models.connections.TIE_KINDS",
        "CreatorCause": "campaigns.api.causes.KEYS",
        "AudienceFlag": "campaigns.choices.Flag",
        "FlagState": "campaigns.choices.FlagState",
        "PaperKind": "campaigns.choices.PaperKind",
        "PaperState": "campaigns.choices.PaperState",
        "AlertLevel": "campaigns.choices.AlertLevel",
        "AlertState": "campaigns.choices.AlertState",
        "CommentKind": "crm.choices.CommentKind",
        "ContentKind": "campaigns.choices.ContentKind",
        "ReferenceKind": "campaigns.choices.ReferenceKind",
        "TermKind": "campaigns.choices.TermKind",
        "WordLanguage": "campaigns.choices.WordLanguage",
        "ThemeState": "crm.choices.ThemeState",
        "TopicState": "campaigns.choices.TopicState",
        "IncidentKind": "crm.choices.IncidentKind",
        "OfferAct": "campaigns.choices.OfferAct",
        "OfferState": "campaigns.choices.OfferState",
        "ContractAct": "campaigns.choices.ContractAct",
        "ContractState": "campaigns.choices.ContractState",
        "CostKind": "campaigns.choices.CostKind",
        "PayAct": "campaigns.choices.PayAct",
        "PayMetric": "campaigns.choices.PayMetric",
        "MarketingChannel": "campaigns.choices.MarketingChannel",
        "ChannelEnum": "campaigns.choices.Channel",
        "PayState": "campaigns.choices.PayState",
        "PayTrigger": "campaigns.choices.PayTrigger",
        "GiftAct": "campaigns.choices.GiftAct",
        "GiftState": "campaigns.choices.GiftState",
        "InvitationAct": "campaigns.choices.InvitationAct",
        "InvitationState": "campaigns.choices.InvitationState",
        "UseCase": "campaigns.choices.UseCase",
        "CampaignTrigger": "campaigns.choices.CampaignTrigger",
        "CampaignStatus": "campaigns.choices.CampaignStatus",
        "EngagementStage": "campaigns.choices.EngagementStage",
        "BudgetKind": "campaigns.choices.BudgetKind",
        "BriefGate": "campaigns.choices.BriefGate",
        "BriefState": "campaigns.choices.BriefState",
        "ClaimStatus": "campaigns.choices.ClaimStatus",
        "DeliverableState": "campaigns.choices.DeliverableState",
        "Gate": "campaigns.choices.Gate",
        "GateOutcome": "campaigns.choices.GateOutcome",
        "DraftState": "campaigns.choices.DraftState",
        "DisclosureVerdict": "campaigns.choices.DisclosureVerdict",
        "ItemResult": "campaigns.choices.ItemResult",
        "ReviewStage": "campaigns.choices.ReviewStage",
        "RemediationState": "campaigns.choices.RemediationState",
        "ReviewState": "campaigns.choices.ReviewState",
        "RiskTier": "campaigns.choices.RiskTier",
        "EvidenceSource": "campaigns.choices.EvidenceSource",
        "EvidenceFileKind": "campaigns.choices.EvidenceFileKind",
        "DecidedVerdict": ["sufficient", "insufficient", "missing", "not_required", "unclear"],
        "ReadingVerdict": "campaigns.choices.ReadingVerdict",
        "Verdict": "campaigns.choices.Verdict",
        "StartTrigger": "campaigns.choices.StartTrigger",
        "Trigger": "segmentation.choices.Trigger",
        "PackState": ["new", "impossible", "same", "newer", "drafted", "own", "archived"],
    },
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
}

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
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 2 * 60 * 60,
    # Without these, a page that enqueues a task hangs for six seconds while the broker is down.
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
    "socket_connect_timeout": 2,
}
CELERY_BEAT_SCHEDULER = "config.beat:Scheduler"
CELERY_BEAT_SCHEDULE = {
    # Incidents age, permits and campaigns end: what only time changes, before the stages are looked
    # at. What people do is computed on demand, too.
    "look-at-audiences": {
        "task": "campaigns.tasks.look_at_audiences",
        "schedule": crontab(hour=3, minute=50),
    },
    "read-reliability": {
        "task": "campaigns.tasks.read_reliability",
        "schedule": crontab(hour=4, minute=30),
    },
    "assess-risk": {"task": "campaigns.tasks.assess_risk", "schedule": crontab(hour=4, minute=20)},
    "end-pauses": {"task": "campaigns.tasks.end_pauses", "schedule": crontab(minute="*/15")},
    # Every brand's fiscal quarter may begin in another month and zone, and dimensions have cadences
    # of their own, so this asks which runs are due and not yet there: a missed one is caught up,
    # once. It also takes up runs whose worker is gone.
    "due-segmentation": {
        "task": "segmentation.tasks.start_due_runs",
        "schedule": crontab(minute="*/5"),
    },
    # Orders for runs, drift reports, scorecards by tier: those whose message or worker got lost.
    "lost-errands": {
        "task": "segmentation.tasks.take_up_errands",
        "schedule": timedelta(minutes=1),
    },
    # The outbox is drained on commit; this is the net beneath it.
    "drain-facts": {"task": "segmentation.tasks.drain_facts", "schedule": timedelta(seconds=20)},
    # Runs bring the facts of large brands forward by what time has moved: this is the proof that it
    # comes to the same as computing them from nothing. What does not is put right and logged.
    "check-facts": {
        "task": "segmentation.tasks.check_facts",
        "schedule": crontab(day_of_week="sun", hour=3, minute=30),
    },
    # Changed facts are looked at at once; what only time changes ("no post for half a year") here.
    "suggest-stages": {
        "task": "segmentation.tasks.suggest_stages",
        "schedule": crontab(hour=4, minute=40),
    },
    # After facts were looked at and reliability was read.
    "count-scores": {
        "task": "segmentation.tasks.count_all_scores",
        "schedule": crontab(hour=4, minute=50),
    },
    # After runs and scores: it reads segments, and takes a worker for minutes where posts are many.
    "learn-forecasts": {
        "task": "segmentation.tasks.learn_all_forecasts",
        "schedule": crontab(hour=5, minute=40),
    },
    # When nobody waits: it reads words by the thousand.
    "suggest-values": {
        "task": "segmentation.tasks.suggest_values",
        "schedule": crontab(hour=5, minute=20),
    },
    # Who hangs together with whom changes slowly; makings that are far apart move people.
    "make-maps": {
        "task": "segmentation.tasks.make_all_maps",
        "schedule": crontab(day_of_week="sunday", hour=3, minute=20),
    },
    # What creators are like: after scores, since it takes the longest.
    "build-looks": {
        "task": "segmentation.tasks.build_all_looks",
        "schedule": crontab(hour=5, minute=10),
    },
    # What a person decided about a creator and a segment may end at any minute.
    "end-overrides": {
        "task": "segmentation.tasks.end_overrides",
        "schedule": timedelta(minutes=1),
    },
    # The ledger is the outbox of webhooks: what came into it since is told, and what failed tried
    # again when its time has come.
    "call-webhooks": {
        "task": "crm.tasks.call_webhooks",
        "schedule": timedelta(seconds=5),
        "options": {"expires": 5},
    },
    "forget-deliveries": {
        "task": "crm.tasks.forget_deliveries",
        "schedule": crontab(hour=3, minute=15),
    },
    # Where a pull stands is in the database: a turn takes it up where the one before left off.
    "pull-connectors": {
        "task": "crm.tasks.pull_all",
        "schedule": timedelta(seconds=10),
        "options": {"expires": 10},
    },
    "forget-pulls": {"task": "crm.tasks.forget_pulls", "schedule": crontab(hour=3, minute=20)},
    # What people send goes at once; this takes what waited for its hour, or for a server.
    "send-mail": {
        "task": "crm.tasks.send_mail",
        "schedule": timedelta(seconds=20),
        "options": {"expires": 20},  # none pile up while no worker is there
    },
    "fetch-mail": {
        "task": "crm.tasks.fetch_all_mail",
        "schedule": timedelta(minutes=1),
        "options": {"expires": 60},
    },
    "sweep-mail": {"task": "crm.tasks.sweep_mail", "schedule": timedelta(minutes=5)},
    "remove-mail-files": {
        "task": "crm.tasks.remove_mail_files",
        "schedule": crontab(hour=3, minute=10),
    },
    "erase-applications": {
        "task": "crm.tasks.erase_applications",
        "schedule": crontab(hour=3, minute=20),
    },
    "erase-submissions": {
        "task": "campaigns.tasks.erase_submissions",
        "schedule": crontab(hour=3, minute=25),
    },
    "erase-whereabouts": {
        "task": "campaigns.tasks.erase_whereabouts",
        "schedule": crontab(hour=3, minute=30),
    },
    "propose-retention": {
        "task": "crm.tasks.propose_retention",
        "schedule": crontab(hour=3, minute=35),
    },
    "sign-ledgers": {"task": "crm.tasks.sign_ledgers", "schedule": crontab(hour=3, minute=50)},
    # What people asked for and a lost worker left undone goes on where it was.
    "send-promised": {"task": "crm.tasks.send_promised", "schedule": timedelta(minutes=1)},
    "lost-jobs": {"task": "crm.tasks.take_up_jobs", "schedule": timedelta(minutes=1)},
    "forget-touched": {"task": "segmentation.tasks.forget_touched", "schedule": crontab(minute=37)},
    "forget-answers": {"task": "crm.tasks.forget_answers", "schedule": crontab(minute=7)},
    "expired-files": {"task": "crm.tasks.remove_expired_files", "schedule": crontab(minute=17)},
    # Each at their own hour, so it looks often; what was told is stored and not told again.
    "tell-people": {"task": "crm.tasks.tell_people", "schedule": crontab(minute="*")},
    "advance-sequences": {
        "task": "crm.tasks.advance_sequences",
        "schedule": timedelta(minutes=1),
    },
    # Brands' days begin at different hours.
    "expire-offers": {
        "task": "campaigns.tasks.expire_offers",
        "schedule": crontab(minute=7),
    },
    # Imports tell of publications at once; what time makes late, or two days old, is found here.
    "watch-publications": {
        "task": "campaigns.tasks.watch_publications",
        "schedule": crontab(minute=37),
    },
    "remove-captures": {
        "task": "campaigns.tasks.remove_captures",
        "schedule": crontab(hour=3, minute=25),
    },
    "end-contracts": {
        "task": "campaigns.tasks.end_contracts",
        "schedule": crontab(minute=11),
    },
    # Acceptances look at once; publications, approvals and days are found here.
    "look-at-payments": {
        "task": "campaigns.tasks.look_at_payments",
        "schedule": crontab(minute=43),
    },
    # The clock of a gate counts working hours: to remind within ten minutes is soon enough.
    "remind-of-gates": {
        "task": "campaigns.tasks.remind_of_gates",
        "schedule": crontab(minute="*/10"),
    },
    "remind-of-disclosures": {
        "task": "campaigns.tasks.remind_of_disclosures",
        "schedule": crontab(minute="2-59/10"),
    },
    "chase-remediations": {
        "task": "campaigns.tasks.chase_remediations",
        "schedule": crontab(minute="5-59/10"),
    },
    # Briefs and claims that change are looked at by and by; claims begin and end on days as well.
    "recheck-drafts": {
        "task": "campaigns.tasks.recheck_drafts",
        "schedule": crontab(minute="4-59/15"),
    },
    # What somebody writes down is looked at at once; numbers and days are found here.
    "look-at-registers": {
        "task": "campaigns.tasks.look_at_registers",
        "schedule": crontab(hour=4, minute=20),
    },
    "tell-of-ending-rights": {
        "task": "campaigns.tasks.tell_of_ending_rights",
        "schedule": crontab(minute=27),
    },
    "write-clicks": {
        "task": "campaigns.tasks.write_clicks",
        "schedule": timedelta(seconds=5),
        "options": {"expires": 5},  # none pile up while no worker is there
    },
    # Brands' days begin at different hours; redemptions come when shops send them.
    "find-spikes": {
        "task": "campaigns.tasks.find_spikes",
        "schedule": crontab(minute=47),
    },
    # Four in the morning: behind the day's imports, before people come.
    "look-at-platforms": {
        "task": "campaigns.tasks.look_at_platforms",
        "schedule": crontab(hour=4, minute=10),
    },
    # Behind the night's imports; what somebody adds is counted at once.
    "count-keywords": {
        "task": "campaigns.tasks.count_keywords",
        "schedule": crontab(hour=3, minute=20),
    },
    "find-topics": {
        "task": "campaigns.tasks.find_topics",
        "schedule": crontab(hour=4, minute=40),
    },
    "score-comments": {"task": "crm.tasks.score_comments", "schedule": timedelta(minutes=1)},
    "group-comments": {"task": "crm.tasks.group_comments", "schedule": crontab(minute="12,42")},
    # Before people come: what they said yesterday tells today's comments apart.
    "learn-from-labels": {
        "task": "crm.tasks.learn_from_labels",
        "schedule": crontab(hour=2, minute=50),
    },
    "let-comments-go": {
        "task": "crm.tasks.let_comments_go",
        "schedule": crontab(hour=3, minute=40),
    },
    "remove-clicks": {
        "task": "campaigns.tasks.remove_clicks",
        "schedule": crontab(hour=3, minute=15),
    },
    "refresh-metrics": {
        "task": "crm.tasks.refresh_all_metrics",
        "schedule": crontab(hour=2, minute=30),
    },
}

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
