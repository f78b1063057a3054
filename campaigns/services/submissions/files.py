"""Files that strangers hand in: apart from the library until somebody accepts them."""

from __future__ import annotations

from datetime import datetime
from typing import IO, Any

from django.core.files.base import File
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile

from campaigns.models import Submission
from campaigns.services.assets import files as library
from campaigns.services.deliverables import files as drafts
from campaigns.services.refusals import CampaignRefused
from crm.models import Brand
from crm.stored import Store

STORE = Store("submissions")
# A film of a minute from a telephone.
SIZE_MAX = 100 * 1024 * 1024
_SHOWN = ("image/", "video/")


def keep(brand: Brand, upload: UploadedFile[Any]) -> drafts.Kept:
    """Look at what somebody uploaded, and store it. Raises CampaignRefused."""
    name = upload.name or "file"
    if (upload.size or 0) > SIZE_MAX:
        raise CampaignRefused(
            f"“{name}” is larger than {SIZE_MAX // 1_048_576} MB. Give its address instead.",
            field="file",
        )
    try:
        kept = drafts.keep(brand, [upload], store=STORE)[0]
    except CampaignRefused as refusal:
        raise CampaignRefused(str(refusal), code=refusal.code, field="file") from refusal
    if not kept.content_type.startswith(_SHOWN):
        raise CampaignRefused("Choose a picture or a film.", field="file")
    return kept


def opened(submission: Submission) -> IO[bytes]:
    """Its bytes. Raises FileNotFoundError where the store has lost it."""
    return STORE.open(submission.brand_id, submission.sha256)


def to_library(submission: Submission) -> drafts.Kept | None:
    """The file in the store of the library; a quote without picture or address becomes a text.

    Raises CampaignRefused where the store has lost it.
    """
    brand = submission.brand
    if submission.sha256:
        try:
            with opened(submission) as file:
                drafts.STORE.keep(brand.pk, submission.sha256, File(file))
        except FileNotFoundError as error:
            raise CampaignRefused("The store has lost this file: ask for it again.") from error
        return drafts.Kept(
            submission.file_name, submission.content_type, submission.size or 0, submission.sha256
        )
    if submission.url:
        return None
    text = SimpleUploadedFile(f"quote-{submission.pk}.txt", submission.text.encode())
    return library.keep(brand, text)


def remove_orphans(brand: Brand, *, at: datetime) -> int:
    """Delete what no submission names any more; how many files."""
    return STORE.remove_orphans(
        brand.pk,
        needed=lambda digests: set(
            Submission.objects.filter(brand=brand, sha256__in=digests).values_list(
                "sha256", flat=True
            )
        ),
        at=at,
    )
