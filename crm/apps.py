from django.apps import AppConfig


class CrmConfig(AppConfig):
    """Who they are, and how we stand with them."""

    name = "crm"
    verbose_name = "CRM"
