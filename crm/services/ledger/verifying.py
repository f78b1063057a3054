"""Is the ledger of a brand as it was written, and does it go through its checkpoints?"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from crm import audit
from crm.models import AuditEntry, Brand, Job, LedgerKey, User
from crm.services import jobs
from crm.services.ledger import checkpoints

KIND = "ledger.verify"
STEP = 2_000


@dataclass(frozen=True)
class Found:
    """What a check found. `broken`: the first entry at which the ledger does not hold."""

    entries: int
    last_hash: str
    texts_erased: int
    checkpoints: int
    broken: audit.BrokenLink | None


def verify(
    brand: Brand,
    *,
    also: Iterable[checkpoints.Checkpoint] = (),
    seen: Callable[[AuditEntry], None] = lambda _entry: None,
) -> Found:
    """Follow the ledger from its first entry on, through the checkpoints here and those given.

    `seen` gets each entry, those behind a break as well. Raises CheckpointRefused for a checkpoint
    that proves nothing: of another brand, changed, or signed with a key that was never ours.
    """
    ours = set(LedgerKey.objects.values_list("fingerprint", flat=True))
    marks = []
    origins = audit.Origins.of_brand(brand.pk)
    here = [checkpoints.read(checkpoints.document(one)) for one in checkpoints.kept(brand)]
    for one in [*here, *also]:
        if one.brand_id != origins.brand_at(one.mark.number, brand.pk):
            raise checkpoints.CheckpointRefused("The checkpoint is of another brand.")
        if one.fingerprint not in ours:
            raise checkpoints.CheckpointRefused(
                f"The checkpoint was signed with a key that was never ours: {one.fingerprint}."
            )
        marks.append(one.mark)
    checker = audit.Checker(marks=marks)
    for entry in audit.entries_of(brand):
        checker.take(entry)
        seen(entry)
    broken = checker.end()
    return Found(checker.entries, checker.last_hash, checker.erased, len(marks), broken)


def ask(*, brand: Brand, actor: User, at: datetime) -> Job:
    """Have the whole ledger checked by a worker."""
    title = "Check the audit ledger"
    return jobs.start(brand=brand, kind=KIND, title=title, params={}, actor=actor, at=at)


def in_words(found: Found) -> str:
    """What a check found, fit for the user."""
    if found.broken:
        return (
            f"The ledger is broken at entry {found.broken.number:,}: {found.broken.problem}. "
            "What comes before it is as it was written."
        )
    erased = (
        f", {found.texts_erased:,} of them with their text erased" if found.texts_erased else ""
    )
    return (
        f"Whole: {found.entries:,} entries{erased}, in agreement with {found.checkpoints:,} "
        f"signed {'checkpoint' if found.checkpoints == 1 else 'checkpoints'}."
    )


def work(job: Job, progress: jobs.Progress) -> None:
    """Check the ledger for who asked."""
    job.done = 0
    progress.begin(AuditEntry.objects.filter(brand=job.brand).count())
    waiting = 0

    def seen(_entry: AuditEntry) -> None:
        nonlocal waiting
        waiting += 1
        if waiting == STEP:
            # What was written meanwhile is checked, but not in the count.
            progress.advance(min(waiting, (job.total or 0) - job.done))
            progress.heed_stop()
            waiting = 0

    try:
        found = verify(job.brand, seen=seen)
    except checkpoints.CheckpointRefused as refusal:
        raise jobs.JobFailed(str(refusal)) from refusal
    progress.advance(min(waiting, (job.total or 0) - job.done))
    job.params = {"words": in_words(found), "is_whole": found.broken is None}
    job.save(update_fields=["params"])


def tell(job: Job) -> str:
    """What came of it."""
    return str(job.params.get("words", "The ledger was not checked to its end."))


JOB = jobs.Kind(label="Check of the ledger", work=work, tell=tell)
