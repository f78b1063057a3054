"""What apps say about an erasure beside what their models say by themselves (docs/adr/0011)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from crm.models import Brand, Creator
from crm.outreach.attachments import STORE as MAIL
from crm.registry import Registry
from crm.services.privacy.blanking import ERASED, KEPT, VALUES
from crm.services.privacy.walking import OWN
from crm.stored import Store

# Rows that are deleted whole: without their words they are nothing. All others are emptied.
DELETED: Registry[str] = Registry()
# Where there is one of these, numbers or agreements need the row of the creator.
PAPERS: Registry[str] = Registry()
# Kept word for word for as long as the brand keeps contracts.
CONTRACTS: Registry[str] = Registry()


@dataclass(frozen=True)
class Own:
    """Tables that an app erases by itself.

    tables  labels of the models, which the walk leaves alone
    lock    wait for whatever else writes them, before any row is locked (brand)
    count   how many rows there are, by words for people
    erase   do it; what has to stay belongs to the number `heir` from then on (None: to the same)
    """

    tables: frozenset[str]
    lock: Callable[[Brand], None]
    count: Callable[[Brand, Creator], dict[str, int]]
    erase: Callable[[Brand, Creator, int | None, datetime], None]


PARTS: Registry[Own] = Registry()


@dataclass(frozen=True)
class Files:
    """A column that names files of a store by their digest; `brand` is how its brand is found."""

    label: str
    column: str
    store: Store
    brand: str = "brand"


FILES: Registry[Files] = Registry()
FILES.add("mail", Files("crm.Attachment", "sha256", MAIL))


def add_part(key: str, part: Own) -> None:
    """Add an app's own tables."""
    PARTS.add(key, part)
    for label in part.tables:
        OWN.add(label, label)


def _add(registry: Registry[str], *labels: str) -> None:
    for label in labels:
        registry.add(label, label)


def add_deleted(*labels: str) -> None:
    """Rows that are nothing without their words."""
    _add(DELETED, *labels)


def add_papers(*labels: str) -> None:
    """Rows that numbers or agreements need."""
    _add(PAPERS, *labels)


def add_contracts(*labels: str) -> None:
    """Rows that are kept as long as contracts are."""
    _add(CONTRACTS, *labels)


def add_kept(*columns: str) -> None:
    """Columns that hold words of ours: keys, codes."""
    _add(KEPT, *columns)


add_deleted(
    "crm.Application",
    "crm.Attachment",
    "crm.AudienceSnapshot",
    "crm.ContactPoint",
    "crm.Creator",
    "crm.CreatorMetrics",
    "crm.CreatorNiche",
    "crm.CreatorTag",
    "crm.DuplicatePair",
    "crm.ExternalId",
    "crm.FieldValue",
    "crm.FormerHandle",
    "crm.JobRow",
    "crm.Merge",
    "crm.Note",
    "crm.Notice",
    "crm.PitchApproval",
    "crm.PostalAddress",
    "crm.Representation",
    "crm.RetentionItem",
    "crm.Task",
    "crm.Thread",
)
add_papers("crm.Enrolment", "crm.Vetting")
add_kept(
    "crm.Post.language",
    "crm.SuppressedAddress.digest",
    "crm.Erasure.reason",
    "crm.Erasure.counts",
    "crm.Answer.choice",
    "crm.VettingResult.choice",
)
VALUES.add("crm.Post", {"title": "", "caption": "", "url": ""})
VALUES.add("crm.Profile", {"display_name": "", "url": "", "external_id": "", "bio": ""})
VALUES.add("crm.SuppressedAddress", {"hint": ""})
VALUES.add("crm.Suppression", {"note": "", "lifted_note": ERASED})
__all__ = (
    "CONTRACTS",
    "DELETED",
    "ERASED",
    "FILES",
    "PAPERS",
    "PARTS",
    "Files",
    "Own",
    "add_contracts",
    "add_deleted",
    "add_kept",
    "add_papers",
    "add_part",
)
