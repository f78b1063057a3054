"""What vettings found. Before all reviews are in there is nothing to tell but that one was asked.

That one was asked for, declined or withdrawn stands among the changes (crm.timeline.acts).
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Prefetch
from django.urls import reverse

from crm.choices import ReviewStatus, VettingStatus
from crm.models import Relationship, Review, Vetting, VettingResult
from crm.timeline.events import Event, Source, Window, name_of


def _find(relationship: Relationship, window: Window) -> Iterator[Event]:
    rows = Vetting.objects.filter(
        relationship=relationship, status=VettingStatus.SETTLED
    ).prefetch_related(
        Prefetch("results", VettingResult.objects.select_related("criterion")),
        Prefetch(
            "reviews",
            Review.objects.filter(status=ReviewStatus.SUBMITTED).select_related("reviewer"),
        ),
    )
    for row in window.rows(rows, at="settled_at", person="reviews__reviewer"):
        found = ", ".join(f"{one.criterion.label} {one.words}" for one in row.results.all())
        reviews = list(row.reviews.all())
        who = ", ".join(name_of(review.reviewer, "somebody") for review in reviews)
        text = "\n".join(
            f"{name_of(review.reviewer, 'somebody')}: {review.comment}"
            for review in reviews
            if review.comment
        )
        url = reverse("crm:vetting", args=[relationship.brand.slug, row.pk])
        yield Event(
            row.settled_at, "vetting", f"Vetted: {found}", who, text, row.pk, url, "Open vetting"
        )


SOURCE = Source("vetting", "Vettings", "checklist", _find)
