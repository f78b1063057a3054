from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    """What we did together, and whether it was in order."""

    name = "campaigns"

    def ready(self) -> None:
        """Add what this app knows of creators to the pages of the app below."""
        from campaigns import search as of_search  # noqa: PLC0415 - models are there from now on
        from campaigns.day.briefs import SOURCES as BRIEFS_OF_A_DAY  # noqa: PLC0415
        from campaigns.day.campaigns import SOURCES as CAMPAIGNS_OF_A_DAY  # noqa: PLC0415
        from campaigns.day.contracts import SOURCES as CONTRACTS_OF_A_DAY  # noqa: PLC0415
        from campaigns.day.deliverables import SOURCES as DELIVERABLES_OF_A_DAY  # noqa: PLC0415
        from campaigns.day.offers import SOURCES as OFFERS_OF_A_DAY  # noqa: PLC0415 - models are there from now on
        from campaigns.day.publishing import SOURCES as PUBLISHING_OF_A_DAY  # noqa: PLC0415
        from campaigns.day.rights import SOURCES as RIGHTS_OF_A_DAY  # noqa: PLC0415
        from campaigns.guests import PARTS  # noqa: PLC0415
        from campaigns.portal import briefs, contracts, deliverables, policies  # noqa: PLC0415
        from campaigns.portal import held as held_portal  # noqa: PLC0415
        from campaigns.portal import publishing as publishing_portal  # noqa: PLC0415
        from campaigns.portal import rights as rights_portal  # noqa: PLC0415
        from campaigns.services.campaigns import AFTER_MOVE  # noqa: PLC0415
        from campaigns.services.feed import entries  # noqa: PLC0415
        from campaigns.services.held import held as held_here  # noqa: PLC0415
        from campaigns.services.publishing import feed as publishing_feed  # noqa: PLC0415
        from campaigns.services.publishing.importing import follow_import  # noqa: PLC0415
        from campaigns.services.reports import keep_on_completion  # noqa: PLC0415
        from campaigns.timeline.campaigns import SOURCE as CAMPAIGNS  # noqa: PLC0415
        from campaigns.timeline.contracts import CONTRACTS  # noqa: PLC0415
        from campaigns.timeline.offers import GIFTS, OFFERS  # noqa: PLC0415
        from campaigns.timeline.rights import SOURCE as RIGHTS  # noqa: PLC0415
        from crm import day as days  # noqa: PLC0415
        from crm import search  # noqa: PLC0415
        from crm.services import calendar, held  # noqa: PLC0415
        from crm.services.imports.following import FOLLOWERS  # noqa: PLC0415
        from crm.services.imports.hanging import GOES_WITH  # noqa: PLC0415
        from crm.timeline import SOURCES  # noqa: PLC0415

        for source in (CAMPAIGNS, OFFERS, CONTRACTS, GIFTS, RIGHTS):
            SOURCES.add(source.key, source)
        for of_day in (
            *OFFERS_OF_A_DAY,
            *CAMPAIGNS_OF_A_DAY,
            *BRIEFS_OF_A_DAY,
            *CONTRACTS_OF_A_DAY,
            *DELIVERABLES_OF_A_DAY,
            *RIGHTS_OF_A_DAY,
            *PUBLISHING_OF_A_DAY,
        ):
            days.SOURCES.add(of_day.key, of_day)
        search.KINDS.add("campaigns", of_search.KIND)
        search.KINDS.add("offers", of_search.OFFERS)
        for name, action in of_search.ACTIONS.items():
            search.ACTIONS.add(name, action)
        calendar.SOURCES.add("campaigns", entries)
        held.SOURCES.add("campaigns", held_here)
        PARTS.add("briefs", briefs.PART)
        PARTS.add("policies", policies.PART)
        PARTS.add("contracts", contracts.PART)
        PARTS.add("deliverables", deliverables.PART)
        PARTS.add("publishing", publishing_portal.PART)
        PARTS.add("rights", rights_portal.PART)
        PARTS.add("held", held_portal.PART)  # last: everything else is to be done
        calendar.SOURCES.add("publishing", publishing_feed.entries)
        FOLLOWERS.add("publishing", lambda batch_id, at: follow_import(batch_id=batch_id, at=at))
        # That a post is none of a campaign's is worth nothing without the post.
        GOES_WITH.add("campaigns.PostSetAside", "campaigns.PostSetAside")
        AFTER_MOVE.add("report", keep_on_completion)
        _add_to_demo()


def _add_to_demo() -> None:
    """What a made-up brand has of this app, in the order in which it is made."""
    from campaigns.services.made_up_briefs import fill_briefs  # noqa: PLC0415
    from campaigns.services.made_up_campaigns import fill_campaigns  # noqa: PLC0415
    from campaigns.services.made_up_offers import fill_gifts, fill_offers  # noqa: PLC0415
    from crm.services import demo  # noqa: PLC0415

    demo.PARTS.add("campaigns", demo.DemoPart("campaigns", fill_campaigns))
    demo.PARTS.add("briefs", demo.DemoPart("briefs", fill_briefs))
    demo.PARTS.add("offers", demo.DemoPart("offers", fill_offers))
    demo.PARTS.add("gifts", demo.DemoPart("gifts", fill_gifts))
