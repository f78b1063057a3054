"""Why something about a campaign is not done, in words for whoever asked."""

from __future__ import annotations


class CampaignRefused(Exception):
    """It is not done; the message is fit for the user, `field` names the input at fault."""

    def __init__(self, message: str, *, code: str = "refused", field: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.field = field


class CampaignOutdated(CampaignRefused):
    """Somebody else changed it since the page was loaded."""

    def __init__(self, message: str) -> None:
        super().__init__(message, code="outdated")


class ReasonNeeded(CampaignRefused):
    """It can be done, once somebody says why."""

    def __init__(self, message: str) -> None:
        super().__init__(message, code="reason_needed", field="reason")
