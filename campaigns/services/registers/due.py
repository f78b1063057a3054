"""What is due for one creator on a day, by the packs: with its numbers, in words."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from campaigns.choices import AlertLevel, PaperState
from campaigns.disclosure.case import Case, Connection
from campaigns.disclosure.contracts import contract_states, yearly_sums
from campaigns.disclosure.duties import permit, register, thresholds
from campaigns.disclosure.packs import Datum, Pack, Packs
from campaigns.disclosure.vocabulary import Format, Result
from campaigns.selectors.rule_view import RuleView

# With so many days to go people are told; soonest first.
STEPS = (7, 30, 60)
_NO_AIM = "no aim named"


@dataclass(frozen=True)
class Due:
    """Something that the rules ask for and that is not in order, or nobody knows."""

    rule: str
    jurisdiction: str
    subject: str
    level: AlertLevel
    words: str
    pack_version: str


def due_of(
    view: RuleView,
    ties: Collection[Connection],
    markets: Collection[str],
    *,
    packs: Packs,
    on: date,
) -> Iterator[Due]:
    """All that is due for a creator whom the rules of these markets concern."""
    for key in markets:
        pack = packs.jurisdictions.get(key)
        if pack is None:
            continue
        case = Case(
            platform="",
            format=Format.POST,
            jurisdictions=(key,),
            text=None,
            connections=tuple(ties) or None,
            creator=view.creator,
        )
        for datum in pack.contract:
            if datum.params.get("test") == "written_contract" and datum.holds(on):
                yield from _contracts(pack, datum, tuple(ties), on)
        for datum in pack.registration:
            if not datum.holds(on):
                continue
            if datum.params.get("test") == "permit":
                yield from _permit(pack, datum, case, on)
            elif datum.params.get("test") == "register":
                yield from _register(pack, datum, case)
    yield from _ending(view, packs, on)


def _contracts(pack: Pack, datum: Datum, ties: tuple[Connection, ...], on: date) -> Iterator[Due]:
    reached = set()
    for one, outcome in contract_states(ties, datum, on):
        reached.add(one.aim)
        if outcome.result is not Result.PASS:
            subject = _subject(one.year, one.aim)
            words = outcome.reason.replace("whether there is one is not noted", "none is on file")
            yield _due(pack, datum, subject, AlertLevel.DUE, words)
    currency = datum.params["currency"]
    since = datum.effective_from or date.min
    received = [one for one in ties if one.on is None or one.on >= since]
    for one in yearly_sums(received, currency, on):
        if one.year != on.year or not one.unvalued or one.aim in reached:
            continue
        words = (
            f"{one.amount:,.2f} {currency} in {one.year}, and {one.unvalued} more "
            f"{'thing' if one.unvalued == 1 else 'things'} without a value in {currency}; from "
            f"{datum.params['amount']:,.0f} a written contract is required."
        )
        subject = _subject(one.year, one.aim)
        yield _due(pack, datum, subject, AlertLevel.ASK, words)


def _subject(year: int, aim: str | None) -> str:
    return f"{year}: {aim or _NO_AIM}"[:160]


def _permit(pack: Pack, datum: Datum, case: Case, on: date) -> Iterator[Due]:
    outcome = permit(case, pack.key, on)
    if outcome.result in {Result.FAIL, Result.UNKNOWN}:
        yield _due(pack, datum, "", AlertLevel.DUE, outcome.reason)


def _register(pack: Pack, datum: Datum, case: Case) -> Iterator[Due]:
    outcome = register(case, pack.key, datum)
    met = [name for name, is_met in thresholds(case.creator, datum) if is_met]
    named = [name for name in met if _asks(datum, name)]
    # What nobody knows anything about is asked of nobody.
    if outcome.result is Result.FAIL or (outcome.result is Result.UNKNOWN and named):
        open_ones = [name for name, is_met in thresholds(case.creator, datum) if is_met is None]
        level = AlertLevel.ASK if open_ones else AlertLevel.DUE
        words = f"{outcome.reason} Reached: {', '.join(named)}."
        yield _due(pack, datum, "", level, words)


def _asks(datum: Datum, name: str) -> bool:
    """Whether the register has a threshold of this name at all."""
    key = {"followers": "followers", "videos in 12 months": "videos", "income": "income_eur"}[name]
    return key in datum.params


def _ending(view: RuleView, packs: Packs, on: date) -> Iterator[Due]:
    """Papers that end within two months, or ended, unless a later one follows."""
    held = [paper for paper in view.permits if paper.state == PaperState.HELD]
    for paper in held:
        pack = packs.jurisdictions.get(paper.jurisdiction)
        until = paper.valid_until
        if pack is None or until is None or until > on + timedelta(days=STEPS[-1]):
            continue
        follows = any(
            (other.jurisdiction, other.kind) == (paper.jurisdiction, paper.kind)
            and (other.valid_until is None or other.valid_until > until)
            for other in held
        )
        if follows:
            continue
        verb = "ended" if until < on else "ends"
        is_soon = until <= on + timedelta(days=STEPS[0])
        yield Due(
            rule=f"{pack.key}.{paper.kind}.ends",
            jurisdiction=pack.key,
            subject=f"{paper.get_kind_display()} {paper.number}"[:160],
            level=AlertLevel.DUE if is_soon else AlertLevel.ASK,
            words=f"{paper} {verb} on {until:%-d %B %Y}: ask for the next one."[:500],
            pack_version=pack.version,
        )


def _due(pack: Pack, datum: Datum, subject: str, level: AlertLevel, words: str) -> Due:
    return Due(datum.key, pack.key, subject, level, words[:500], pack.version)
