"""Reviews to write, vettings that need a third person, and those that lack a reviewer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.urls import reverse

from crm.choices import ReviewStatus, VettingStatus
from crm.day.parts import DAY_AT, Asker, Row, Section, Source
from crm.day.words import due_in_words
from crm.models import Review, Vetting
from crm.permissions import Can

TAKING_PART = Q(reviews__status__in=(ReviewStatus.WAITING, ReviewStatus.SUBMITTED))


class WaitingReviews(Source):
    """It takes looking to judge, so there is no one click."""

    key = "review"
    section = Section.DECIDE
    name = "Review"
    icon = "checklist"
    can = Can.REVIEW

    def rows(self, asker: Asker) -> QuerySet[Any]:
        """What one was asked to review and did not yet."""
        rows = Review.objects.filter(
            status=ReviewStatus.WAITING,
            vetting__brand=asker.brand,
            vetting__status=VettingStatus.OPEN,
        )
        if not asker.is_team:
            rows = rows.filter(reviewer=asker.user)
        return rows.select_related("vetting__relationship__creator", "reviewer").annotate(
            **{DAY_AT: F("assigned_at")}
        )

    def show(self, asker: Asker, rows: Sequence[Review]) -> list[Row]:
        """Whom, and by when."""
        made = []
        for row in rows:
            vetting = row.vetting
            words, is_late = due_in_words(vetting.due_on, asker.at, asker.zone)
            is_mine = row.reviewer_id == asker.user.pk
            name, pk = ("crm:review", row.pk) if is_mine else ("crm:vetting", vetting.pk)
            made.append(
                Row(
                    pk=row.pk,
                    title=f"Review {vetting.relationship.creator}",
                    url=reverse(name, args=[asker.brand.slug, pk]),
                    why=", ".join(part for part in (words, vetting.reason) if part),
                    since=row.assigned_at,
                    is_late=is_late,
                    who=row.reviewer.display_name if row.reviewer else "nobody",
                )
            )
        return made


class DisputedVettings(Source):
    """Of everybody who may be the third person: whoever decides first takes it off the others."""

    key = "adjudication"
    section = Section.DECIDE
    name = "Disputed vetting"
    icon = "checklist"
    can = Can.REVIEW

    def rows(self, asker: Asker) -> QuerySet[Any]:
        """What reviewers differ about and one may decide."""
        rows = Vetting.objects.filter(brand=asker.brand, status=VettingStatus.DISPUTED)
        if not asker.is_team:
            rows = rows.disputed_for(asker.user)
        return rows.select_related("relationship__creator").annotate(**{DAY_AT: F("all_in_at")})

    def show(self, asker: Asker, rows: Sequence[Vetting]) -> list[Row]:
        """Whom it is about."""
        return [
            Row(
                pk=row.pk,
                title=f"Decide about {row.relationship.creator}",
                url=reverse("crm:vetting", args=[asker.brand.slug, row.pk]),
                why="two reviewers differ: a third person decides",
                since=getattr(row, DAY_AT),
                who="any reviewer who was not asked",
            )
            for row in rows
        ]


class LackingReviewers(Source):
    """Somebody declined: the vetting stands still until somebody else is asked."""

    key = "vetting-short"
    section = Section.UNBLOCK
    name = "Vetting"
    icon = "checklist"
    can = Can.REVIEW

    def rows(self, asker: Asker) -> QuerySet[Any]:
        """What one asked for."""
        rows = Vetting.objects.filter(brand=asker.brand, status=VettingStatus.OPEN)
        if not asker.is_team:
            rows = rows.filter(requested_by=asker.user)
        there = Count("reviews", filter=TAKING_PART)
        return (
            rows.alias(there=there)
            .filter(there__lt=F("reviewers"))
            .select_related("relationship__creator", "requested_by")
            .annotate(**{DAY_AT: F("requested_at")})
        )

    def show(self, asker: Asker, rows: Sequence[Vetting]) -> list[Row]:
        """Whom it is about."""
        return [
            Row(
                pk=row.pk,
                title=f"Ask somebody else to review {row.relationship.creator}",
                url=reverse("crm:vetting", args=[asker.brand.slug, row.pk]),
                why="a reviewer declined",
                since=getattr(row, DAY_AT),
                is_late=row.due_on < asker.today,
                who=row.requested_by.display_name if row.requested_by else "nobody",
            )
            for row in rows
        ]
