"""Where else somebody's name or address may stand: images for undos, rejected rows, files."""

from __future__ import annotations

import zipfile
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from io import BytesIO
from operator import or_

from django.apps import apps
from django.core.files.storage import default_storage
from django.db.models import Q

from crm.choices import ImportStatus
from crm.models import (
    Brand,
    ContactPoint,
    ExternalId,
    FormerHandle,
    ImportBatch,
    ImportBeforeImage,
    ImportReject,
    Job,
    KeptAnswer,
    Notification,
    Profile,
)
from crm.registry import Registry
from crm.services.privacy.parts import FILES
from crm.services.privacy.walking import Found, Subject
from crm.stored import Store

# Shorter words stand in too many texts of others.
SHORTEST = 4
_SETTLED = (ImportStatus.APPLIED, ImportStatus.UNDONE, ImportStatus.FAILED)


@dataclass(frozen=True)
class Traces:
    """By what somebody is found in a text: their name, and what is theirs alone."""

    uid: str
    name: str
    keys: frozenset[str]
    # The row stays of whom other brands know.
    is_alone: bool
    rows: dict[str, frozenset[int]]


# What upper apps clean beside rows that hang on a creator: called with brand and traces.
CLEANERS: Registry[Callable[[Brand, Traces], None]] = Registry()


def traces_of(subject: Subject, found: Found | None = None) -> Traces:
    """Read before anything is emptied."""
    brand, creator = subject.brand, subject.creator
    profiles = Profile.objects.filter(creator=creator)
    keys = [
        *profiles.values_list("handle", flat=True),
        *FormerHandle.objects.filter(profile__in=profiles).values_list("handle", flat=True),
        *ContactPoint.objects.filter(brand=brand, creator=creator).values_list("value", flat=True),
        *ExternalId.objects.filter(brand=brand, creator=creator).values_list("value", flat=True),
    ]
    return Traces(
        uid=str(creator.uid),
        name=creator.name,
        keys=frozenset(key.lower() for key in keys if len(key) >= SHORTEST),
        is_alone=subject.is_alone,
        rows={model._meta.db_table: frozenset(pks) for model, pks in (found or {}).items()},
    )


def forget_mentions(brand: Brand, traces: Traces) -> None:
    """What was told of them, what an undo would put back, and what an import refused."""
    named = Q(url__contains=traces.uid)
    if len(traces.name) >= SHORTEST:
        named |= Q(text__icontains=traces.name)
        for job in Job.objects.filter(brand=brand).filter(
            Q(title__icontains=traces.name) | Q(result__icontains=traces.name)
        ):
            job.title, job.result = "Work about somebody who was erased", ""
            job.file.delete(save=False)
            job.file, job.expires_at = "", None
            job.save(update_fields=["title", "result", "file", "expires_at"])
    Notification.objects.filter(named, brand=brand).delete()
    # They last for a day and may show anybody: sooner than to look into each, all go.
    KeptAnswer.objects.filter(token__brand=brand).delete()
    for table, pks in traces.rows.items():
        ImportBeforeImage.objects.filter(
            batch__brand=brand, table_name=table, row_id__in=pks
        ).delete()
    words = [traces.name, *traces.keys]
    is_theirs: Q = reduce(or_, (Q(value__icontains=one) for one in words), Q(pk=None))
    ImportReject.objects.filter(is_theirs, batch__brand=brand).delete()
    for clean in CLEANERS:
        clean(brand, traces)


def files_of(brand: Brand, found: Found, *, spared: Collection[str]) -> dict[str, set[str]]:
    """The digests of files that no row will need once these are emptied, by folder of the store.

    An emptied row keeps the digest of its file: it says that there was one.
    """
    emptied = {
        model._meta.label: pks for model, pks in found.items() if model._meta.label not in spared
    }
    theirs: dict[str, set[str]] = defaultdict(set)
    needed: dict[str, set[str]] = defaultdict(set)
    for one in FILES:
        pks = emptied.get(one.label, set())
        rows = apps.get_model(one.label)._base_manager.exclude(**{one.column: ""})
        digests = rows.filter(pk__in=pks).values_list(one.column, flat=True)
        theirs[one.store.folder] |= set(digests)
    for one in FILES:
        digests_of_store = theirs[one.store.folder]
        rows = apps.get_model(one.label)._base_manager.exclude(pk__in=emptied.get(one.label, ()))
        rows = rows.filter(**{one.brand: brand.pk, f"{one.column}__in": digests_of_store})
        needed[one.store.folder] |= set(rows.values_list(one.column, flat=True))
    return {folder: theirs[folder] - needed[folder] for folder in theirs}


def remove_files(brand_id: int, digests: Mapping[str, set[str]], traces: Traces) -> None:
    """After the commit: the files that no row needs any more, and lists that name the person."""
    for folder, gone in digests.items():
        for digest in sorted(gone):
            place = Store(folder).path(brand_id, digest)
            if default_storage.exists(place):
                default_storage.delete(place)
    words = {key.encode() for key in traces.keys}
    if words:
        _remove_lists(brand_id, words)


def _remove_lists(brand_id: int, words: set[bytes]) -> None:
    """Uploaded lists are read once: those of imports that are over go when they name the person."""
    for batch in ImportBatch.objects.filter(brand=brand_id, status__in=_SETTLED).exclude(file=""):
        try:
            with batch.file.open("rb") as file:
                content = file.read()
        except FileNotFoundError:
            continue
        if any(word in part for part in _texts(content) for word in words):
            batch.file.delete(save=False)
            batch.file = ""
            batch.save(update_fields=["file"])


def _texts(content: bytes) -> Iterable[bytes]:
    """What a list says, in small letters; a workbook is an archive of texts."""
    if not content.startswith(b"PK"):
        return [content.lower(), content.decode("utf-16", "ignore").lower().encode()]
    try:
        with zipfile.ZipFile(BytesIO(content)) as book:
            return [book.read(name).lower() for name in book.namelist()]
    except zipfile.BadZipFile:
        return [content.lower()]
