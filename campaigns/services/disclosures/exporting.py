"""Evidence as an archive that proves itself: records, files, ledger, and the hash of each."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import IO, Any
from zoneinfo import ZoneInfo

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Q, QuerySet

from campaigns.choices import DisclosureVerdict, ReviewStage
from campaigns.models import Campaign, Deliverable
from campaigns.services.disclosures.dossier import (
    EXPORTED,
    Dossier,
    files_of,
    gathered,
    ledger_of,
    path_of,
    record_of,
)
from campaigns.services.disclosures.evidence import opened
from crm import audit
from crm.models import Brand, User
from crm.pdf import pdf_of

SUMS = "SHA256SUMS"
# So many pieces are listed in the summary; the records have them all.
SUMMED = 300
_PART = 50
_CHUNK = 256 * 1024
# The same records give the same bytes: an archive knows no time of its own.
_NO_TIME = (1980, 1, 1, 0, 0, 0)
README = """Evidence of disclosures

{about}
Written on {at} from Rapport.

summary.pdf              an overview for people
pieces/N/record.json     piece N: snapshots of it, reviews, what the rules said, answers, decisions
pieces/N/ledger.jsonl    the entries of the audit ledger about it, one a line
pieces/N/files/          screenshots, films and other files, each named by its SHA-256
SHA256SUMS               the SHA-256 of every other file

How to verify it
1. Unpack it, and run in its folder:   sha256sum --check SHA256SUMS
   On a Mac: shasum -a 256 -c SHA256SUMS. Every line says OK, or the file was changed.
2. A file below files/ has the hash that its name says.
3. The digest of a snapshot in record.json is the SHA-256 of its "document" as JSON with sorted
   keys, without spaces, in UTF-8. The same digest stands in the ledger (ledger.jsonl,
   verb campaigns.disclosure.captured, or .opened for a draft), written when it was kept.
4. Each line of the ledger names the hash of the line before it in the brand's whole ledger.
   "manage.py verify_ledger" checks that chain where it is kept, and against signed checkpoints.

The rules are research with sources, not law; verdicts are decisions of the people named.
"""


@dataclass(frozen=True)
class Scope:
    """What an archive is about: one piece, or a campaign and a time; nothing: all of a brand."""

    deliverable: int | None = None
    campaign: str = ""
    since: date | None = None
    until: date | None = None

    def words(self) -> str:
        """As people say it."""
        if self.deliverable is not None:
            return f"Piece {self.deliverable}"
        what = f"Campaign {self.campaign}" if self.campaign else "All campaigns"
        since = f" from {self.since:%-d %B %Y}" if self.since else ""
        until = f" until {self.until:%-d %B %Y}" if self.until else ""
        return f"{what}{since}{until}"

    def params(self) -> dict[str, Any]:
        """As a job keeps it."""
        return {
            "deliverable": self.deliverable,
            "campaign": self.campaign,
            "since": self.since.isoformat() if self.since else None,
            "until": self.until.isoformat() if self.until else None,
        }

    @classmethod
    def of(cls, params: dict[str, Any]) -> Scope:
        """What a job keeps."""
        since, until = params["since"], params["until"]
        return cls(
            deliverable=params["deliverable"],
            campaign=params["campaign"],
            since=date.fromisoformat(since) if since else None,
            until=date.fromisoformat(until) if until else None,
        )

    def pieces(self, brand: Brand) -> QuerySet[Deliverable]:
        """Pieces of the brand with a review or a snapshot, of which something fell in the time."""
        rows = Deliverable.objects.filter(
            Q(disclosure_reviews__isnull=False) | Q(evidence__isnull=False),
            engagement__campaign__brand=brand,
        )
        if self.deliverable is not None:
            rows = rows.filter(pk=self.deliverable)
        if self.campaign:
            rows = rows.filter(engagement__campaign__key=self.campaign)
        zone = ZoneInfo(brand.timezone)
        if self.since:
            begins = datetime.combine(self.since, time(), zone)
            rows = rows.filter(
                Q(disclosure_reviews__opened_at__gte=begins)
                | Q(disclosure_reviews__decided_at__gte=begins)
            )
        if self.until:
            ends = datetime.combine(self.until + timedelta(days=1), time(), zone)
            rows = rows.filter(disclosure_reviews__opened_at__lt=ends)
        return rows.distinct().order_by("pk")


class Archive:
    """A ZIP file that remembers the hash of all it was given."""

    def __init__(self, file: IO[bytes]) -> None:
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED)
        self.sums: dict[str, str] = {}

    def add(self, path: str, content: bytes) -> None:
        """A file that is at hand."""
        self.sums[path] = hashlib.sha256(content).hexdigest()
        self._zip.writestr(_entry(path, zipfile.ZIP_DEFLATED), content)

    def copy(self, path: str, content: IO[bytes]) -> None:
        """A file of any size; films do not become smaller."""
        digest = hashlib.sha256()
        with self._zip.open(_entry(path, zipfile.ZIP_STORED), "w", force_zip64=True) as target:
            while chunk := content.read(_CHUNK):
                digest.update(chunk)
                target.write(chunk)
        self.sums[path] = digest.hexdigest()

    def close(self) -> None:
        """Write the hashes, which end it."""
        lines = "".join(f"{digest}  {path}\n" for path, digest in sorted(self.sums.items()))
        self._zip.writestr(_entry(SUMS, zipfile.ZIP_DEFLATED), lines.encode())
        self._zip.close()


def write(
    file: IO[bytes],
    *,
    brand: Brand,
    scope: Scope,
    at: datetime,
    tell: Callable[[int], None] = lambda _number: None,
) -> int:
    """Write an archive; returns how many pieces. The same records and moment: the same bytes."""
    archive, summary, count = Archive(file), [], 0
    for piece in _in_parts(scope.pieces(brand)):
        dossier = gathered(piece)
        record, lost = record_of(dossier), []
        for one in files_of(dossier):
            try:
                with opened(one) as content:
                    archive.copy(path_of(piece, one), content)
            except FileNotFoundError:
                lost.append(one.sha256)
        record["files_not_found"] = lost
        archive.add(f"pieces/{piece.pk}/record.json", _json(record))
        entries = "".join(f"{audit.canonical(_plain(row))}\n" for row in ledger_of(dossier))
        archive.add(f"pieces/{piece.pk}/ledger.jsonl", entries.encode())
        if count < SUMMED:
            summary.append(_summed(dossier, record))
        count += 1
        tell(1)
    moment = at.astimezone(ZoneInfo(brand.timezone))
    told = f"{moment:%-d %B %Y %H:%M} ({brand.timezone})"
    data = {
        "brand": brand.name,
        "about": scope.words(),
        "at": told,
        "count": count,
        "left_out": max(0, count - SUMMED),
        "pieces": summary,
    }
    archive.add("summary.pdf", pdf_of("evidence", data, at=at))
    about = f"{brand.name}. {scope.words()}: {count} piece{'' if count == 1 else 's'}."
    archive.add("README.txt", README.format(about=about, at=told).encode())
    archive.close()
    return count


def note(*, brand: Brand, scope: Scope, count: int, actor: User | None, at: datetime) -> None:
    """Say in the ledger that evidence was taken out."""
    data = {name: value for name, value in scope.params().items() if value}
    target: Any = brand
    if scope.deliverable is not None:
        target = Deliverable.objects.get(pk=scope.deliverable)
    elif scope.campaign:
        target = Campaign.objects.get(brand=brand, key=scope.campaign)
    audit.record(
        brand=brand,
        verb=EXPORTED,
        target=target,
        actor=actor,
        at=at,
        data=data | {"pieces": count},
        label=str(target),
    )


def name_of(brand: Brand, scope: Scope, at: datetime) -> str:
    """What the file is called."""
    what = f"-{scope.campaign}" if scope.campaign else ""
    what = f"-piece-{scope.deliverable}" if scope.deliverable is not None else what
    day = at.astimezone(ZoneInfo(brand.timezone)).date()
    return f"evidence-{brand.slug}{what}-{day:%Y-%m-%d}.zip"


def _in_parts(rows: QuerySet[Deliverable]) -> Iterator[Deliverable]:
    numbers = list(rows.values_list("pk", flat=True))
    for start in range(0, len(numbers), _PART):
        part = Deliverable.objects.filter(pk__in=numbers[start : start + _PART])
        yield from part.select_related(
            "platform",
            "engagement__campaign__brand",
            "engagement__relationship__creator",
        ).order_by("pk")


def _summed(dossier: Dossier, record: dict[str, Any]) -> dict[str, Any]:
    """What the summary says of a piece."""
    piece = dossier.piece
    zone = ZoneInfo(piece.engagement.campaign.brand.timezone)

    def moment(value: datetime | None) -> str:
        return f"{value.astimezone(zone):%-d %b %Y %H:%M}" if value else ""

    reviews = []
    for review in record["reviews"]:
        found = {one["id"]: one for one in review["findings"]}
        stage = ReviewStage(review["stage"]).label
        version = f", version {review['draft']}" if review["draft"] else ""
        reviews.append(
            {
                "what": f"{stage}{version}",
                "state": review["state"],
                "verdict": _label(review["verdict"]),
                "opened": moment(review["opened_at"]),
                "decided": moment(review["decided_at"]),
                "decisions": [
                    {
                        "verdict": _label(one["verdict"]),
                        "engine": _label(found[one["finding"]]["verdict"]),
                        "by": one["by"] or "somebody who has left",
                        "at": moment(one["at"]),
                        "reason": one["reason"] or "",
                        "rules": ", ".join(
                            f"{key} {pack['version']}"
                            for key, pack in sorted(
                                (found[one["finding"]]["packs"] or {})
                                .get("jurisdictions", {})
                                .items()
                            )
                        ),
                    }
                    for one in review["decisions"]
                ],
            }
        )
    return {
        "title": piece.title,
        "creator": record["creator"]["name"],
        "campaign": record["campaign"]["name"],
        "platform": str(piece.platform),
        "published": moment(piece.published_at),
        "url": piece.published_url,
        "reviews": reviews,
        "evidence": [
            {
                "at": moment(shot.captured_at),
                "source": shot.get_source_display(),
                "digest": shot.digest,
                "files": len(shot.files.all()),
            }
            for shot in dossier.shots
        ],
    }


def _label(verdict: str | None) -> str:
    return DisclosureVerdict(verdict).label if verdict else ""


def _entry(path: str, method: int) -> zipfile.ZipInfo:
    made = zipfile.ZipInfo(path, _NO_TIME)
    made.compress_type, made.create_system, made.external_attr = method, 3, 0o644 << 16
    return made


def _json(value: Any) -> bytes:
    words = json.dumps(value, cls=DjangoJSONEncoder, sort_keys=True, ensure_ascii=False, indent=1)
    return f"{words}\n".encode()


def _plain(value: Any) -> Any:
    return json.loads(json.dumps(value, cls=DjangoJSONEncoder))
