"""What rows held, as JSON in which nothing is lost: an undo puts back what it finds there."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder


class ImageEncoder(DjangoJSONEncoder):
    """Moments as they are stored: Django's own encoder cuts them to milliseconds."""

    def default(self, o: Any) -> Any:
        """Whatever JSON does not know, as text."""
        return o.isoformat() if isinstance(o, datetime) else super().default(o)


def as_image(value: Any) -> Any:
    """`value` as what a JSONField gives back."""
    return json.loads(json.dumps(value, cls=ImageEncoder))
