from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    """What we did together, and whether it was in order."""

    name = "campaigns"

    def ready(self) -> None:
        """Add what this app knows of creators to the pages of the app below."""
        from campaigns.parts import add_parts  # noqa: PLC0415 - models are there from now on

        add_parts()
