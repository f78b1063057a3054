"""What pages and other parts read of briefs: versions, whose brief is whose, who accepted it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch

from campaigns.choices import BriefGate, BriefState, EngagementStage
from campaigns.models import (
    Brief,
    BriefAcceptance,
    BriefDecision,
    BriefVersion,
    Campaign,
    Engagement,
    GuestLink,
)
from campaigns.models.engagements import LEFT, PATH
from campaigns.services.briefs.deciding import gates_of, open_gates
from campaigns.services.briefs.differences import Change, differences
from campaigns.services.briefs.document import Document
from campaigns.services.briefs.freedom import Script, script_of
from campaigns.services.briefs.words import Section, platform_names, sections

# From here on a creator works by the brief.
BRIEFED = PATH[PATH.index(EngagementStage.INVITED) : PATH.index(EngagementStage.COMPLETED)]


@dataclass(frozen=True)
class Reader:
    """A creator of the campaign, and whether they accepted the brief that holds for them."""

    engagement: Engagement
    version: BriefVersion
    acceptance: BriefAcceptance | None
    # The newest version that they accepted before, where it is not this one.
    before: int | None
    link: GuestLink | None


@dataclass(frozen=True)
class BriefPage:
    """Everything that the page of one brief shows."""

    brief: Brief
    version: BriefVersion
    versions: Sequence[BriefVersion]
    document: Document
    sections: Sequence[Section]
    script: Script
    decisions: Sequence[BriefDecision]
    open_gates: Sequence[BriefGate]
    gates: Sequence[BriefGate]
    # Compared with the version before; empty where there is none, or nothing differs.
    changes: Sequence[Change]

    @property
    def newest(self) -> BriefVersion:
        """The version that was written last."""
        return self.versions[0]


def brief_page(brief: Brief, number: int | None = None) -> BriefPage | None:
    """A brief's version, by default the newest; None: there is no such version."""
    versions = list(brief.versions.select_related("author").order_by("-number"))
    for one in versions:
        one.brief = brief
    found = versions[0] if number is None else None
    if number is not None:
        found = next((one for one in versions if one.number == number), None)
    if found is None:
        return None
    names = platform_names()
    document = Document.of(found.document)
    before = next((one for one in versions if one.number == found.number - 1), None)
    return BriefPage(
        brief=brief,
        version=found,
        versions=versions,
        document=document,
        sections=sections(document, names),
        script=script_of(document),
        decisions=list(found.decisions.select_related("by").order_by("-at", "-pk")),
        open_gates=open_gates(found),
        gates=gates_of(found),
        changes=differences(Document.of(before.document), document, names) if before else [],
    )


def briefs_of(campaign: Campaign) -> list[tuple[Brief, BriefVersion, BriefVersion | None]]:
    """The campaign's briefs, that for all first: each with its newest and its approved version."""
    versions = BriefVersion.objects.select_related("author").order_by("-number")
    rows = Brief.objects.filter(campaign=campaign).order_by("segment")
    found = []
    for brief in rows.prefetch_related(Prefetch("versions", queryset=versions)):
        every = list(brief.versions.all())
        approved = next((one for one in every if one.state == BriefState.APPROVED), None)
        found.append((brief, every[0], approved))
    return found


def approved_versions(campaigns: Iterable[int]) -> dict[tuple[int, str], BriefVersion]:
    """What holds now, by campaign and segment ("": for all others): one query."""
    rows = BriefVersion.objects.filter(
        brief__campaign__in=list(campaigns), state=BriefState.APPROVED
    ).select_related("brief")
    return {(row.brief.campaign_id, row.brief.segment): row for row in rows}


def version_for(
    engagement: Engagement, approved: Mapping[tuple[int, str], BriefVersion] | None = None
) -> BriefVersion | None:
    """The version of the brief that holds for a creator; None: there is none yet.

    That of their segment, where it has one of its own, else that for all. `approved` spares the
    query where there are many creators.
    """
    held = approved_versions([engagement.campaign_id]) if approved is None else approved
    return held.get((engagement.campaign_id, engagement.segment)) or held.get(
        (engagement.campaign_id, "")
    )


def document_for(engagement: Engagement) -> Document | None:
    """What the brief asks of a creator, where one holds."""
    version = version_for(engagement)
    return Document.of(version.document) if version else None


def readers_of(campaign: Campaign, at: datetime) -> list[Reader]:
    """Every creator who is asked to follow a brief, those who have not accepted it first."""
    approved = approved_versions([campaign.pk])
    if not approved:
        return []
    rows = Engagement.objects.filter(campaign=campaign, stage__in=BRIEFED)
    rows = rows.select_related("relationship__creator", "campaign", "owner").order_by(
        "relationship__creator__name", "pk"
    )
    accepted = _acceptances(campaign)
    links = _links(campaign, at)
    found = []
    for engagement in rows:
        version = version_for(engagement, approved)
        if version is None:
            continue
        given = accepted.get(engagement.pk, {})
        older = [n for pk, (n, _one) in given.items() if pk != version.pk]
        mine = given.get(version.pk)
        found.append(
            Reader(
                engagement,
                version,
                mine[1] if mine else None,
                max(older, default=None),
                links.get(engagement.pk),
            )
        )
    return sorted(found, key=lambda reader: reader.acceptance is not None)


def _acceptances(campaign: Campaign) -> dict[int, dict[int, tuple[int, BriefAcceptance]]]:
    """By engagement and version: the version's number, and the acceptance."""
    found: dict[int, dict[int, tuple[int, BriefAcceptance]]] = {}
    rows = BriefAcceptance.objects.filter(engagement__campaign=campaign).exclude(
        engagement__stage__in=LEFT
    )
    for row in rows.select_related("version", "recorded_by"):
        found.setdefault(row.engagement_id, {})[row.version_id] = (row.version.number, row)
    return found


def _links(campaign: Campaign, at: datetime) -> dict[int, GuestLink]:
    """The newest link of each creator that opens something."""
    rows = GuestLink.objects.filter(engagement__campaign=campaign).open_at(at)
    return {row.engagement_id or 0: row for row in rows.order_by("created_at", "pk")}


@dataclass(frozen=True)
class Reading:
    """The brief of one creator, as their own pages show it."""

    version: BriefVersion
    sections: Sequence[Section]
    acceptance: BriefAcceptance | None
    # What is new since the version that they accepted last, and its number.
    before: int | None
    changes: Sequence[Change]


def acceptances_of(engagement: Engagement) -> list[BriefAcceptance]:
    """What a creator accepted, the oldest first."""
    rows = BriefAcceptance.objects.filter(engagement=engagement)
    return list(rows.select_related("version__brief", "recorded_by").order_by("at", "pk"))


def reading_of(engagement: Engagement) -> Reading | None:
    """The brief that holds for a creator; None: there is none yet."""
    version = version_for(engagement)
    if version is None:
        return None
    version.brief.campaign = engagement.campaign
    names, document = platform_names(), Document.of(version.document)
    given = acceptances_of(engagement)
    mine = next((one for one in given if one.version_id == version.pk), None)
    before = given[-1].version if given and mine is None else None
    changes = differences(Document.of(before.document), document, names) if before else []
    return Reading(
        version=version,
        sections=sections(document, names),
        acceptance=mine,
        before=before.number if before else None,
        changes=changes,
    )
