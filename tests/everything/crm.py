"""What the app crm keeps of a brand: mails, notes, reviews, a webhook, an export, a connector."""

from __future__ import annotations

from crm import audit
from crm.models import (
    Agent,
    Brand,
    ImportBatch,
    ImportReject,
    Job,
    Mailbox,
    PitchApproval,
    PostalAddress,
    Pull,
    PullAnswer,
    Representation,
    User,
    Webhook,
    WebhookAttempt,
)
from crm.outreach.secrets import encrypt
from crm.services import saved_views
from crm.services.connectors import keeping as connecting
from crm.services.round_trip import asking, places
from crm.services.tasks import add_task
from crm.services.webhooks import again
from tests.crm.mail.world import creator_of, queued
from tests.crm.reviews.world import ask, publish, said, write
from tests.factories import NOW, NoteFactory


def give_a_day_of_work(brand: Brand, actor: User) -> None:
    """A mail, a note, a task, an agent, an address, a review, a job and a view."""
    mia = creator_of(brand)
    queued(Mailbox.objects.get(), mia, actor)
    NoteFactory(relationship=mia)
    add_task(brand=brand, title="Call", actor=actor, at=NOW, relationship=mia)
    Job.objects.create(brand=brand, asked_by=actor, kind="crm.duplicates", title="Duplicates")
    Representation.objects.create(
        agent=Agent.objects.create(brand=brand, name="Bo"), creator=mia.creator
    )
    PostalAddress.objects.create(
        brand=brand,
        creator=mia.creator,
        recipient="x",
        street="x",
        city="x",
        country="DK",
        confirmed_at=NOW,
    )
    publish(brand, actor, reviewers=1, requester_may_review=True)
    write(ask(mia, actor, actor), actor, said(4, None, 1, "never"))
    saved_views.save_new(brand=brand, name="Core", query="stage=core", author=actor, is_shared=True)


def ask_to_pitch(brand: Brand, admin_user: User) -> None:
    """One asking that waits for an answer."""
    PitchApproval.objects.create(
        brand=brand,
        relationship=brand.relationships.first(),
        depth="colleague",
        segment="Early adopter",
        reason="She asked for the prototype",
        asked_by=admin_user,
        asked_at=NOW,
    )


def give_a_webhook(brand: Brand, actor: User) -> None:
    """A webhook that had a trial, which failed."""
    webhook = Webhook.objects.create(
        brand=brand,
        owner=actor,
        name="Warehouse",
        url="https://hooks.example/",
        events=["crm.stage"],
        secret=encrypt("whsec_AAAA"),
        created_at=NOW,
    )
    delivery = again.ping(webhook=webhook, at=NOW)
    WebhookAttempt.objects.create(
        delivery=delivery, number=1, at=NOW, duration_ms=38, error="Nothing listens."
    )


def give_an_export(brand: Brand, actor: User) -> None:
    export = asking.ask(brand=brand, actor=actor, at=NOW)
    (places.of_job(export.pk) / "everything.zip").write_bytes(b"PK")
    export.params = {"file": "everything.zip", "size": 2, "rows": 0}
    export.save()


def give_a_connector(brand: Brand, actor: User) -> None:
    """A connector with a pull that a killed worker left."""
    wanted = connecting.Wanted("Counts", {"key": "k-1"})
    made = connecting.create(brand=brand, kind="youtube", wanted=wanted, actor=actor, at=NOW)
    pull = Pull.objects.create(
        connector=made,
        started_at=NOW,
        profiles_total=3,
        answers_count=1,
        counts={"posts": 2},
        rejected={"missing": 1},
    )
    PullAnswer.objects.create(
        pull=pull,
        number=1,
        step="channels",
        fetched_at=NOW,
        took_ms=80,
        status_code=200,
        rejected=[{"profile": 1, "code": "missing", "reason": "YouTube knows no such channel."}],
    )


def give_an_import(brand: Brand) -> None:
    """A file with a row that was not taken, and an entry of the ledger."""
    batch = ImportBatch.objects.create(
        brand=brand, source="x", file_name="x", captured_at=NOW, mapping={"columns": {}}
    )
    ImportReject.objects.create(batch=batch, line=1, reason="no handle")
    audit.record(brand=brand, verb="test", target=brand, at=NOW)
