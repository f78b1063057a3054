"""The edges of Celery: ids and text in, one service call, safe to run twice."""

from __future__ import annotations

from smtplib import SMTPException
from typing import Any

from celery import shared_task
from django.db import OperationalError
from django.utils import timezone

from crm.importers.mapping import MappingInvalid
from crm.importers.rows import Unreadable
from crm.models import Brand, LedgerCheckpoint, User
from crm.outreach import attachments
from crm.services import duplicates, jobs, kept_answers, promised_tasks
from crm.services.applications import confirming, erasing
from crm.services.connectors import keeping, pulling
from crm.services.imports import batches, following, running, undoing
from crm.services.ledger import checkpoints, nightly
from crm.services.mail import copying, fetching, sending
from crm.services.metrics import refresh_metrics
from crm.services.notification_mail import send_notification_mails
from crm.services.outreach.advancing import advance
from crm.services.post_comments import forgetting, grouping, learning, scoring, sorting
from crm.services.privacy import retention
from crm.services.reminders import send_reminders
from crm.services.round_trip import places
from crm.services.webhooks import again, calling, telling

# Rounds of one minute's task: other work has its turn.
COMMENT_ROUNDS = 10
# What an import says of itself on its page is no error of the worker.
_SAID = (batches.ImportRefused, MappingInvalid, Unreadable, undoing.UndoRefused)


@shared_task(acks_late=True)  # type: ignore[untyped-decorator] # Celery ships no types
def check_import(*, batch_id: int, **_later: Any) -> None:
    """Dry run of an import."""
    try:
        running.check_import(batch_id=batch_id, at=timezone.now())
    except _SAID:
        return


@shared_task(acks_late=True)  # type: ignore[untyped-decorator]
def apply_import(*, batch_id: int, actor_id: int | None = None, **_later: Any) -> None:
    """Apply an import; one that is applied stays as it is."""
    try:
        running.apply_import(batch_id=batch_id, actor=_user(actor_id), at=timezone.now())
    except _SAID:
        return
    duplicates.find_after(batch_id=batch_id, at=timezone.now())
    following.follow(batch_id=batch_id, at=timezone.now())


@shared_task(acks_late=True)  # type: ignore[untyped-decorator]
def undo_import(*, batch_id: int, actor_id: int | None = None, **_later: Any) -> None:
    """Undo an import; one that is undone stays so."""
    try:
        undoing.undo_import(batch_id=batch_id, actor=_user(actor_id), at=timezone.now())
    except _SAID:
        return


@shared_task(acks_late=True)  # type: ignore[untyped-decorator]
def run_job(*, job_id: int, **_later: Any) -> None:
    """Do a job that a person asked for, or go on with it."""
    jobs.run(job_id=job_id, at=timezone.now())


@shared_task  # type: ignore[untyped-decorator]
def send_promised(**_later: Any) -> None:
    """Send the tasks that were promised while the broker was away."""
    promised_tasks.send_due()


@shared_task  # type: ignore[untyped-decorator]
def take_up_jobs(**_later: Any) -> None:
    """Go on with jobs whose message or worker got lost."""
    jobs.take_up(at=timezone.now())


@shared_task  # type: ignore[untyped-decorator]
def remove_expired_files(**_later: Any) -> None:
    """Remove the files that jobs made and whose time is over."""
    jobs.remove_expired(at=timezone.now())
    places.remove_old(timezone.now())


@shared_task  # type: ignore[untyped-decorator]
def forget_answers(**_later: Any) -> None:
    """Remove what POST requests were answered, once their keys have had their day."""
    kept_answers.forget_old(timezone.now())


@shared_task  # type: ignore[untyped-decorator]
def refresh_all_metrics(**_later: Any) -> None:
    """Compute every creator's metrics again: windows of days move on without any new number."""
    refresh_metrics(creator_ids=None, as_of=timezone.now())


@shared_task  # type: ignore[untyped-decorator]
def send_mail(**_later: Any) -> None:
    """Send the mails whose time has come."""
    sending.send_due(at=timezone.now())


@shared_task  # type: ignore[untyped-decorator]
def fetch_all_mail(**_later: Any) -> None:
    """A task for each mailbox that can be fetched, so that a slow server holds up no other."""
    for mailbox_id in fetching.due(at=timezone.now()):
        fetch_mail.delay(mailbox_id=mailbox_id)


@shared_task  # type: ignore[untyped-decorator]
def fetch_mail(*, mailbox_id: int, **_later: Any) -> None:
    """Fetch what is new in a mailbox, look there for mails of which nobody knows, lay copies."""
    fetching.fetch(mailbox_id=mailbox_id, at=timezone.now())
    fetching.look_for_unknown(mailbox_id=mailbox_id, at=timezone.now())
    copying.copy_sent(mailbox_id=mailbox_id, at=timezone.now())


@shared_task  # type: ignore[untyped-decorator]
def sweep_mail(**_later: Any) -> None:
    """Say of mails whose sender died that it is not known whether they left."""
    sending.sweep(at=timezone.now())


@shared_task  # type: ignore[untyped-decorator]
def call_webhooks(**_later: Any) -> None:
    """Make deliveries of what is new; a task for each webhook, so that a slow one delays none."""
    at = timezone.now()
    telling.tell(at=at)
    for webhook_id in calling.due(at=at):
        call_webhook.apply_async(kwargs={"webhook_id": webhook_id}, expires=60)


@shared_task  # type: ignore[untyped-decorator]
def call_webhook(*, webhook_id: int, **_later: Any) -> None:
    """Deliver what is due for one webhook."""
    calling.call(webhook_id=webhook_id, at=timezone.now())


@shared_task  # type: ignore[untyped-decorator]
def forget_deliveries(**_later: Any) -> None:
    """Delete what webhooks were told long ago."""
    again.forget(at=timezone.now())


@shared_task  # type: ignore[untyped-decorator]
def pull_all(**_later: Any) -> None:
    """Turn to the connectors with something to do; a task for each, so that none waits."""
    for connector_id in pulling.due(at=timezone.now()):
        pull.apply_async(kwargs={"connector_id": connector_id}, expires=60)


@shared_task  # type: ignore[untyped-decorator]
def pull(*, connector_id: int, **_later: Any) -> None:
    """A turn at one connector."""
    pulling.work(connector_id=connector_id, at=timezone.now())


@shared_task  # type: ignore[untyped-decorator]
def forget_pulls(**_later: Any) -> None:
    """Delete the logs of pulls that ended long ago."""
    keeping.forget(at=timezone.now())


@shared_task  # type: ignore[untyped-decorator]
def tell_people(**_later: Any) -> None:
    """Reminders of what came due, then the mails that bring what waits to who wants mail."""
    send_reminders(at=timezone.now())
    send_notification_mails(at=timezone.now())


@shared_task  # type: ignore[untyped-decorator]
def advance_sequences(**_later: Any) -> None:
    """Begin the follow-ups that are due; the sender then sends what the guard lets go."""
    advance(at=timezone.now())


@shared_task(
    autoretry_for=(confirming.MailWaits, OperationalError), retry_backoff=60, max_retries=8
)  # type: ignore[untyped-decorator]
def mail_applicant(*, application_id: int, **_later: Any) -> None:
    """Send the link that confirms an application; a server that is down is asked again."""
    confirming.send(application_id=application_id, at=timezone.now())


@shared_task  # type: ignore[untyped-decorator]
def find_twins(*, brand_id: int, creator_id: int, **_later: Any) -> None:
    """Look whether a new creator is in the brand's list already."""
    brand = Brand.objects.get(pk=brand_id)
    duplicates.find(brand=brand, at=timezone.now(), only=[creator_id])


@shared_task  # type: ignore[untyped-decorator]
def erase_applications(**_later: Any) -> None:
    """Erase the applications whose time is over."""
    erasing.erase_due(at=timezone.now())


@shared_task  # type: ignore[untyped-decorator]
def sign_ledgers(**_later: Any) -> None:
    """Check each brand's ledger; sign those that hold, and send what was signed."""
    for brand in Brand.objects.order_by("pk"):
        made = nightly.check_and_sign(brand=brand, at=timezone.now())
        if made is not None:
            mail_checkpoint.delay(checkpoint_id=made.pk)


@shared_task(  # type: ignore[untyped-decorator]
    autoretry_for=(SMTPException, OSError, OperationalError), retry_backoff=60, max_retries=8
)
def mail_checkpoint(*, checkpoint_id: int, **_later: Any) -> None:
    """Send a checkpoint to who keeps it; a server that is down is asked again."""
    found = LedgerCheckpoint.objects.select_related("brand", "key").get(pk=checkpoint_id)
    checkpoints.mail(found)


@shared_task  # type: ignore[untyped-decorator]
def propose_retention(**_later: Any) -> None:
    """Say what is kept long enough; delete only what a brand lets go by itself."""
    for brand in Brand.objects.filter(retention_rules__isnull=False).distinct().order_by("pk"):
        retention.nightly(brand=brand, at=timezone.now())


@shared_task  # type: ignore[untyped-decorator]
def score_comments(**_later: Any) -> None:
    """Score what waits, round by round; the next minute goes on."""
    for _round in range(COMMENT_ROUNDS):
        if not scoring.score_waiting():
            return


@shared_task  # type: ignore[untyped-decorator]
def group_comments(*, brand_id: int | None = None, **_later: Any) -> None:
    """Make the themes of comments anew: of one brand, or of all."""
    brands = Brand.objects.order_by("pk")
    for brand in brands if brand_id is None else brands.filter(pk=brand_id):
        grouping.group(brand=brand, at=timezone.now())


@shared_task  # type: ignore[untyped-decorator]
def learn_from_labels(**_later: Any) -> None:
    """Learn from what people said of comments, and sort by it what is kept."""
    for brand in Brand.objects.order_by("pk"):
        learning.learn_all(brand=brand, at=timezone.now())
        sorting.sort_old(brand=brand)


@shared_task  # type: ignore[untyped-decorator]
def let_comments_go(**_later: Any) -> None:
    """Empty comments whose months are over; their numbers stay."""
    for brand in Brand.objects.order_by("pk"):
        forgetting.let_words_go(brand=brand, at=timezone.now())


@shared_task  # type: ignore[untyped-decorator]
def remove_mail_files(**_later: Any) -> None:
    """Delete the files of mails that are gone, as when a creator was erased."""
    for brand in Brand.objects.order_by("pk"):
        attachments.remove_orphans(brand, at=timezone.now())


def _user(pk: int | None) -> User | None:
    return User.objects.filter(pk=pk).first() if pk else None
