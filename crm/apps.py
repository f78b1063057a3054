from django.apps import AppConfig


class CrmConfig(AppConfig):
    """Who they are, and how we stand with them."""

    name = "crm"
    verbose_name = "CRM"

    def ready(self) -> None:
        """Add what this app has to the pages that others add to as well."""
        from django.urls import register_converter  # noqa: PLC0415

        from crm import search  # noqa: PLC0415
        from crm.day.own import add_own_sources  # noqa: PLC0415 - models are there only now
        from crm.exports import FormatConverter  # noqa: PLC0415
        from crm.lists.kinds import add_own_kinds  # noqa: PLC0415
        from crm.services import duplicates, jobs  # noqa: PLC0415
        from crm.services.audience_samples import erasing as samples_erasing  # noqa: PLC0415
        from crm.services.ledger import verifying  # noqa: PLC0415
        from crm.services.post_comments import erasing  # noqa: PLC0415
        from crm.services.privacy import copying, retention, working  # noqa: PLC0415
        from crm.services.privacy.parts import add_part  # noqa: PLC0415
        from crm.services.round_trip import asking, own  # noqa: PLC0415
        from crm.services.webhooks import places  # noqa: PLC0415

        register_converter(FormatConverter, "format")
        add_own_sources()
        add_own_kinds()
        search.add_own_kinds()
        places.add_own_places()
        jobs.KINDS.add(duplicates.KIND, duplicates.JOB)
        jobs.KINDS.add(copying.KIND, copying.JOB)
        jobs.KINDS.add(working.KIND, working.JOB)
        jobs.KINDS.add(retention.KIND, retention.JOB)
        jobs.KINDS.add(verifying.KIND, verifying.JOB)
        own.add_own()
        add_part("comments", erasing.PART)
        add_part("samples", samples_erasing.PART)
        jobs.KINDS.add(asking.KIND, asking.JOB)
