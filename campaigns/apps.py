from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    """What we did together, and whether it was in order."""

    name = "campaigns"
