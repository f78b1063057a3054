"""Approving a brief: asked for, taken back, said yes or no to, by the brand and by legal."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse

from campaigns.choices import BriefGate, BriefState, ClaimStatus
from campaigns.models import BriefDecision, BriefVersion
from campaigns.services.briefs.document import Document
from campaigns.services.briefs.wordings import offered
from campaigns.services.briefs.writing import (
    locked,
    newest_of,
    record,
    refuse_closed,
    touch,
)
from campaigns.services.claims import Scanner
from campaigns.services.days import today_of
from campaigns.services.refusals import CampaignRefused, ReasonNeeded
from crm.choices import NotificationKind, Role
from crm.models import Brand, User, UserRole
from crm.services.notifications import notify, notify_all

NOTE_MAX = 1_000
# Who says yes at which gate.
DECIDERS: dict[BriefGate, tuple[Role, ...]] = {
    BriefGate.BRAND: (Role.STRATEGIST, Role.MANAGER, Role.ADMIN),
    BriefGate.LEGAL: (Role.LEGAL, Role.ADMIN),
}


@transaction.atomic
def submit(
    *, brief_id: int, brand: Brand, actor: User | None, at: datetime, expected_version: int | None
) -> BriefVersion:
    """Ask for approval of the draft. Raises CampaignRefused, Brief.DoesNotExist.

    Refused where the brief cannot be followed: without a goal, without anything to make, without
    a label where one has to be written, or where it asks for what must not be said.
    """
    brief = locked(brief_id, brand, expected_version)
    refuse_closed(brief.campaign)
    version = newest_of(brief)
    if version.state != BriefState.DRAFT:
        raise CampaignRefused("There is no draft to submit.", code="not_in_this_state")
    document = Document.of(version.document)
    problems = problems_of(version, document, at)
    if problems:
        raise CampaignRefused(" ".join(problems), code="not_ready")
    version.state, version.state_since, version.submitted_at = BriefState.SUBMITTED, at, at
    version.needs_legal = asks_legal(version, document, at)
    version.save(update_fields=["state", "state_since", "submitted_at", "needs_legal"])
    touch(brief)
    record(version, "submitted", actor, at, {"needs_legal": version.needs_legal})
    for gate in gates_of(version):
        notify_all(
            users=_askable(version, gate, actor),
            brand=brand,
            kind=NotificationKind.CAMPAIGN,
            text=f"{brief.campaign}: {brief}, version {version.number}, waits for approval.",
            url=page_of(version),
            at=at,
            key=f"brief:{version.pk}:{gate}:{at:%Y%m%d%H%M}",
        )
    return version


@transaction.atomic
def take_back(
    *, brief_id: int, brand: Brand, actor: User | None, at: datetime, expected_version: int | None
) -> BriefVersion:
    """Make a draft again of what waits for approval. Raises CampaignRefused."""
    brief = locked(brief_id, brand, expected_version)
    version = _waiting(newest_of(brief))
    _reopen(version, at)
    touch(brief)
    record(version, "taken_back", actor, at)
    return version


@transaction.atomic
def decide(
    *,
    brief_id: int,
    brand: Brand,
    gate: BriefGate,
    is_yes: bool,
    note: str,
    actor: User,
    at: datetime,
    expected_version: int | None,
) -> BriefVersion:
    """Say yes or no for a gate. With the last yes the version holds, and never changes again.

    A no needs a reason and makes a draft of it. Nobody approves what they wrote themselves, unless
    nobody else could. Raises CampaignRefused, Brief.DoesNotExist.
    """
    brief = locked(brief_id, brand, expected_version)
    version = _waiting(newest_of(brief))
    note = note.strip()[:NOTE_MAX]
    if gate not in open_gates(version):
        raise CampaignRefused(f"{gate.label} is not asked any more.", code="not_in_this_state")
    if not is_yes and not note:
        raise ReasonNeeded("Say what is to be changed.")
    if is_yes and version.author_id == actor.pk and others_for(version, gate).exists():
        raise CampaignRefused(
            "You wrote this version. Somebody else says yes to it.", code="own_work"
        )
    BriefDecision.objects.create(
        version=version,
        gate=gate,
        is_yes=is_yes,
        by=actor,
        at=at,
        note=note,
        digest=version.digest,
    )
    if not is_yes:
        _reopen(version, at)
        _tell_author(version, f"was sent back by {actor.display_name}", actor, at)
    elif not open_gates(version):
        _approve(version, at)
        _tell_author(version, "is approved", actor, at)
    touch(brief)
    record(
        version,
        "approved" if is_yes else "sent_back",
        actor,
        at,
        {"gate": gate, "note": bool(note)},
    )
    return version


def gates_of(version: BriefVersion) -> list[BriefGate]:
    """Who has to say yes."""
    return list(BriefGate) if version.needs_legal else [BriefGate.BRAND]


def open_gates(version: BriefVersion) -> list[BriefGate]:
    """Who has not said yes yet, to these words and since they were asked last."""
    if version.state != BriefState.SUBMITTED or version.submitted_at is None:
        return []
    given = set(
        version.decisions.filter(
            is_yes=True, at__gte=version.submitted_at, digest=version.digest
        ).values_list("gate", flat=True)
    )
    return [gate for gate in gates_of(version) if gate not in given]


def others_for(version: BriefVersion, gate: BriefGate) -> QuerySet[User]:
    """Who could say yes beside the author."""
    roles = UserRole.objects.filter(
        brand=version.brief.campaign.brand_id, role__in=DECIDERS[gate]
    ).exclude(user=version.author)
    return User.objects.filter(pk__in=roles.values("user"), is_active=True).order_by("pk")


def problems_of(version: BriefVersion, document: Document, at: datetime) -> list[str]:
    """Why a brief cannot be followed as it is, in words."""
    campaign = version.brief.campaign
    today = today_of(campaign.brand, at)
    found = []
    if not document.goal:
        found.append("Say what the goal is.")
    if not document.messages and not document.statements:
        found.append("Say at least one thing that is to come across.")
    if not document.blocks:
        found.append("Say what is to be made, on which platform.")
    labelled = {wording.jurisdiction for wording in document.wordings}
    labels = offered(campaign.jurisdictions, brand=campaign.brand.name, on=today)
    found += [
        f"Choose the label of advertising for {jurisdiction}."
        for jurisdiction in dict.fromkeys(label.jurisdiction for label in labels)
        if jurisdiction not in labelled
    ]
    scanner = _scanner(version, at)
    for _field, text in document.said():
        found += [claim.says for claim in scanner.scan(text) if claim.is_problem]
    return list(dict.fromkeys(found))


def asks_legal(version: BriefVersion, document: Document, at: datetime) -> bool:
    """Whether legal is asked as well: claims that rest on evidence, or statements in a crisis."""
    if document.statements or document.with_evidence:
        return True
    scanner = _scanner(version, at)
    return any(
        claim.status is ClaimStatus.EVIDENCE
        for _field, text in document.said()
        for claim in scanner.scan(text)
    )


def page_of(version: BriefVersion) -> str:
    """Where the brief is read and decided."""
    campaign = version.brief.campaign
    return reverse("campaigns:brief", args=[campaign.brand.slug, campaign.key, version.brief_id])


def _scanner(version: BriefVersion, at: datetime) -> Scanner:
    campaign = version.brief.campaign
    return Scanner.of(
        campaign.brand, jurisdictions=campaign.jurisdictions, on=today_of(campaign.brand, at)
    )


def _waiting(version: BriefVersion) -> BriefVersion:
    if version.state != BriefState.SUBMITTED:
        raise CampaignRefused("Nothing waits for approval here.", code="not_in_this_state")
    return version


def _reopen(version: BriefVersion, at: datetime) -> None:
    version.state, version.state_since, version.submitted_at = BriefState.DRAFT, at, None
    version.save(update_fields=["state", "state_since", "submitted_at"])


def _approve(version: BriefVersion, at: datetime) -> None:
    version.brief.versions.filter(state=BriefState.APPROVED).update(
        state=BriefState.SUPERSEDED, state_since=at
    )
    version.state, version.state_since, version.approved_at = BriefState.APPROVED, at, at
    version.save(update_fields=["state", "state_since", "approved_at"])


def _askable(version: BriefVersion, gate: BriefGate, actor: User | None) -> Iterable[User]:
    """Whom to tell that it waits: whoever could say yes, but for who asks."""
    found = others_for(version, gate)
    return found.exclude(pk=actor.pk) if actor else found


def _tell_author(version: BriefVersion, what: str, actor: User, at: datetime) -> None:
    author = version.author
    if author is None or author == actor:
        return
    notify(
        user=author,
        brand=version.brief.campaign.brand,
        kind=NotificationKind.CAMPAIGN,
        text=f"{version.brief.campaign}: {version.brief}, version {version.number}, {what}.",
        url=page_of(version),
        at=at,
    )
