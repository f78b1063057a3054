"""What bodies share: people of the brand, engagements, versions; and how refusals look."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers
from rest_framework.fields import empty

from campaigns.models import Engagement
from crm.api.problems import MEDIA_TYPE
from crm.api.schema import ProblemSerializer
from crm.models import User

REFUSED = {
    (409, MEDIA_TYPE): OpenApiResponse(
        ProblemSerializer,
        description="Refused: `errors[0].code` is `outdated` where somebody else was quicker, "
        "`not_in_this_state`, or `refused`. Nothing was changed.",
    )
}
LOCK: dict[str, Any] = {
    "min_value": 1,
    "max_value": 2**31 - 1,
    "help_text": "The version that you saw.",
}


class PersonField(serializers.EmailField):
    """In bodies: the e-mail address of somebody with a role in the brand; the value is the user."""

    default_error_messages = {"unknown_user": "Nobody with this address has a role in {brand}."}

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", "Somebody with a role in the brand, or null.")
        super().__init__(**kwargs)

    def run_validation(self, data: Any = empty) -> Any:
        """The user, or None; whether an account exists elsewhere is not told."""
        email = super().run_validation(data)
        if email is None:
            return None
        brand = self.context["brand"]
        found = User.objects.filter(email__iexact=email, roles__brand=brand).first()
        if found is None:
            self.fail("unknown_user", brand=brand)
        return found


class EngagementField(serializers.IntegerField):
    """In bodies: the number of a creator's place in a campaign; the value is the engagement."""

    default_error_messages = {"unknown_engagement": "The brand has no such engagement."}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=1, max_value=2**63 - 1, **kwargs)

    def run_validation(self, data: Any = empty) -> Any:
        """The engagement with its campaign and creator, or None."""
        number = super().run_validation(data)
        if number is None:
            return None
        rows = Engagement.objects.select_related("campaign__brand", "relationship__creator")
        found = rows.filter(pk=number, campaign__brand=self.context["brand"]).first()
        if found is None:
            self.fail("unknown_engagement")
        return found
