"""What disclosures bring to a day: published posts to look at, requests that nobody answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import F, Q, QuerySet
from django.urls import reverse

from campaigns.choices import RemediationState, ReviewStage, ReviewState
from campaigns.models import DisclosureReview, Remediation
from campaigns.selectors.disclosures.queue import for_person, reviews_of
from campaigns.selectors.remediations import remediations_of, wanting
from campaigns.services.deliverables import gates, hours
from crm.day import DAY_AT, Asker, Row, Section, Source
from crm.permissions import Can


class DisclosuresToDecide(Source):
    """Published posts, and what a second reviewer decides; drafts come with their gate."""

    key = "disclosure-decision"
    section = Section.DECIDE
    name = "Disclosure to look at"
    icon = "scale"
    can = Can.CLEAR_LEGAL

    def rows(self, asker: Asker) -> QuerySet[Any]:
        """By when a decision is due."""
        rows: QuerySet[DisclosureReview] = reviews_of(asker.brand).open()
        rows = rows.filter(Q(stage=ReviewStage.LIVE) | Q(state=ReviewState.SECOND))
        if not asker.is_team:
            rows = for_person(rows, asker.user, asker.role, asker.brand, asker.today)
        return rows.annotate(**{DAY_AT: F("due_at")})

    def show(self, asker: Asker, rows: Sequence[DisclosureReview]) -> list[Row]:
        """Which post, whose, and how long there is."""
        week = gates.week_of(asker.brand)
        found = []
        for review in rows:
            piece = review.deliverable
            stage = "second reviewer" if review.state == ReviewState.SECOND else "published"
            found.append(
                Row(
                    pk=review.pk,
                    title=piece.title,
                    url=reverse("campaigns:disclosure", args=[asker.brand.slug, review.pk]),
                    about=f"{piece.engagement.relationship.creator.name}, "
                    f"{piece.engagement.campaign.name}",
                    why=f"{stage}: {hours.words(asker.at, review.due_at, week)}",
                    since=review.due_at,
                    is_late=review.due_at <= asker.at,
                    who="legal",
                )
            )
        return found


class DisclosuresToPutRight(Source):
    """Published posts found wanting, about which nobody has written to the creator."""

    key = "disclosure-wanting"
    section = Section.UNBLOCK
    name = "Disclosure to put right"
    icon = "scale"
    can = Can.RUN_CAMPAIGNS

    def rows(self, asker: Asker) -> QuerySet[Any]:
        """Of the creators that one leads, and of those that nobody does."""
        rows = wanting(asker.brand).select_related("deliverable__engagement__owner")
        if not asker.is_team:
            rows = rows.filter(
                Q(deliverable__engagement__owner=asker.user)
                | Q(deliverable__engagement__owner=None)
            )
        return rows.annotate(**{DAY_AT: F("decided_at")})

    def show(self, asker: Asker, rows: Sequence[DisclosureReview]) -> list[Row]:
        """Which post, and what was found."""
        found = []
        for review in rows:
            piece = review.deliverable
            owner = piece.engagement.owner
            found.append(
                Row(
                    pk=review.pk,
                    title=piece.title,
                    url=reverse("campaigns:remediation_new", args=[asker.brand.slug, review.pk]),
                    about=f"{piece.engagement.relationship.creator.name}, "
                    f"{piece.engagement.campaign.name}",
                    why=f"disclosure {review.get_verdict_display().lower()}: write to the creator",
                    since=getattr(review, DAY_AT),
                    is_late=False,
                    who=owner.display_name if owner else "nobody",
                )
            )
        return found


class DisclosuresOverdue(Source):
    """Creators who were asked to put a disclosure right, and have not by the day."""

    key = "disclosure-overdue"
    section = Section.CHASE
    name = "Disclosure not put right"
    icon = "clock"
    can = Can.RUN_CAMPAIGNS

    def rows(self, asker: Asker) -> QuerySet[Any]:
        """Whose deadline has passed."""
        rows: QuerySet[Remediation] = remediations_of(asker.brand).filter(
            state__in=[RemediationState.OVERDUE, RemediationState.INCIDENT]
        )
        if not asker.is_team:
            rows = rows.filter(Q(owner=asker.user) | Q(owner=None))
        return rows.annotate(**{DAY_AT: F("due_at")})

    def show(self, asker: Asker, rows: Sequence[Remediation]) -> list[Row]:
        """Which post, and how late it is."""
        week = gates.week_of(asker.brand)
        found = []
        for one in rows:
            piece = one.deliverable
            found.append(
                Row(
                    pk=one.pk,
                    title=piece.title,
                    url=reverse("campaigns:remediation", args=[asker.brand.slug, one.pk]),
                    about=f"{piece.engagement.relationship.creator.name}, "
                    f"{piece.engagement.campaign.name}",
                    why=f"asked to put the disclosure right, "
                    f"{hours.words(asker.at, one.due_at, week)}",
                    since=one.due_at,
                    is_late=True,
                    who=one.owner.display_name if one.owner else "nobody",
                )
            )
        return found


SOURCES = (DisclosuresToDecide(), DisclosuresToPutRight(), DisclosuresOverdue())
