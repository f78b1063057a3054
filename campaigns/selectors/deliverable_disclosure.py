"""What the rule packs make of a draft's disclosure: information for legal, with its sources."""

from __future__ import annotations

from datetime import date

from campaigns.disclosure.case import Advertiser, Case, CaseRefused
from campaigns.disclosure.check import check
from campaigns.disclosure.finding import Finding
from campaigns.disclosure.packs import standard
from campaigns.disclosure.vocabulary import Format
from campaigns.models import Deliverable, Draft
from campaigns.selectors.connections import connections
from crm.choices import PostKind

_FORMATS = {
    PostKind.IMAGE: Format.PHOTO,
    PostKind.CAROUSEL: Format.CAROUSEL,
    PostKind.VIDEO: Format.VIDEO,
    PostKind.LIVE: Format.LIVE,
    PostKind.STORY: Format.STORY,
    PostKind.AUDIO: Format.PODCAST,
}
_SHORT = {
    "instagram": Format.REEL,
    "facebook": Format.REEL,
    "youtube": Format.SHORT,
}


def disclosure_of(deliverable: Deliverable, draft: Draft, on: date) -> Finding | str:
    """What the rules of the campaign's jurisdictions say about the draft; or why that is open."""
    campaign = deliverable.engagement.campaign
    if not campaign.jurisdictions:
        return "The campaign names no jurisdiction: edit it to see which rules hold."
    packs = standard()
    if deliverable.platform_id not in packs.platforms:
        return f"The rule packs do not know {deliverable.platform}."
    case = Case(
        platform=deliverable.platform_id,
        format=format_of(deliverable),
        jurisdictions=tuple(campaign.jurisdictions),
        text=draft.text or None,
        connections=connections(deliverable.engagement.relationship, on),
        advertiser=Advertiser(campaign.brand.name),
    )
    try:
        return check(case, packs, on)
    except CaseRefused as refused:
        return str(refused)


def format_of(deliverable: Deliverable) -> Format:
    """What the rule packs call the form of the piece."""
    form, platform = PostKind(deliverable.form), deliverable.platform_id
    if form == PostKind.SHORT_VIDEO:
        return _SHORT.get(platform, Format.VIDEO)
    if form == PostKind.ARTICLE:
        return Format.NEWSLETTER if platform == "newsletter" else Format.BLOG
    if form == PostKind.TEXT and platform == "threads":
        return Format.THREAD
    return _FORMATS.get(form, Format.POST)
