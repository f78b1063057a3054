"""A copy of everything that a brand holds about somebody, as one file that needs no tools.

The page inside reads itself; beside it lies the same for machines. What is in it is found in the
models (walking.py), so that nothing is forgotten; names of people of the brand are left out.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

from django.core.files.base import ContentFile
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.template.loader import render_to_string
from django.utils.text import capfirst

from crm import audit
from crm.choices import JobStatus
from crm.models import (
    AuditEntry,
    Brand,
    Creator,
    Job,
    Niche,
    OutreachPolicy,
    Platform,
    PrivacyRequest,
    Relationship,
    User,
    Vetting,
)
from crm.registry import Registry
from crm.services import jobs
from crm.services.held import Held, held_about
from crm.services.merge.tables import words_of
from crm.services.privacy.origins import Origin, origins_of
from crm.services.privacy.refusals import PrivacyRefused
from crm.services.privacy.walking import Subject, walk

KIND = "privacy.copy"
# Rows that say nothing beside what others say.
_SILENT = frozenset(
    {
        "crm.CreatorMetrics",
        "crm.DuplicatePair",
        "crm.JobRow",
        "crm.Mention",
        "crm.Merge",
        "crm.MergePart",
        "crm.Reminder",
        "crm.RetentionItem",
        "crm.SuppressedAddress",
    }
)
# Numbers of ours, versions, hashes.
_UNSAID = frozenset({"id", "version", "digest", "sha256", "file_sha256", "document_sha256", "made"})
ROWS_SHOWN = 2_000


@dataclass(frozen=True)
class Judged:
    """Something that was decided about somebody by a rule or a score, and how."""

    what: str
    result: str
    logic: str
    since: datetime | None = None


# Upper apps add theirs (docs/adr/0011).
JUDGEMENTS: Registry[Callable[[Relationship], Iterable[Judged]]] = Registry()


@dataclass(frozen=True)
class Part:
    """Rows of one kind. `rows` are {label: value}."""

    heading: str
    rows: list[dict[str, Any]]
    number: int


@dataclass(frozen=True)
class Copy:
    """What the file says."""

    brand: Brand
    name: str
    at: datetime
    address: str
    notice_url: str
    summary: list[Held]
    origins: list[Origin]
    parts: list[Part]
    judged: list[Judged]
    recipients: list[tuple[datetime, str]]


def collect(relationship: Relationship, *, at: datetime) -> Copy:
    """Everything there is. `relationship` is read with its brand and creator."""
    subject = Subject.of(relationship)
    policy = OutreachPolicy.of(subject.brand)
    parts = [_own(subject.creator)]
    # What is public of somebody whom other brands know as well is held by this one, too.
    found = walk(Subject(relationship, is_alone=True))
    for model, pks in sorted(found.items(), key=lambda one: one[0]._meta.label):
        if model._meta.label not in _SILENT and model is not Creator:
            rows = model._base_manager.filter(pk__in=pks).order_by("pk")
            parts.append(Part(capfirst(words_of(model)), _rows(model, rows), len(pks)))
    return Copy(
        brand=subject.brand,
        name=subject.creator.name,
        at=at,
        address=policy.postal_address,
        notice_url=policy.privacy_url,
        summary=held_about(relationship, at),
        origins=origins_of(relationship),
        parts=[part for part in parts if part.rows],
        judged=[
            *_vettings(relationship),
            *(one for ask in JUDGEMENTS for one in ask(relationship)),
        ],
        recipients=list(_recipients(relationship)),
    )


def pack(copy: Copy) -> bytes:
    """The page and the same for machines, in one archive."""
    page = render_to_string("crm/privacy/copy.html", {"copy": copy})
    machine = {
        "about": copy.name,
        "held_by": copy.brand.name,
        "made_at": copy.at,
        "data": {part.heading: part.rows for part in copy.parts},
        "where_from": [vars(line) for line in copy.origins],
        "decided": [vars(one) for one in copy.judged],
        "given_to": [{"at": at, "what": what} for at, what in copy.recipients],
    }
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("your-data.html", page)
        archive.writestr(
            "your-data.json",
            json.dumps(machine, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2),
        )
    return made.getvalue()


def ask(
    *,
    relationship: Relationship,
    actor: User,
    at: datetime,
    request: PrivacyRequest | None = None,
) -> Job:
    """Have the file made by a worker. Raises PrivacyRefused."""
    if relationship.erased_at is not None:
        raise PrivacyRefused("They were erased: nothing is held about them.")
    return jobs.start(
        brand=relationship.brand,
        kind=KIND,
        title=f"Copy of the data of creator {relationship.creator_id}",
        params={
            "relationship": relationship.pk,
            "request": request.pk if request is not None else None,
        },
        actor=actor,
        at=at,
    )


def work(job: Job, progress: jobs.Progress) -> None:
    """The worker's side of `ask`."""
    at = job.started_at or job.created_at
    relationship = (
        Relationship.objects.select_related("brand", "creator")
        .filter(pk=job.params["relationship"], brand=job.brand)
        .first()
    )
    if relationship is None:
        raise jobs.JobFailed("The creator is not here any more.")
    progress.begin(1)
    content = pack(collect(relationship, at=at))
    job.file.save(f"data-{relationship.creator_id}.zip", ContentFile(content), save=False)
    job.file_name = f"data-{relationship.creator_id}.zip"
    job.expires_at = at + jobs.FILES_KEPT
    job.save(update_fields=["file", "file_name", "expires_at"])
    audit.record(
        brand=job.brand,
        verb="crm.privacy.copied",
        target=relationship,
        actor=job.asked_by,
        at=at,
        data={"size": len(content), "request": job.params["request"]},
        label=relationship.creator.name,
    )
    progress.advance(1)


def tell(job: Job) -> str:
    """What came of it."""
    if job.status != JobStatus.DONE:
        return ""
    return "The copy is ready. Read it before you hand it out: others may be named in it."


JOB = jobs.Kind("Copy of somebody's data", work, tell)


def _own(creator: Creator) -> Part:
    rows = Creator.objects.filter(pk=creator.pk)
    return Part("You", _rows(Creator, rows), 1)


def _rows(model: type[models.Model], rows: models.QuerySet[Any]) -> list[dict[str, Any]]:
    names = list(_names(model))
    keys = [one for one, _label in names]
    lines = rows.values(*[one.name for one in keys])[:ROWS_SHOWN]
    return [
        {
            label: value
            for one, label in names
            if (value := _said(one, line[one.name])) not in (None, "", [], {})
        }
        for line in lines
    ]


def _names(model: type[models.Model]) -> Iterator[tuple[models.Field[Any, Any], str]]:
    for one in model._meta.concrete_fields:
        if one.primary_key or one.name in _UNSAID:
            continue
        # A row of another kind is told by its own part; who of us did it is not theirs to know.
        if one.remote_field is None or one.related_model in {Platform, Niche}:
            yield one, capfirst(str(one.verbose_name))


def _said(one: models.Field[Any, Any], value: Any) -> Any:
    if one.choices and not isinstance(value, list):
        labels: Mapping[Any, Any] = dict(one.flatchoices)
        return str(labels.get(value, value))
    return value


def _vettings(relationship: Relationship) -> Iterator[Judged]:
    rows = Vetting.objects.filter(relationship=relationship).order_by("pk")
    for row in rows:
        yield Judged(
            "Review of your content",
            row.get_status_display(),
            "People of the brand read what you published and answer the questions of a form, "
            "without seeing each other's answers. No machine decides.",
            row.requested_at,
        )


def _recipients(relationship: Relationship) -> Iterator[tuple[datetime, str]]:
    """When lists that may have named them left the product, as the ledger knows."""
    rows = AuditEntry.objects.filter(
        brand=relationship.brand, verb__contains="export", at__gte=relationship.since
    ).order_by("number")
    for at, verb in rows.values_list("at", "verb"):
        yield at, f"A list was taken out by somebody of {relationship.brand} ({verb})"
