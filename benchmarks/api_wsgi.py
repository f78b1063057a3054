"""What gunicorn serves for benchmarks/api.py: the product, with the plain views beside it."""

from __future__ import annotations

from django.conf import settings
from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
settings.ROOT_URLCONF = "benchmarks.api"
