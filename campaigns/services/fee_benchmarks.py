"""The benchmark band beside a fee: what published rates say for these deliverables.

A band is shown with its tier, platform, denominators, source and year, or there is none, with the
reason. Nothing is converted: a fee in another currency than the band's is not compared with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from campaigns.choices import Per
from campaigns.services.money import money
from campaigns.services.offers.wanted import Deliverable, Wanted
from crm.choices import PostKind
from crm.data_files import read_yaml
from crm.models import Profile

FILE = Path(__file__).with_name("fee_benchmarks.yaml")


@dataclass(frozen=True)
class Account:
    """The creator's numbers on a platform; None is not known."""

    followers: int | None
    avg_views: float | None


@dataclass(frozen=True)
class Tier:
    """A band of followers with what a post, or a thousand views, costs there."""

    name: str
    low: int
    high: int | None
    fee: tuple[Decimal, Decimal | None] | None
    cpm: tuple[Decimal, Decimal | None] | None

    def holds(self, followers: int) -> bool:
        """Whether an account of this size belongs to it."""
        return self.low <= followers and (self.high is None or followers < self.high)


@dataclass(frozen=True)
class Rates:
    """What one source says."""

    key: str
    source: str
    address: str
    year: int
    currency: str
    # Empty: its source names no platform.
    platform: str
    bounds: str
    tiers: tuple[Tier, ...]


@dataclass(frozen=True)
class Band:
    """What one source says for all deliverables together; `high` None: no upper end."""

    rates: Rates
    low: Decimal
    high: Decimal | None
    # Where the numbers come from, a sentence for each deliverable.
    steps: tuple[str, ...]
    # below, within, above; empty where it is not compared.
    standing: str
    # Why it is not compared, fit for the user.
    note: str = ""
    # How far beyond its nearer end the fee is, as a share of that end: 0.4 is 40 %.
    beyond: Decimal = Decimal(0)

    @property
    def words(self) -> str:
        """ "100 to 1,000 USD"."""
        if self.high is None:
            return f"{money(self.low, self.rates.currency)} or more"
        return f"{self.low:,.0f} to {money(self.high.quantize(Decimal(1)), self.rates.currency)}"

    @property
    def compared(self) -> str:
        """ "the fee lies 40 % above"; empty where it is not compared."""
        if self.standing in {"", "within"}:
            return self.standing and "the fee lies within"
        share = round(self.beyond * 100)
        return f"the fee lies {share or 'less than 1'} % {self.standing}"


@dataclass(frozen=True)
class Benchmarks:
    """The bands for an offer, or why there is none."""

    bands: tuple[Band, ...]
    reason: str = ""


@cache
def all_rates() -> tuple[tuple[Rates, ...], frozenset[str]]:
    """Everything in the file, and the forms of posts that it is about."""
    data = read_yaml(FILE)
    return tuple(_rates(one) for one in data["sets"]), frozenset(data["forms"])


def benchmarks(
    wanted: Wanted, accounts: Mapping[str, Account], names: Mapping[str, str]
) -> Benchmarks:
    """What published rates say of a fee; `accounts` are the creator's,

    by platform, and `names` what platforms are called."""
    if wanted.amount is None:
        return Benchmarks((), "There is no amount of money to compare.")
    if wanted.per == Per.MONTH:
        return Benchmarks((), "No benchmark for this: rates are for posts, not for months.")
    if not wanted.deliverables:
        return Benchmarks((), "No benchmark for this: it names no deliverable.")
    rates, forms = all_rates()
    if reason := _not_covered(wanted.deliverables, forms, accounts, names):
        return Benchmarks((), f"No benchmark for this: {reason}")
    posts = sum(line.count for line in wanted.deliverables)
    fee = wanted.amount * posts if wanted.per == Per.POST else wanted.amount
    case = _Case(wanted.deliverables, accounts, names, fee, wanted.currency)
    bands = [band for one in rates if (band := case.band(one))]
    bands.sort(key=lambda band: (-band.rates.year, band.rates.key))
    if not bands:
        return Benchmarks((), "No benchmark for this: no source covers this platform and size.")
    return Benchmarks(tuple(bands))


def accounts_of(creator_id: int) -> dict[str, Account]:
    """The creator's largest account on each platform."""
    rows = Profile.objects.filter(creator=creator_id).order_by("followers", "pk")
    return {
        platform: Account(followers, views)
        for platform, followers, views in rows.values_list("platform", "followers", "avg_views")
        if followers is not None
    }


def _not_covered(
    lines: Sequence[Deliverable],
    forms: frozenset[str],
    accounts: Mapping[str, Account],
    names: Mapping[str, str],
) -> str:
    for line in lines:
        if line.form not in forms:
            return f"rates are for posts, and “{PostKind(line.form).label.lower()}” is not one."
        if line.platform not in accounts:
            name = names.get(line.platform, line.platform)
            return f"how many followers the creator has on {name} is not known."
    return ""


@dataclass(frozen=True)
class _Case:
    """A fee for deliverables of a creator."""

    lines: Sequence[Deliverable]
    accounts: Mapping[str, Account]
    names: Mapping[str, str]
    fee: Decimal
    currency: str

    def band(self, rates: Rates) -> Band | None:
        """What a source says for all lines; None where it does not cover each of them."""
        low, high = Decimal(0), Decimal(0)
        is_open = False
        steps = []
        for line in self.lines:
            account, platform = self.accounts[line.platform], self.names[line.platform]
            found = _line(rates, line, account, platform)
            if found is None:
                return None
            (one_low, one_high), step = found
            low += one_low
            if one_high is None:
                is_open = True
            else:
                high += one_high
            steps.append(step)
        top = None if is_open else high
        if self.currency != rates.currency:
            note = (
                f"The band is in {rates.currency} and the fee in {self.currency}: nothing is "
                "converted, so they are not compared."
            )
            return Band(rates, low, top, tuple(steps), "", note)
        if self.fee < low:
            return Band(rates, low, top, tuple(steps), "below", beyond=(low - self.fee) / low)
        if top is not None and self.fee > top:
            return Band(rates, low, top, tuple(steps), "above", beyond=(self.fee - top) / top)
        return Band(rates, low, top, tuple(steps), "within")


def _line(
    rates: Rates, line: Deliverable, account: Account, platform: str
) -> tuple[tuple[Decimal, Decimal | None], str] | None:
    if rates.platform not in {"", line.platform} or account.followers is None:
        return None
    tier = next((tier for tier in rates.tiers if tier.holds(account.followers)), None)
    if tier is None:
        return None
    where = f"{tier.name} on {platform} ({account.followers:,} followers)"
    times = f"{line.count} post{'' if line.count == 1 else 's'}"
    if tier.fee is not None:
        said = _said(tier.fee, rates.currency)
        return _times(tier.fee, Decimal(line.count)), f"{where}: {times} at {said} each"
    if tier.cpm is None or account.avg_views is None:
        return None
    views = Decimal(round(account.avg_views))
    said = _said(tier.cpm, rates.currency)
    step = f"{where}: {times} of {views:,} views each, at {said} per 1,000 views"
    return _times(tier.cpm, line.count * views / 1_000), step


def _times(band: tuple[Decimal, Decimal | None], by: Decimal) -> tuple[Decimal, Decimal | None]:
    low, high = band
    return low * by, None if high is None else high * by


def _said(band: tuple[Decimal, Decimal | None], currency: str) -> str:
    low, high = band
    return f"{low:,} {currency} or more" if high is None else f"{low:,} to {high:,} {currency}"


def _rates(data: Mapping[str, Any]) -> Rates:
    return Rates(
        key=data["key"],
        source=data["source"],
        address=data.get("address", ""),
        year=data["year"],
        currency=data["currency"],
        platform=data.get("platform", ""),
        bounds=data["bounds"],
        tiers=tuple(_tiers(data["tiers"])),
    )


def _tiers(rows: Sequence[Mapping[str, Any]]) -> Iterator[Tier]:
    for row in rows:
        fee, cpm = (_pair(row.get(name)) for name in ("fee", "cpm"))
        yield Tier(row["name"], row["low"], row["high"], fee, cpm)


def _pair(values: Sequence[int | None] | None) -> tuple[Decimal, Decimal | None] | None:
    if values is None:
        return None
    low, high = values
    return Decimal(low or 0), None if high is None else Decimal(high)
