"""Terms as somebody wants them, checked before a version is written. Each no names its field."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal

from campaigns.choices import AiUse, ContentKind, FeeDue, KillStage, Ownership, StartTrigger, Usage
from campaigns.disclosure import packs
from campaigns.services.contracts.terms import FeePart, KillFee, Right, Terms
from campaigns.services.contracts.variable import checked_commission, checked_results
from campaigns.services.days import EARLIEST, LATEST
from campaigns.services.deliverables.planning import COUNT_MAX as PIECES_MAX
from campaigns.services.deliverables.planning import ROUNDS_MAX
from campaigns.services.money import AMOUNT_MAX, CURRENCIES, money
from campaigns.services.offers.wanted import COUNT_MAX, DELIVERABLES_MAX, MONTHS_MAX, Deliverable
from campaigns.services.refusals import CampaignRefused
from crm.choices import PostKind
from crm.models import Platform

NAME_MAX, LINE_MAX, TEXT_MAX, SPECIAL_MAX = 200, 200, 1_000, 10_000
PARTS_MAX, NET_DAYS_MAX, REVIEW_DAYS_MAX, NOTICE_MAX = 12, 180, 60, 365
# Rounds of changes come after a first draft.
REVISIONS_MAX = ROUNDS_MAX - 1
_LINES = {
    "brand_name": NAME_MAX,
    "creator_name": NAME_MAX,
    "guardian": 120,
    "studio": NAME_MAX,
    "exclusive_for": LINE_MAX,
    "law": 120,
}
_TEXTS = {
    "brand_address": 500,
    "creator_address": 500,
    "also": TEXT_MAX,
    "competitors": TEXT_MAX,
    "claims": 2_000,
    "special": SPECIAL_MAX,
}
_NUMBERS = {
    "revision_rounds": (0, REVISIONS_MAX),
    "review_days": (1, REVIEW_DAYS_MAX),
    "notice_days": (0, NOTICE_MAX),
}


def checked(terms: Terms) -> Terms:
    """The terms, tidied. Raises CampaignRefused, with the field at fault."""
    terms = _tidied(terms)
    for name, (least, most) in _NUMBERS.items():
        if not least <= getattr(terms, name) <= most:
            _refuse(f"The number goes from {least} to {most}.", name)
    if terms.ownership not in Ownership.values:
        _refuse("Choose whose the content is.", "ownership")
    if terms.ai_use not in AiUse.values:
        _refuse("Choose what AI may be used for.", "ai_use")
    _people(terms)
    _money(terms)
    _exclusivity(terms)
    for name in ("starts_on", "ends_on"):
        _day(getattr(terms, name), name)
    if terms.starts_on and terms.ends_on and terms.ends_on < terms.starts_on:
        _refuse("The last day lies before the first.", "ends_on")
    unknown = set(terms.jurisdictions) - packs.standard().jurisdictions.keys()
    if unknown:
        _refuse(f"There are no rules for “{min(unknown)}”.", "jurisdictions")
    return replace(
        terms,
        deliverables=_deliverables(terms.deliverables),
        rights=_rights(terms.rights),
        kill_fees=_kill_fees(terms.kill_fees),
        results=checked_results(terms.results),
        commission=checked_commission(terms.commission),
    )


def ready_to_send(terms: Terms) -> None:
    """What a draft may still lack and a contract may not. Raises CampaignRefused."""
    for name, words in (
        ("brand_name", "Write down the brand's legal name."),
        ("creator_name", "Write down the creator's legal name."),
        ("deliverables", "Say what the creator makes."),
        ("law", "Say which law governs the contract."),
    ):
        if not getattr(terms, name):
            _refuse(words, name)
    if not terms.has_pay:
        _refuse("Say what the creator gets: a fee, or something else.", "total")


def _tidied(terms: Terms) -> Terms:
    texts: dict[str, str] = {}
    for name, most in _LINES.items():
        texts[name] = " ".join(getattr(terms, name).replace("\0", "").split())
        _fits(texts[name], most, name)
    for name, most in _TEXTS.items():
        text = getattr(terms, name).replace("\0", "").replace("\r\n", "\n").strip()
        texts[name] = text
        _fits(text, most, name)
    return replace(terms, **texts)  # type: ignore[arg-type] # texts by name


def _fits(text: str, most: int, field: str) -> None:
    if len(text) > most:
        _refuse(f"{most:,} characters are the most; this has {len(text):,}.", field)


def _people(terms: Terms) -> None:
    if terms.is_minor and not terms.guardian:
        _refuse("A minor needs the consent of a parent or guardian: write down who.", "guardian")
    if terms.guardian and not terms.is_minor:
        _refuse("Tick that the creator is a minor, or leave the guardian empty.", "is_minor")
    if terms.is_virtual and not terms.studio:
        _refuse("Write down who owns the virtual creator and signs for it.", "studio")
    if terms.studio and not terms.is_virtual:
        _refuse("Tick that the creator is virtual, or leave the studio empty.", "is_virtual")


def _money(terms: Terms) -> None:
    if terms.currency not in CURRENCIES:
        _refuse(
            f"“{terms.currency}” is no currency: write its three letters, as EUR or USD.",
            "currency",
        )
    if not 0 <= terms.total <= AMOUNT_MAX:
        _refuse("The fee must be 0 or more and below ten billion.", "total")
    _places(terms.total, 2, "total")
    if len(terms.parts) > PARTS_MAX:
        _refuse(f"{PARTS_MAX} parts are the most.", "parts")
    for number, part in enumerate(terms.parts):
        _part(part, f"parts/{number}")
    if terms.parts and not terms.total:
        _refuse("Without a fee there are no parts of it.", "total")
    if terms.total and not terms.parts:
        _refuse("Say when the fee is due: in one part, or in several.", "parts")
    paid = sum(terms.amounts, Decimal(0))
    if terms.parts and paid != terms.total:
        _refuse(
            f"The parts come to {money(paid, terms.currency)}, the fee is "
            f"{money(terms.total, terms.currency)}.",
            "parts",
        )


def _part(part: FeePart, place: str) -> None:
    if part.due not in FeeDue.values:
        _refuse("Choose when the part is due.", f"{place}/due")
    if (part.percent is None) == (part.amount is None):
        _refuse("Write a percentage or an amount: one of them.", f"{place}/percent")
    if part.percent is not None and not 0 < part.percent <= 100:
        _refuse("The percentage must be above 0 and 100 at most.", f"{place}/percent")
    if part.amount is not None and not 0 < part.amount <= AMOUNT_MAX:
        _refuse("The amount must be above 0 and below ten billion.", f"{place}/amount")
    _places(part.percent, 4, f"{place}/percent")
    _places(part.amount, 2, f"{place}/amount")
    if (part.due == FeeDue.DATE) != (part.on is not None):
        _refuse("A day goes with “on a day”, and only with it.", f"{place}/on")
    _day(part.on, f"{place}/on")
    if not 0 <= part.net_days <= NET_DAYS_MAX:
        _refuse(f"The days go from 0 to {NET_DAYS_MAX}.", f"{place}/net_days")


def _exclusivity(terms: Terms) -> None:
    until, months = terms.exclusive_until, terms.exclusive_months
    if not terms.exclusive_for:
        for name in ("exclusive_from", "exclusive_until", "exclusive_months", "competitors"):
            if getattr(terms, name):
                _refuse("Say for what the creator is exclusive, or empty this.", name)
        return
    if (until is None) == (months is None):
        _refuse(
            "Say until which day, or for how many months after the last publication: one of them.",
            "exclusive_until",
        )
    if months is not None and not 1 <= months <= MONTHS_MAX:
        _refuse(f"Months go from 1 to {MONTHS_MAX}.", "exclusive_months")
    _day(terms.exclusive_from, "exclusive_from")
    _day(until, "exclusive_until")
    if until and terms.exclusive_from and until < terms.exclusive_from:
        _refuse("The last day lies before the first.", "exclusive_until")


def _deliverables(lines: tuple[Deliverable, ...]) -> tuple[Deliverable, ...]:
    if len(lines) > DELIVERABLES_MAX:
        _refuse(f"{DELIVERABLES_MAX} kinds of deliverables are the most.", "deliverables")
    known = set(Platform.objects.values_list("key", flat=True)) if lines else set()
    found = []
    for number, line in enumerate(lines):
        place = f"deliverables/{number}"
        if line.platform not in known:
            _refuse("Choose on which platform it appears.", f"{place}/platform")
        if line.form not in PostKind.values:
            _refuse("Choose the form of the deliverable.", f"{place}/form")
        if line.kind not in ContentKind.values:
            _refuse("Choose what the deliverable is about.", f"{place}/kind")
        if not 1 <= line.count <= COUNT_MAX:
            _refuse(f"The number goes from 1 to {COUNT_MAX}.", f"{place}/count")
        _day(line.due_on, f"{place}/due_on")
        note = " ".join(line.note.replace("\0", "").split())
        _fits(note, LINE_MAX, f"{place}/note")
        found.append(replace(line, note=note))
    if sum(line.count for line in found) > PIECES_MAX:
        _refuse(f"{PIECES_MAX} pieces are the most in one contract.", "deliverables")
    return tuple(found)


def _rights(lines: Iterable[Right]) -> tuple[Right, ...]:
    found: dict[str, Right] = {}
    for number, line in enumerate(lines):
        place = f"rights/{number}"
        if line.usage not in Usage.values:
            _refuse("Choose what the content may be used for.", f"{place}/usage")
        if line.usage in found:
            _refuse("Each use stands once.", f"{place}/usage")
        if line.starts not in {StartTrigger.SIGNING, StartTrigger.PUBLICATION}:
            _refuse("Choose with what the right begins.", f"{place}/starts")
        if line.months is not None and not 1 <= line.months <= MONTHS_MAX:
            _refuse(f"Months go from 1 to {MONTHS_MAX}.", f"{place}/months")
        territory, channels = (
            " ".join(text.replace("\0", "").split()) for text in (line.territory, line.channels)
        )
        _fits(territory, LINE_MAX, f"{place}/territory")
        _fits(channels, LINE_MAX, f"{place}/channels")
        found[line.usage] = replace(line, territory=territory, channels=channels)
    return tuple(found[usage] for usage in Usage.values if usage in found)


def _kill_fees(fees: tuple[KillFee, ...]) -> tuple[KillFee, ...]:
    """In the order of the work: later never costs less."""
    by_stage: dict[str, KillFee] = {}
    for number, fee in enumerate(fees):
        place = f"kill_fees/{number}"
        if fee.stage not in KillStage.values:
            _refuse("Choose how far the work is.", f"{place}/stage")
        if fee.stage in by_stage:
            _refuse("Each stage stands once.", f"{place}/stage")
        if not 0 <= fee.percent <= 100:
            _refuse("The percentage goes from 0 to 100.", f"{place}/percent")
        _places(fee.percent, 4, f"{place}/percent")
        by_stage[fee.stage] = fee
    ordered = tuple(by_stage[stage] for stage in KillStage.values if stage in by_stage)
    if list(ordered) != sorted(ordered, key=lambda fee: fee.percent):
        _refuse("The further the work is, the more the creator gets: not less.", "kill_fees")
    return ordered


def _day(value: date | None, field: str) -> None:
    if value is not None and not EARLIEST <= value.year <= LATEST:
        _refuse(f"The year must lie from {EARLIEST} to {LATEST}.", field)


def _places(value: Decimal | None, most: int, field: str) -> None:
    """So that nothing is rounded behind somebody's back."""
    if value is not None and value != round(value, most):
        _refuse(f"{most} decimal places are the most.", field)


def _refuse(words: str, field: str) -> None:
    raise CampaignRefused(words, field=field)
