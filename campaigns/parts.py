"""What this app adds to pages of crm and to the creator's own pages (docs/adr/0011)."""

from __future__ import annotations

from campaigns import overview as overview_here
from campaigns import portal, search
from campaigns.day import briefs as briefs_day
from campaigns.day import campaigns as campaigns_day
from campaigns.day import contracts as contracts_day
from campaigns.day import deliverables as deliverables_day
from campaigns.day import disclosures as disclosures_day
from campaigns.day import events as events_day
from campaigns.day import evidence as evidence_day
from campaigns.day import incidents as incidents_day
from campaigns.day import offers as offers_day
from campaigns.day import payments as payments_day
from campaigns.day import publishing as publishing_day
from campaigns.day import registers as registers_day
from campaigns.day import rights as rights_day
from campaigns.guests import PARTS
from campaigns.portal import (
    briefs,
    contracts,
    deliverables,
    events,
    evidence,
    held,
    payments,
    policies,
    publishing,
    remediations,
    rights,
    tracking,
    whereabouts,
)
from campaigns.services import feed, reports
from campaigns.services import held as held_here
from campaigns.services.authenticity.looking import look_at_import
from campaigns.services.campaigns import AFTER_MOVE
from campaigns.services.contracts.deciding import withdraw_all
from campaigns.services.disclosures import export_job as evidence_job
from campaigns.services.erasing import add_erasing
from campaigns.services.events import feed as events_feed
from campaigns.services.made_up_briefs import fill_briefs
from campaigns.services.made_up_campaigns import fill_campaigns
from campaigns.services.made_up_content import fill_content, fill_contracts, fill_events
from campaigns.services.made_up_conversions import fill_conversions
from campaigns.services.made_up_hints import fill_hints
from campaigns.services.made_up_keywords import fill_keywords
from campaigns.services.made_up_offers import fill_gifts, fill_offers
from campaigns.services.made_up_pieces import fill_pieces
from campaigns.services.made_up_readings import fill_readings
from campaigns.services.made_up_rights import fill_rights
from campaigns.services.made_up_series import fill_commissions, fill_series
from campaigns.services.made_up_submissions import fill_submissions
from campaigns.services.made_up_visits import fill_survey, fill_visits
from campaigns.services.publishing import feed as publishing_feed
from campaigns.services.publishing.importing import follow_import
from campaigns.services.round_trip import add_round_trip
from campaigns.services.topics.rising import fill_topics
from campaigns.timeline import campaigns as campaigns_line
from campaigns.timeline import contracts as contracts_line
from campaigns.timeline import disclosures as disclosures_line
from campaigns.timeline import events as events_line
from campaigns.timeline import incidents as incidents_line
from campaigns.timeline import offers as offers_line
from campaigns.timeline import rights as rights_line
from crm import day, overview
from crm import search as search_page
from crm.services import calendar, demo, jobs
from crm.services import held as data_held
from crm.services.imports.following import FOLLOWERS
from crm.services.imports.hanging import GOES_WITH
from crm.services.webhooks import places
from crm.services.webhooks.places import Place
from crm.timeline import SOURCES as LINES

# In the order in which people see them.
DAYS = (
    *offers_day.SOURCES,
    *campaigns_day.SOURCES,
    *briefs_day.SOURCES,
    *contracts_day.SOURCES,
    *deliverables_day.SOURCES,
    *disclosures_day.SOURCES,
    *rights_day.SOURCES,
    *publishing_day.SOURCES,
    *incidents_day.SOURCES,
    *events_day.SOURCES,
    *registers_day.SOURCES,
    *evidence_day.SOURCES,
    *payments_day.SOURCES,
)
TIMELINES = (
    campaigns_line.SOURCE,
    offers_line.OFFERS,
    contracts_line.CONTRACTS,
    offers_line.GIFTS,
    rights_line.SOURCE,
    incidents_line.INCIDENTS,
    incidents_line.PAUSES,
    events_line.SOURCE,
    disclosures_line.LOOKS,
    disclosures_line.REQUESTS,
)
PORTAL = (
    briefs,
    policies,
    contracts,
    events,
    deliverables,
    publishing,
    remediations,
    evidence,
    rights,
    payments,
    whereabouts,
    tracking,
    held,
)
# In the order in which a made-up brand needs them.
DEMO = {
    "campaigns": fill_campaigns,
    "briefs": fill_briefs,
    "offers": fill_offers,
    "gifts": fill_gifts,
    "contracts": fill_contracts,
    "content": fill_content,
    "events": fill_events,
    "assets": fill_rights,
    "conversions": fill_conversions,
    "commissions": fill_commissions,
    "pieces": fill_pieces,
    "submissions": fill_submissions,
    "series": fill_series,
    "visits": fill_visits,
    "survey": fill_survey,
    "topics": fill_topics,
    "readings": fill_readings,
    "hints": fill_hints,
    "keywords": fill_keywords,
}


# Where the REST API shows rows of this app: webhooks name it.
_SHOWN = (
    Place("campaigns.asset", "assets"),
    Place("campaigns.brief", "briefs"),
    Place("campaigns.campaign", "campaigns", "key"),
    Place("campaigns.causetag", "causes"),
    Place("campaigns.claim", "claims"),
    Place("campaigns.contract", "contracts"),
    Place("campaigns.conversion", "conversions"),
    Place("campaigns.dailyseries", "series", "key"),
    Place("campaigns.deliverable", "deliverables"),
    Place("campaigns.disclosurehint", "disclosure-hints"),
    Place("campaigns.disclosurereview", "disclosures"),
    Place("campaigns.donation", "donations"),
    Place("campaigns.engagement", "engagements"),
    Place("campaigns.event", "events"),
    Place("campaigns.eventinvitation", "invitations"),
    Place("campaigns.gift", "gifts"),
    Place("campaigns.offer", "offers"),
    Place("campaigns.payable", "payments"),
    Place("campaigns.permit", "permits"),
    Place("campaigns.promocode", "promo-codes"),
    Place("campaigns.remediation", "remediations"),
    Place("campaigns.rulealert", "rule-alerts"),
    Place("campaigns.submission", "submissions"),
    Place("campaigns.trackinglink", "tracking-links"),
    Place("campaigns.usageright", "rights"),
)


def add_parts() -> None:
    """Add them all: once, when the apps are ready."""
    for source in DAYS:
        day.SOURCES.add(source.key, source)
    for key, tile in overview_here.MADE.items():
        overview.TILES.add(key, tile)
    for line in TIMELINES:
        LINES.add(line.key, line)
    for module in PORTAL:
        PARTS.add(module.__name__.removeprefix(f"{portal.__name__}."), module.PART)
    for key, fill in DEMO.items():
        demo.PARTS.add(key, demo.DemoPart(key, fill))
    search_page.KINDS.add("campaigns", search.KIND)
    search_page.KINDS.add("offers", search.OFFERS)
    for name, action in search.ACTIONS.items():
        search_page.ACTIONS.add(name, action)
    jobs.KINDS.add(evidence_job.KIND, evidence_job.JOB)
    calendar.SOURCES.add("campaigns", feed.entries)
    calendar.SOURCES.add("publishing", publishing_feed.entries)
    calendar.SOURCES.add("events", events_feed.entries)
    data_held.SOURCES.add("campaigns", held_here.held)
    FOLLOWERS.add("authenticity", lambda batch_id, at: look_at_import(batch_id=batch_id, at=at))
    places.add(_SHOWN)
    FOLLOWERS.add("publishing", lambda batch_id, at: follow_import(batch_id=batch_id, at=at))
    # That a post is none of a campaign's is worth nothing without the post.
    GOES_WITH.add("campaigns.PostSetAside", "campaigns.PostSetAside")
    # What a post reads like, too.
    GOES_WITH.add("campaigns.DisclosureHint", "campaigns.DisclosureHint")
    # Found anew by the next look.
    GOES_WITH.add("campaigns.RuleAlert", "campaigns.RuleAlert")
    GOES_WITH.add("campaigns.EventPost", "campaigns.EventPost")
    # Computed again from what stays.
    GOES_WITH.add("campaigns.AuthenticityReading", "campaigns.AuthenticityReading")
    GOES_WITH.add("campaigns.ReliabilityReading", "campaigns.ReliabilityReading")
    for label in (
        "CommenterReading",
        "CommentTie",
        "AuthenticityScore",
        "TrustReading",
        "FormatReading",
    ):
        GOES_WITH.add(f"campaigns.{label}", f"campaigns.{label}")
    add_erasing()
    add_round_trip()
    AFTER_MOVE.add("report", reports.keep_on_completion)
    AFTER_MOVE.add("contracts", withdraw_all)
