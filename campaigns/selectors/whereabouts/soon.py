"""Who can post within some hours near a place: ranked, with what speaks for and against each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import (
    Case,
    F,
    IntegerField,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.fields import TextField

from campaigns.models import Whereabouts
from campaigns.selectors.conflicts import barred, vetted
from campaigns.selectors.exclusivities import promised_to_others, promised_to_us
from campaigns.services.days import today_of
from campaigns.services.rights import territories
from crm.choices import MailDirection
from crm.models import Brand, Hold, Message, Relationship
from crm.models.creators import Fold

FOUND_MAX, APART_MAX, SILENT_MAX = 100, 50, 25
HOURS_MAX = 24 * 31
_NEAR = "near"
# How near: the place itself, the country that was asked for, anywhere.
_HERE, _COUNTRY, _REMOTE = 0, 1, 2


@dataclass(frozen=True)
class Near:
    """What was asked: a place, a country, both ("Copenhagen, Denmark"), or neither."""

    place: str = ""
    countries: tuple[str, ...] = ()

    @classmethod
    def read(cls, words: str) -> Near:
        """A country's name or code, a place, or a place and its country with a comma between."""
        text = " ".join(words.replace("\0", "").split())[:120]
        if not text:
            return cls()
        codes, strange = territories.read(text)
        if codes and not strange:
            return cls("", tuple(codes))
        place, _comma, country = text.rpartition(",")
        codes, strange = territories.read(country) if place else ([], "")
        if codes and not strange:
            return cls(place.strip(), tuple(codes))
        return cls(text)


@dataclass(frozen=True)
class Question:
    """Near what, within how many hours, and in which form (empty: any)."""

    near: Near
    hours: int
    form: str = ""


@dataclass(frozen=True)
class Line:
    """A creator, what was said last, and the reasons."""

    relationship: Relationship
    whereabouts: Whereabouts
    reasons: Sequence[str]
    # Nobody invites them now; and what somebody should look at.
    bars: Sequence[str]
    warnings: Sequence[str]
    answered_at: datetime | None

    @property
    def is_free(self) -> bool:
        """Whether they may be asked."""
        return not self.bars


@dataclass(frozen=True)
class Soon:
    """The answer: who can, of whom something is not known, and of whom nothing was said."""

    lines: Sequence[Line]
    unknown: Sequence[Line]
    silent: Sequence[Relationship]
    silent_count: int
    is_cut: bool


def current(brand: Brand, on: date) -> QuerySet[Whereabouts]:
    """What holds of each creator on a day: what was said last of those that name the day."""
    last = (
        Whereabouts.objects.on(on)
        .filter(relationship=OuterRef("relationship"))
        .order_by("-said_at", "-pk")
    )
    return Whereabouts.objects.filter(pk=Subquery(last.values("pk")[:1]), relationship__brand=brand)


def who_can(brand: Brand, question: Question, among: QuerySet[Relationship], at: datetime) -> Soon:
    """A constant number of queries; `among` are relationships of the brand."""
    today = today_of(brand, at)
    among = among.filter(erased_at=None, restricted_at=None)
    rows = _near(current(brand, today), question.near).filter(relationship__in=among.values("pk"))
    rows = rows.select_related("relationship__creator__metrics", "relationship__brand", "said_by")
    fits = Q(notice_hours__lte=question.hours)
    missing = Q(notice_hours=None)
    if question.form:
        fits &= Q(formats__contains=[question.form])
        missing |= Q(formats=[], notice_hours__lte=question.hours)
    # Annotated below, which the types do not see through a variable.
    is_vague = Q(**{f"{_NEAR}__isnull": True})
    can = list(
        rows.filter(fits, ~is_vague).order_by(_NEAR, "notice_hours", "-said_at", "-pk")[
            : FOUND_MAX + 1
        ]
    )
    apart = list(
        rows.filter(missing | (fits & is_vague)).order_by(
            F(_NEAR).asc(nulls_last=True), "-said_at", "-pk"
        )[:APART_MAX]
    )
    silent = among.exclude(pk__in=current(brand, today).values("relationship"))
    told = _told(brand, [row.relationship for row in [*can, *apart]], today, at)
    return Soon(
        lines=[_line(row, question, told, today) for row in can[:FOUND_MAX]],
        unknown=[_line(row, question, told, today) for row in apart],
        silent=list(
            silent.select_related("creator__metrics").order_by(
                F("creator__metrics__followers").desc(nulls_last=True), "pk"
            )[:SILENT_MAX]
        ),
        silent_count=silent.count(),
        is_cut=len(can) > FOUND_MAX,
    )


def _near(rows: QuerySet[Whereabouts], near: Near) -> QuerySet[Whereabouts]:
    """With how near each is; those that are elsewhere are left out, and null is not known.

    Whoever named only the country that was asked for may be at the place, or not.
    """
    here, vague = Q(), Q(pk__in=[])
    in_country = Q(country__in=near.countries) if near.countries else Q()
    if near.place:
        folded = Fold(Value(near.place, output_field=TextField()))
        rows = rows.alias(folded=Fold("place"))
        here = Q(folded__contains=folded) & (in_country | Q(country="") if near.countries else Q())
        vague = Q(place="", is_remote=False) & (in_country if near.countries else ~Q(country=""))
    elif near.countries:
        here = in_country
    whens = [When(here, then=Value(_HERE if near.place else _COUNTRY))] if here else []
    if not whens:
        # Nothing was asked for: everywhere is near.
        return rows.annotate(near=Value(_HERE, output_field=IntegerField()))
    return rows.annotate(
        near=Case(
            *whens,
            When(is_remote=True, then=Value(_REMOTE)),
            default=Value(None),
            output_field=IntegerField(),
        )
    ).filter(here | vague | Q(is_remote=True))


@dataclass(frozen=True)
class _Told:
    """What is known of several creators, by relationship."""

    barred: Mapping[int, Sequence[str]]
    held: frozenset[int | None]
    vetted: Mapping[int, str]
    promises: Mapping[int, Sequence[str]]
    answered: Mapping[int, datetime]


def _told(brand: Brand, relationships: Sequence[Relationship], today: date, at: datetime) -> _Told:
    numbers = [row.pk for row in relationships]
    holds = Hold.objects.filter(Q(relationship=None) | Q(relationship__in=numbers), brand=brand)
    answered = (
        Message.objects.filter(
            thread__relationship__in=numbers, direction=MailDirection.IN, at__lte=at
        )
        .order_by()
        .values_list("thread__relationship")
        .annotate(last=Max("at"))
    )
    return _Told(
        barred=barred(brand, relationships, at),
        held=frozenset(holds.in_force(at).values_list("relationship", flat=True)),
        vetted=vetted(numbers, at),
        promises=_promises(brand, numbers, today),
        answered=dict(answered),
    )


def _promises(brand: Brand, numbers: Collection[int], today: date) -> Mapping[int, Sequence[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    for promise in [*promised_to_others(numbers), *promised_to_us(brand, numbers)]:
        if not promise.ended(today):
            to = promise.to or str(brand)
            until = f" until {promise.until:%-d %B %Y}" if promise.until else ""
            found[promise.relationship].append(f"Exclusive to {to} for {promise.category}{until}.")
    return found


def _line(row: Whereabouts, question: Question, told: _Told, today: date) -> Line:
    pk = row.relationship_id
    bars = list(told.barred.get(pk, ()))
    if {pk, None} & told.held:
        bars.append("Paused: work with them stands still.")
    review = told.vetted.get(pk)
    warnings = [*told.promises.get(pk, ())]
    if review is None:
        warnings.append("No settled review within a year.")
    reasons = [_where(row), _notice(row, question), *([review] if review else [])]
    if not told.promises.get(pk):
        reasons.append("No exclusivity that we know of.")
    if not bars:
        reasons.append("Nothing is paused, and they have not declined.")
    return Line(row.relationship, row, reasons, bars, warnings, told.answered.get(pk))


def _where(row: Whereabouts) -> str:
    country = territories.countries().get(row.country, "")
    place = ", ".join(part for part in (row.place, country) if part)
    words = f"At {place}" if place else "Anywhere"
    if place and row.is_remote:
        words += ", and can post about other places from there"
    until = f" until {row.ends_on:%-d %B %Y}" if row.ends_on else ", until they say otherwise"
    return f"{words}{until}."


def _notice(row: Whereabouts, question: Question) -> str:
    if row.notice_hours is None:
        return "How soon they can post was not said."
    hours = row.notice_hours
    words = f"Needs {hours} hour{'s'[: hours != 1]} of notice." if hours else "Can post at once."
    if question.form and not row.formats:
        words += " What they can do at once was not said."
    return words
