"""How long what is kept: each night proposes, a person says yes, a worker does it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.apps import apps
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from crm import audit
from crm.choices import ProposalStatus, RetentionPurpose, Stage
from crm.models import (
    Brand,
    Enrolment,
    Job,
    Message,
    Note,
    Relationship,
    RetentionItem,
    RetentionProposal,
    RetentionRule,
    Task,
    Thread,
    User,
)
from crm.services import jobs
from crm.services.privacy.erasing import erase
from crm.services.privacy.parts import PAPERS
from crm.services.privacy.refusals import PrivacyRefused
from crm.services.privacy.requests import months_after

KIND = "privacy.retention"
# Of creators; the others are about rows of any creator.
OF_CREATORS = (
    RetentionPurpose.NEVER_CONTACTED,
    RetentionPurpose.CONTACTED,
    RetentionPurpose.WORKED_WITH,
)
# Papers of ours: that somebody was in a sequence does not say that we worked together.
_OUTREACH = frozenset({"crm.Enrolment", "crm.Vetting"})
BATCH = 500
MONTHS_AT_MOST = 240


@dataclass(frozen=True)
class Due:
    """What a rule would delete now."""

    purpose: RetentionPurpose
    months: int
    cutoff: datetime
    found: int


def due(brand: Brand, *, at: datetime) -> Iterator[Due]:
    """A dry run of all of the brand's rules."""
    for rule in RetentionRule.objects.filter(brand=brand).order_by("purpose"):
        purpose, cutoff = RetentionPurpose(rule.purpose), cutoff_of(rule.months, at)
        yield Due(purpose, rule.months, cutoff, rows_of(brand, purpose, cutoff).count())


def cutoff_of(months: int, at: datetime) -> datetime:
    """The moment so many months ago."""
    day = months_after(at.date(), -months)
    return at.replace(year=day.year, month=day.month, day=day.day)


def rows_of(brand: Brand, purpose: RetentionPurpose, cutoff: datetime) -> QuerySet[models.Model]:
    """What is kept for a purpose and was needed last before a moment."""
    if purpose == RetentionPurpose.MAILS:
        return Thread.objects.filter(brand=brand, last_at__lt=cutoff)
    if purpose == RetentionPurpose.NOTES:
        old = Q(created_at__lt=cutoff) & (Q(edited_at=None) | Q(edited_at__lt=cutoff))
        return Note.objects.filter(old, relationship__brand=brand)
    return _creators(brand, purpose, cutoff)


def _creators(brand: Brand, purpose: RetentionPurpose, cutoff: datetime) -> QuerySet[Relationship]:
    """Nobody touched them since, and no request of theirs waits."""
    here = OuterRef("pk")
    mails = Message.objects.filter(thread__relationship=here)
    written = Exists(mails) | Exists(Enrolment.objects.filter(relationship=here))
    papers = Q(pk=None)
    for model, way in _papers():
        papers |= Q(Exists(model._base_manager.filter(**{way: here})))
    recent = (
        Q(Exists(mails.filter(at__gte=cutoff)))
        | Q(Exists(Note.objects.filter(relationship=here, created_at__gte=cutoff)))
        | Q(Exists(Task.objects.filter(relationship=here, created_at__gte=cutoff)))
        | Q(privacy_requests__status="open")
    )
    for model, way in _papers():
        if any(one.name == "created_at" for one in model._meta.concrete_fields):
            rows = model._base_manager.filter(**{way: here, "created_at__gte": cutoff})
            recent |= Q(Exists(rows))
    rows = Relationship.objects.filter(
        brand=brand, erased_at=None, since__lt=cutoff, stage_since__lt=cutoff
    ).exclude(recent)
    if purpose == RetentionPurpose.WORKED_WITH:
        return rows.filter(papers)
    rows = rows.exclude(papers).exclude(stage__in=[Stage.FIRST_TIME, Stage.CORE, Stage.ADVOCATE])
    return rows.filter(written) if purpose == RetentionPurpose.CONTACTED else rows.exclude(written)


def _papers() -> Iterator[tuple[type[models.Model], str]]:
    for label in PAPERS:
        if label not in _OUTREACH:
            yield apps.get_model(label), "relationship"


@transaction.atomic
def set_rules(
    *,
    brand: Brand,
    rules: Iterable[tuple[RetentionPurpose, int | None, bool]],
    actor: User,
    at: datetime,
) -> None:
    """Purpose, months (None: as long as it likes) and whether it goes without a yes."""
    said = {}
    for purpose, months, is_automatic in rules:
        if months is None:
            RetentionRule.objects.filter(brand=brand, purpose=purpose).delete()
            continue
        if not 1 <= months <= MONTHS_AT_MOST:
            raise PrivacyRefused(f"From 1 to {MONTHS_AT_MOST} months.", purpose)
        RetentionRule.objects.update_or_create(
            brand=brand,
            purpose=purpose,
            defaults={"months": months, "is_automatic": is_automatic},
        )
        said[str(purpose)] = months
    RetentionProposal.objects.filter(brand=brand, status=ProposalStatus.WAITING).update(
        status=ProposalStatus.REPLACED, decided_at=at, decided_by=actor
    )
    audit.record(
        brand=brand,
        verb="crm.privacy.retention_changed",
        target=brand,
        actor=actor,
        at=at,
        data={"rules": said},
    )


@transaction.atomic
def propose(*, brand: Brand, at: datetime) -> list[RetentionProposal]:
    """Write down what is due, in place of what nobody decided about. Nothing is deleted."""
    RetentionProposal.objects.filter(brand=brand, status=ProposalStatus.WAITING).update(
        status=ProposalStatus.REPLACED, decided_at=at
    )
    made = []
    for one in due(brand, at=at):
        if not one.found:
            continue
        proposal = RetentionProposal.objects.create(
            brand=brand,
            purpose=one.purpose,
            months=one.months,
            cutoff=one.cutoff,
            found=one.found,
            made_at=at,
        )
        if one.purpose in OF_CREATORS:
            rows = rows_of(brand, one.purpose, one.cutoff).order_by("pk")
            RetentionItem.objects.bulk_create(
                (
                    RetentionItem(proposal=proposal, relationship_id=pk)
                    for pk in rows.values_list("pk", flat=True)
                ),
                batch_size=5_000,
            )
        made.append(proposal)
    return made


@transaction.atomic
def decide(
    *, proposal_id: int, brand: Brand, is_yes: bool, actor: User, at: datetime
) -> RetentionProposal:
    """Have a proposal carried out by a worker, or put it away. Raises PrivacyRefused."""
    proposal = RetentionProposal.objects.select_for_update(no_key=True).get(
        pk=proposal_id, brand=brand
    )
    if proposal.status != ProposalStatus.WAITING:
        raise PrivacyRefused("Somebody decided about it already, or a newer one took its place.")
    proposal.status = ProposalStatus.APPROVED if is_yes else ProposalStatus.DECLINED
    proposal.decided_at, proposal.decided_by = at, actor
    proposal.save(update_fields=["status", "decided_at", "decided_by"])
    audit.record(
        brand=brand,
        verb="crm.privacy.retention_decided",
        target=proposal,
        actor=actor,
        at=at,
        data={"purpose": proposal.purpose, "found": proposal.found, "status": proposal.status},
        label=f"proposal {proposal.pk}",
    )
    if is_yes:
        jobs.start(
            brand=brand,
            kind=KIND,
            title=f"Delete what is kept long enough: {proposal.found:,} records",
            params={"proposal": proposal.pk},
            actor=actor,
            at=at,
        )
    return proposal


def nightly(*, brand: Brand, at: datetime) -> list[RetentionProposal]:
    """Propose, and carry out what the brand lets go without a yes."""
    made = propose(brand=brand, at=at)
    automatic = set(
        RetentionRule.objects.filter(brand=brand, is_automatic=True).values_list(
            "purpose", flat=True
        )
    )
    for proposal in made:
        if proposal.purpose in automatic:
            proposal.status, proposal.decided_at = ProposalStatus.APPROVED, at
            proposal.save(update_fields=["status", "decided_at"])
            for _done in carry_out(proposal, actor=None, at=at):
                pass
    return made


def carry_out(proposal: RetentionProposal, *, actor: User | None, at: datetime) -> Iterator[int]:
    """Delete what was approved and is still due; how many of each batch.

    A creator whom somebody wrote to since the proposal stays. Nobody asked to be erased here, so
    an import may bring them again.
    """
    purpose, brand = RetentionPurpose(proposal.purpose), proposal.brand
    still = rows_of(brand, purpose, proposal.cutoff)
    done = 0
    if purpose in OF_CREATORS:
        named = RetentionItem.objects.filter(proposal=proposal).values("relationship")
        pks = list(still.filter(pk__in=named).order_by("pk").values_list("pk", flat=True))
    else:
        pks = list(still.order_by("pk").values_list("pk", flat=True)[: proposal.found])
    for start in range(0, len(pks), BATCH):
        part = pks[start : start + BATCH]
        if purpose in OF_CREATORS:
            for pk in part:
                erase(
                    relationship_id=pk,
                    reason=f"Kept for {proposal.months} months, which is long enough",
                    actor=actor,
                    at=at,
                    may_return=True,
                )
        else:
            with transaction.atomic():
                still.model._base_manager.filter(pk__in=part).delete()
        done += len(part)
        yield len(part)
    RetentionProposal.objects.filter(pk=proposal.pk).update(status=ProposalStatus.DONE, done=done)
    audit.record(
        brand=brand,
        verb="crm.privacy.retention_done",
        target=proposal,
        actor=actor,
        at=at,
        data={"purpose": purpose, "done": done},
        label=f"proposal {proposal.pk}",
    )


def work(job: Job, progress: jobs.Progress) -> None:
    """The worker's side of `decide`."""
    proposal = RetentionProposal.objects.select_related("brand").get(pk=job.params["proposal"])
    progress.begin(proposal.found)
    for number in carry_out(proposal, actor=job.asked_by, at=job.started_at or job.created_at):
        progress.advance(min(number, proposal.found))


def tell(job: Job) -> str:
    """What came of it."""
    proposal = RetentionProposal.objects.filter(pk=job.params["proposal"]).first()
    if proposal is None or proposal.done is None:
        return "It was not brought to its end; the next night proposes what is left."
    return f"Deleted: {proposal.done:,} of {proposal.found:,}; the others were needed since."


JOB = jobs.Kind("Delete what is kept long enough", work, tell)
