"""Visits of the brand's site by link, code and day: told again they are replaced, and undone back.

Whose visits they are is said by a link, by a code, or by UTM words that one link alone has.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.db.models import Q

from campaigns.models import PromoCode, TrackingLink, VisitBatch, VisitDay
from campaigns.models.tracking import UTM
from campaigns.services.days import today_of
from campaigns.services.refusals import CampaignRefused
from crm import audit
from crm.choices import Source
from crm.importers.numbers import BadValue, parse_count
from crm.importers.tables import Line, TableRefused, read_table
from crm.models import Brand, User

DAYS_MAX = 50_000
FIRST_DAY = date(2000, 1, 1)
NUMBERS = ("sessions", "engaged", "bounces", "pages", "seconds")
SESSIONS_MAX, TOTAL_MAX = 2**31 - 1, 2**53
OVER_REST = "over REST"
COLUMNS: Mapping[str, Sequence[str]] = {
    "day": ("day", "date"),
    "link": ("link", "tracking link", "short link"),
    "code": ("code", "promo code", "coupon", "discount code"),
    **{name: (name, name.replace("_", " ")) for name in UTM},
    "sessions": ("sessions", "visits"),
    "engaged": ("engaged", "engaged sessions", "engaged visits"),
    "bounces": ("bounces",),
    "pages": ("pages", "page views", "pageviews", "views"),
    "seconds": ("seconds", "duration", "time on site"),
}


@dataclass(frozen=True)
class Told:
    """A day of visits. `numbers` has sessions and what else is known; whose they are is one of
    `link` (the end of its address), `code`, or `utm` words.
    """

    day: date
    numbers: Mapping[str, int]
    link: str = ""
    code: str = ""
    utm: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Kept:
    """How many days were new, how many were the same already, how many were replaced."""

    new: int
    known: int
    replaced: int


@transaction.atomic
def tell(
    *,
    brand: Brand,
    days: Sequence[Told],
    source: Source,
    actor: User | None,
    at: datetime,
    file_name: str = OVER_REST,
) -> tuple[VisitBatch, Kept]:
    """Keep days of visits, all or none; a day that is there with other numbers is replaced.

    Raises VisitsRefused, whose `place` says which of the days is at fault.
    """
    Brand.objects.select_for_update(no_key=True).get(pk=brand.pk)
    if not 0 < len(days) <= DAYS_MAX:
        msg = f"Between one and {DAYS_MAX:,} days at once."
        raise VisitsRefused(msg, code="too_many", field="visits")
    wanted = _places(brand, days, today=today_of(brand, at))
    batch = VisitBatch.objects.create(
        brand=brand, file_name=file_name[:255], created_by=actor, created_at=at
    )
    there = _there(brand, list(wanted))
    new, changed, replaced = [], [], []
    for place, one in wanted.items():
        numbers = {name: one.numbers.get(name) for name in NUMBERS}
        row = there.get(place)
        if row is None:
            link, code, day = place
            new.append(
                VisitDay(
                    brand=brand,
                    link_id=link,
                    code_id=code,
                    day=day,
                    source=source,
                    batch=batch,
                    created_at=at,
                    **numbers,
                )
            )
        elif any(getattr(row, name) != number for name, number in numbers.items()):
            replaced.append(_before(row))
            for name, number in numbers.items():
                setattr(row, name, number)
            row.source, row.batch = source, batch
            changed.append(row)
    VisitDay.objects.bulk_create(new, batch_size=1_000)
    VisitDay.objects.bulk_update(changed, [*NUMBERS, "source", "batch"], batch_size=1_000)
    batch.days_new, batch.days_known = len(new), len(wanted) - len(new) - len(changed)
    batch.replaced = replaced
    batch.save(update_fields=["days_new", "days_known", "replaced"])
    kept = Kept(batch.days_new, batch.days_known, len(replaced))
    audit.record(
        brand=brand,
        verb="campaigns.visits.told",
        target=batch,
        actor=actor,
        at=at,
        label=f"visits #{batch.pk}",
        data={"new": kept.new, "known": kept.known, "replaced": kept.replaced, "source": source},
    )
    return batch, kept


def import_visits(
    *, brand: Brand, upload: File[Any], source: Source, actor: User | None, at: datetime
) -> tuple[VisitBatch, Kept]:
    """Take a file in, whole or not at all. Raises TableRefused with every fault."""
    lines = read_table(upload, COLUMNS, required=("day", "sessions"))
    days = _read(lines)
    try:
        return tell(
            brand=brand,
            days=days,
            source=source,
            actor=actor,
            at=at,
            file_name=upload.name or "visits",
        )
    except VisitsRefused as refusal:
        where = "" if refusal.place is None else f"Line {lines[refusal.place].number}: "
        raise TableRefused([f"{where}{refusal}"]) from None


@transaction.atomic
def undo(*, batch_id: int, brand: Brand, actor: User | None, at: datetime) -> VisitBatch:
    """Take visits back: what they brought is gone, what they replaced is back.

    What somebody has told over since stays. Raises VisitsRefused.
    """
    Brand.objects.select_for_update(no_key=True).get(pk=brand.pk)
    batch = VisitBatch.objects.select_for_update(no_key=True, of=("self",)).get(
        pk=batch_id, brand=brand
    )
    if batch.undone_at is not None:
        msg = "These visits were taken back already."
        raise VisitsRefused(msg, code="undone")
    mine = {row.pk: row for row in VisitDay.objects.filter(batch=batch)}
    back = []
    for before in batch.replaced:
        row = mine.pop(before["id"], None)
        if row is not None:
            for name in (*NUMBERS, "source", "batch_id"):
                setattr(row, name, before[name])
            back.append(row)
    VisitDay.objects.bulk_update(back, [*NUMBERS, "source", "batch"], batch_size=1_000)
    VisitDay.objects.filter(pk__in=list(mine)).delete()
    batch.undone_at = at
    batch.save(update_fields=["undone_at"])
    audit.record(
        brand=brand,
        verb="campaigns.visits.undone",
        target=batch,
        actor=actor,
        at=at,
        label=f"visits #{batch.pk}",
        data={"gone": len(mine), "back": len(back)},
    )
    return batch


class VisitsRefused(CampaignRefused):
    """Nothing was kept. `place` is which of the days is at fault, from 0; None: all of them."""

    def __init__(
        self, message: str, *, code: str, field: str = "", place: int | None = None
    ) -> None:
        super().__init__(message, code=code, field=field)
        self.place = place


_Place = tuple[int | None, int | None, date]


def _places(brand: Brand, days: Sequence[Told], *, today: date) -> dict[_Place, Told]:
    """Each day by its link or code. Raises VisitsRefused."""
    links, codes, of_words = _links(brand, days), _codes(brand, days), _of_words(brand, days)
    found: dict[_Place, Told] = {}

    def take(one: Told) -> None:
        _check(one, today)
        if one.link:
            place: _Place = (_known(links, _end_of(one.link), "link"), None, one.day)
        elif one.code:
            place = (None, _known(codes, one.code.strip().upper(), "code"), one.day)
        else:
            place = (_meant(of_words, one.utm or {}), None, one.day)
        if found.setdefault(place, one).numbers != one.numbers:
            msg = f"{one.day:%-d %B %Y} is told twice for one link or code."
            raise VisitsRefused(msg, code="twice", field="day")

    for number, one in enumerate(days):
        try:
            take(one)
        except VisitsRefused as refusal:
            refusal.place = number
            raise
    return found


def _check(one: Told, today: date) -> None:
    if not FIRST_DAY <= one.day <= today:
        msg = f"{one.day:%-d %B %Y} is not between {FIRST_DAY:%-d %B %Y} and today."
        raise VisitsRefused(msg, code="out_of_range", field="day")
    if "sessions" not in one.numbers:
        msg = "Say how many sessions there were."
        raise VisitsRefused(msg, code="number_needed", field="sessions")
    for name, number in one.numbers.items():
        most = TOTAL_MAX if name in ("pages", "seconds") else SESSIONS_MAX
        if not 0 <= number <= most:
            msg = f"A number lies between 0 and {most:,}."
            raise VisitsRefused(msg, code="out_of_range", field=name)
    for name in ("engaged", "bounces"):
        if one.numbers.get(name, 0) > one.numbers["sessions"]:
            msg = f"There are more {name} than sessions."
            raise VisitsRefused(msg, code="more_than_all", field=name)
    said = [bool(one.link), bool(one.code), any((one.utm or {}).values())]
    if sum(said) != 1:
        msg = "Say whose visits these are: by a link, by a code, or by UTM words."
        raise VisitsRefused(msg, code="place_needed", field="link")


def _links(brand: Brand, days: Sequence[Told]) -> dict[str, int]:
    ends = {_end_of(one.link) for one in days if one.link}
    rows = TrackingLink.objects.filter(brand=brand, code__in=ends)
    return dict(rows.values_list("code", "pk"))


def _codes(brand: Brand, days: Sequence[Told]) -> dict[str, int]:
    asked = {one.code.strip().upper() for one in days if one.code}
    rows = PromoCode.objects.filter(brand=brand, code__in=asked)
    return dict(rows.values_list("code", "pk"))


def _of_words(brand: Brand, days: Sequence[Told]) -> list[dict[str, Any]]:
    """Links whose creator or campaign is among the words that are asked for."""
    words = [one.utm for one in days if one.utm]
    if not words:
        return []
    named = Q()
    for name in UTM:
        values = {one[name].strip().lower() for one in words if one.get(name)}
        if values:
            named |= Q(**{f"{name}__in": values})
    return list(TrackingLink.objects.filter(named, brand=brand).values("pk", *UTM))


def _meant(links: Sequence[Mapping[str, Any]], utm: Mapping[str, str]) -> int:
    """The one link that has all these words. Raises VisitsRefused."""
    asked = {name: word.strip().lower() for name, word in utm.items() if word.strip()}
    fit = [one["pk"] for one in links if all(one[name] == word for name, word in asked.items())]
    if len(fit) == 1:
        return int(fit[0])
    words = ", ".join(asked.values())
    msg = (
        f"No link of yours has the UTM words {words[:120]}."
        if not fit
        else f"{len(fit)} links have the UTM words {words[:120]}: say which one."
    )
    raise VisitsRefused(msg, code="not_one_link", field="utm_content")


def _known(there: Mapping[str, int], key: str, field: str) -> int:
    if key not in there:
        msg = f"There is no {field} “{key[:60]}” of yours."
        raise VisitsRefused(msg, code=f"unknown_{field}", field=field)
    return there[key]


def _end_of(link: str) -> str:
    """The end of a short address, which is the link's own code."""
    return link.strip().rstrip("/").rpartition("/")[2].lower()


def _there(brand: Brand, places: Sequence[_Place]) -> dict[_Place, VisitDay]:
    rows = VisitDay.objects.select_for_update(no_key=True).filter(
        Q(link__in={link for link, _code, _day in places if link})
        | Q(code__in={code for _link, code, _day in places if code}),
        brand=brand,
        day__in={day for _link, _code, day in places},
    )
    return {(row.link_id, row.code_id, row.day): row for row in rows.order_by("pk")}


def _before(row: VisitDay) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("id", *NUMBERS, "source", "batch_id")}


def _read(lines: Sequence[Line]) -> list[Told]:
    """The rows. Raises TableRefused with every fault."""
    found, faults = [], []
    for line in lines:
        try:
            found.append(_told(line))
        except BadValue as wrong:
            faults.append(f"Line {line.number}: {wrong}")
    if faults:
        raise TableRefused(faults)
    return found


def _told(line: Line) -> Told:
    cells = {name: str(cell or "").strip() for name, cell in line.cells.items()}
    try:
        day = date.fromisoformat(cells["day"][:10])
    except ValueError:
        msg = f"“{cells['day'][:40]}” is no day: write 2026-11-22."
        raise BadValue("not_a_day", msg) from None
    numbers = {name: parse_count(line.cells.get(name)) for name in NUMBERS}
    return Told(
        day=day,
        numbers={name: number for name, number in numbers.items() if number is not None},
        link=cells.get("link", ""),
        code=cells.get("code", ""),
        utm={name: cells[name] for name in UTM if cells.get(name)} or None,
    )
