"""The terms of a right: what is said, and what is wrong with it, in words."""

from __future__ import annotations

import calendar
from dataclasses import dataclass, replace
from datetime import date, timedelta

from campaigns.choices import StartTrigger, Usage
from campaigns.models import UsageRight
from campaigns.services.days import EARLIEST, LATEST
from campaigns.services.refusals import CampaignRefused
from campaigns.services.rights import channels, territories

MONTHS_MAX = 120


@dataclass(frozen=True)
class Terms:
    """One kind of use: where, on which channels, from when and how long.

    How long is said in exactly one way: `months` from the start on, a last day, or without end.
    Groups of countries ("EU") may stand in `territory`. What was agreed in words from which no
    countries or channels can be read goes into the `_words`.
    """

    usage: Usage
    territory: tuple[str, ...] = ()
    territory_words: str = ""
    channels: tuple[str, ...] = ()
    channels_words: str = ""
    trigger: StartTrigger = StartTrigger.DAY
    # Of a day; of the signing where that is known already; never of a publication.
    starts_on: date | None = None
    months: int | None = None
    ends_on: date | None = None
    is_endless: bool = False
    is_exclusive: bool = False
    may_edit: bool | None = None
    credit: str = ""


# The columns of a right that are its terms.
TERMS = tuple(Terms.__dataclass_fields__)


def last_day(starts_on: date, months: int) -> date:
    """The last day of so many months: from 3 March on, six end with 2 September.

    A month that has no such day ends with its own last one: from 31 January on, one month ends with
    28 (or 29) February.
    """
    place = starts_on.year * 12 + starts_on.month - 1 + months
    year, month = divmod(place, 12)
    days = calendar.monthrange(year, month + 1)[1]
    if starts_on.day > days:
        return date(year, month + 1, days)
    return date(year, month + 1, starts_on.day) - timedelta(days=1)


def checked(terms: Terms) -> Terms:
    """The terms as they are kept. Raises CampaignRefused, whose field is a name of Terms."""
    _how_long(terms)
    _start(terms)
    ends_on = terms.ends_on
    if terms.months is not None and terms.starts_on is not None:
        ends_on = last_day(terms.starts_on, terms.months)
    if ends_on is not None and terms.starts_on is not None and ends_on < terms.starts_on:
        raise CampaignRefused("It would end before it starts.", field="ends_on")
    return replace(
        terms,
        ends_on=ends_on,
        territory=_territory(terms),
        territory_words=_text(terms.territory_words, 200, "territory"),
        channels=_channels(terms),
        channels_words=_text(terms.channels_words, 200, "channels"),
        credit=_text(terms.credit, 200, "credit"),
    )


def terms_of(right: UsageRight) -> Terms:
    """The terms that a right was given with, e.g. to renew it by the same ones."""
    ends_on = None if right.months is not None else right.ends_on
    values = {name: getattr(right, name) for name in TERMS}
    return Terms(
        **values
        | {
            "territory": tuple(right.territory),
            "channels": tuple(right.channels),
            "ends_on": ends_on,
        }
    )


def next_terms(right: UsageRight) -> Terms:
    """The same again from the day after the last one on; what was without end stays as it is."""
    terms = terms_of(right)
    if right.ends_on is None:
        return terms
    starts_on = right.ends_on + timedelta(days=1)
    return replace(
        terms, trigger=StartTrigger.DAY, starts_on=starts_on, ends_on=None, months=terms.months or 6
    )


def _how_long(terms: Terms) -> None:
    said = [terms.months is not None, terms.ends_on is not None, terms.is_endless]
    if not any(said):
        raise CampaignRefused(
            "Say how long: a number of months, a last day, or that it has no end.", field="months"
        )
    if sum(said) > 1:
        raise CampaignRefused(
            "Say how long in one way only: months, a last day, or without end.",
            field="ends_on" if terms.ends_on is not None else "is_endless",
        )
    if terms.months is not None and not 1 <= terms.months <= MONTHS_MAX:
        raise CampaignRefused(
            f"Months are 1 to {MONTHS_MAX}. Longer than that: name the last day, or no end.",
            field="months",
        )


def _start(terms: Terms) -> None:
    for name, day in (("starts_on", terms.starts_on), ("ends_on", terms.ends_on)):
        if day is not None and not EARLIEST <= day.year <= LATEST:
            raise CampaignRefused(f"The year must be {EARLIEST} to {LATEST}.", field=name)
    if terms.trigger == StartTrigger.DAY and terms.starts_on is None:
        raise CampaignRefused("Say on which day it starts.", field="starts_on")
    if terms.trigger == StartTrigger.PUBLICATION and terms.starts_on is not None:
        raise CampaignRefused(
            "It starts when the content is published: leave the day empty, or choose “on a day”.",
            field="starts_on",
        )


def _territory(terms: Terms) -> tuple[str, ...]:
    if terms.territory and terms.territory_words:
        raise CampaignRefused("Name countries, or say it in words; not both.", field="territory")
    found = territories.expanded(terms.territory)
    strange = [code for code in found if code not in territories.countries()]
    if strange:
        raise CampaignRefused(
            f"“{strange[0]}” is no country: take two letters as in DK, or a group as the EU.",
            field="territory",
        )
    return tuple(found)


def _channels(terms: Terms) -> tuple[str, ...]:
    if not terms.channels:
        return ()
    if terms.channels_words:
        raise CampaignRefused("Name channels, or say it in words; not both.", field="channels")
    known = channels.channels()
    strange = [key for key in terms.channels if key not in known]
    if strange:
        raise CampaignRefused(f"“{strange[0]}” is no channel.", field="channels")
    return tuple(key for key in known if key in terms.channels)


def _text(text: str, most: int, field: str) -> str:
    text = " ".join(text.replace("\0", "").split())
    if len(text) > most:
        raise CampaignRefused(f"{most:,} characters are the most.", field=field)
    return text
