"""Settings by environment: RAPPORT_ENV is dev (default), test or prod."""

import os

from django.core.exceptions import ImproperlyConfigured

_environment = os.environ.get("RAPPORT_ENV", "dev")
if _environment == "dev":
    from config.settings.dev import *  # noqa: F403
elif _environment == "test":
    from config.settings.test import *  # noqa: F403
elif _environment == "prod":
    from config.settings.prod import *  # noqa: F403
else:
    raise ImproperlyConfigured(
        f"RAPPORT_ENV is {_environment!r}; it must be one of dev, test, prod."
    )
