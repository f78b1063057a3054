"""Reviews of many creators, shared out among colleagues."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations
from zoneinfo import ZoneInfo

from django.urls import reverse

from crm import audit
from crm.choices import NotificationKind, ReviewStatus, RowOutcome, VettingStatus
from crm.models import Brand, Relationship, Review, ReviewForm, User, Vetting
from crm.services.bulk.batches import SAME, Batch, Outcome
from crm.services.bulk.changes import BulkRefused, Outcomes, Params
from crm.services.notifications import notify_all
from crm.services.reviews.forms import newest_form
from crm.services.reviews.people import may_be_asked, reviewers_of
from crm.services.reviews.vettings import DUE_MAX, REASON_MAX

WITHDRAWN = "Taken back together with others"


@dataclass(frozen=True)
class VettingAsked:
    """Ask for a vetting of creators; each goes to as many of the people as the form wants.

    Each pair of people gets as many creators as each other pair, so that nobody has more to do, and
    agreement is not that of two friends.
    """

    form: ReviewForm
    people: Sequence[User]
    reason: str
    due_on: date | None

    @classmethod
    def of(cls, brand: Brand, params: Params) -> VettingAsked:
        """By `reviewers`, ids of users, `reason`, and `due_on` as an ISO date."""
        form = newest_form(brand)
        if form is None:
            raise BulkRefused("Your brand has no review form yet.", "reviewers")
        ids = set(params.get("reviewers") or ())
        people = list(reviewers_of(brand).filter(pk__in=ids))
        if len(people) < max(len(ids), form.reviewers):
            raise BulkRefused(
                f"Choose at least {form.reviewers} who may review for your brand.", "reviewers"
            )
        reason = " ".join(str(params.get("reason", "")).split())
        if len(reason) > REASON_MAX:
            raise BulkRefused(f"This has at most {REASON_MAX} characters.", "reason")
        try:
            due_on = date.fromisoformat(params["due_on"]) if params.get("due_on") else None
        except ValueError as error:
            raise BulkRefused("Write the day as 2026-12-31.", "due_on") from error
        return cls(form, people, reason, due_on)

    def words(self, who: str) -> str:
        """As the title of the job."""
        return f"Ask {len(self.people)} people for reviews of {who}"

    def make(self, batch: Batch) -> Outcomes:
        """Of those who have no open vetting."""
        today = batch.at.astimezone(ZoneInfo(batch.brand.timezone)).date()
        due_on = self.due_on or today + timedelta(days=self.form.days)
        refusal = self._refusal(batch, today, due_on)
        if refusal:
            return {row.pk: Outcome(RowOutcome.REFUSED, refusal) for row in batch.rows}
        opened = set(
            Vetting.objects.unsettled()
            .filter(relationship__in=batch.rows)
            .values_list("relationship", flat=True)
        )
        asking = [row for row in batch.rows if row.pk not in opened]
        made = self._write(batch, asking, due_on)
        outcomes: Outcomes = dict.fromkeys(opened, SAME)
        for vetting in made:
            after = {"vetting": vetting.pk}
            outcomes[vetting.relationship_id] = Outcome(RowOutcome.CHANGED, after=after)
        return outcomes

    @staticmethod
    def put_back(batch: Batch) -> Outcomes:
        """Withdraw those of which nobody has handed in a review yet."""
        ids = [after["vetting"] for after in batch.after.values()]
        locked = Vetting.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk")
        handed_in = set(
            Review.objects.filter(vetting__in=ids, status=ReviewStatus.SUBMITTED).values_list(
                "vetting", flat=True
            )
        )
        gone = {
            vetting.relationship_id: vetting
            for vetting in locked
            if vetting.status == VettingStatus.OPEN and vetting.pk not in handed_in
        }
        Vetting.objects.filter(pk__in=[vetting.pk for vetting in gone.values()]).update(
            status=VettingStatus.WITHDRAWN,
            settled_at=batch.at,
            settled_by=batch.actor,
            why_withdrawn=WITHDRAWN,
        )
        rows = [row for row in batch.rows if row.pk in gone]
        _record(batch, "withdrawn", rows, {pk: one.pk for pk, one in gone.items()})
        kept = Outcome(RowOutcome.KEPT, "Somebody handed a review in since, or closed the vetting.")
        undone = Outcome(RowOutcome.UNDONE)
        return {row.pk: undone if row.pk in gone else kept for row in batch.rows}

    def _refusal(self, batch: Batch, today: date, due_on: date) -> str:
        if not today <= due_on <= today + DUE_MAX:
            return "The reviews must be due from today on, within a year."
        known = set(may_be_asked(batch.brand, self.form, batch.actor).values_list("pk", flat=True))
        for user in self.people:
            if user.pk not in known:
                return f"{user} asks, and the form wants somebody else to review."
        return ""

    def _write(self, batch: Batch, asking: list[Relationship], due_on: date) -> list[Vetting]:
        made = Vetting.objects.bulk_create(
            Vetting(
                brand=batch.brand,
                relationship=row,
                form=self.form,
                reviewers=self.form.reviewers,
                reason=self.reason,
                due_on=due_on,
                requested_by=batch.actor,
                requested_at=batch.at,
            )
            for row in asking
        )
        turns = list(combinations(self.people, self.form.reviewers))
        reviews = Review.objects.bulk_create(
            Review(vetting=vetting, reviewer=user, assigned_by=batch.actor, assigned_at=batch.at)
            for turn, vetting in enumerate(made)
            for user in turns[turn % len(turns)]
        )
        self._tell(batch, reviews)
        more = {"form": self.form.number, "reviews": self.form.reviewers}
        numbers = {vetting.relationship_id: vetting.pk for vetting in made}
        _record(batch, "asked", asking, numbers, **more)
        return made

    def _tell(self, batch: Batch, reviews: list[Review]) -> None:
        """One line for each, however many creators."""
        for user in self.people:
            number = sum(review.reviewer_id == user.pk for review in reviews)
            if number and user != batch.actor:
                notify_all(
                    users=[user],
                    brand=batch.brand,
                    kind=NotificationKind.REVIEW,
                    text=f"{batch.actor} asks for your reviews of {number:,} creator"
                    f"{'' if number == 1 else 's'}",
                    url=reverse("crm:reviews", args=[batch.brand.slug]),
                    at=batch.at,
                )


def _record(
    batch: Batch, act: str, rows: list[Relationship], vettings: dict[int, int], **more: int
) -> None:
    audit.record_many(
        brand=batch.brand,
        verb=f"crm.vetting.{act}",
        of=Relationship,
        acts=[
            audit.Act(
                row.pk,
                row.creator.name,
                {"vetting": vettings[row.pk], **more, "job": batch.job.pk},
            )
            for row in rows
        ],
        actor=batch.actor,
        at=batch.at,
    )
