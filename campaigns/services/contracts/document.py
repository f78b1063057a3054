"""A contract as people read it: sections of text and tables, made from its terms and clauses.

The same terms and clauses give the same document, and so the same digest: the day on which it is
sent is no part of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from campaigns.choices import (
    AiUse,
    ContentKind,
    FeeDue,
    KillStage,
    Ownership,
    StartTrigger,
    Usage,
)
from campaigns.disclosure import packs
from campaigns.disclosure.vocabulary import Standing
from campaigns.models import Contract, ContractVersion
from campaigns.services.contracts.clauses import filled, wordings_for
from campaigns.services.contracts.terms import Terms
from campaigns.services.money import money
from campaigns.services.offers.words import day, months, percent, platform_names
from crm.choices import PostKind

# Accepted wordings that are named for each jurisdiction, and sources.
LABELS_MAX, SOURCES_MAX = 4, 3
_OWNERSHIP = {
    Ownership.CREATOR: "The content stays the creator's. {brand} gets the rights of use that are "
    "listed, and no others.",
    Ownership.BRAND: "The content becomes {brand}'s once the fee is paid in full. The creator may "
    "keep showing it on their own channels and in their portfolio.",
}
_AI = {
    AiUse.NONE: "{brand} does not use the content, voice or likeness of the creator to train AI "
    "systems, and makes no synthetic image, voice or text that stands for the creator.",
    AiUse.ASKED: "{brand} uses AI with the content, voice or likeness of the creator only for what "
    "the creator agreed to in writing beforehand, case by case; never to train AI systems that "
    "others use.",
    AiUse.EDITS: "{brand} may use AI for technical edits only, such as cropping, subtitles and "
    "their translation. It trains no AI systems with the content, and makes no synthetic image or "
    "voice of the creator.",
}
_TIMES = {0: "not at all", 1: "once", 2: "up to two times", 3: "up to three times"}


@dataclass(frozen=True)
class Section:
    """A numbered part: paragraphs, then a table if there is one."""

    heading: str
    text: tuple[str, ...] = ()
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    # The clause that it is made from, and its version; 0: as the product brings it.
    clause: str = ""
    number: int = 0

    @property
    def named_rows(self) -> list[list[tuple[str, str]]]:
        """The table for a narrow screen: each cell beside the name of its column."""
        return [list(zip(self.head, row, strict=True)) for row in self.rows]


@dataclass(frozen=True)
class Document:
    """All of it, as it is shown, printed and accepted."""

    title: str
    reference: str
    brand: str
    creator: str
    campaign: str
    sections: tuple[Section, ...]

    @classmethod
    def of(cls, form: dict[str, Any]) -> Document:
        """A document as `to_json` wrote it."""
        sections = tuple(
            Section(
                section["heading"],
                tuple(section["text"]),
                tuple(section["head"]),
                tuple(tuple(row) for row in section["rows"]),
                section["clause"],
                section["number"],
            )
            for section in form["sections"]
        )
        return cls(**(form | {"sections": sections}))

    def to_json(self) -> dict[str, Any]:
        """Plain values; the digest is that of these."""
        form = asdict(self)
        form["sections"] = [
            section
            | {
                "text": list(section["text"]),
                "head": list(section["head"]),
                "rows": [list(row) for row in section["rows"]],
            }
            for section in form["sections"]
        ]
        return form


def document_of(contract: Contract, version: ContractVersion) -> Document:
    """What a version says: as it was sent, or as it would be sent now."""
    if version.document is not None:
        return Document.of(version.document)
    return render(contract, version.number, Terms.of(version))


def render(contract: Contract, number: int, terms: Terms) -> Document:
    """A document from terms and the brand's clauses as they are. Three queries at most."""
    campaign = contract.engagement.campaign
    values = _values(terms, campaign.name)
    clauses = tuple(
        Section(
            row.heading,
            tuple(part for part in filled(row.text, values).split("\n") if part),
            clause=row.key,
            number=row.number,
        )
        for row in wordings_for(contract.brand, terms)
    )
    special = (Section("Special terms", tuple(terms.special.split("\n"))),) if terms.special else ()
    return Document(
        title=contract.title,
        reference=f"Contract {contract.pk}, version {number}",
        brand=terms.brand_name,
        creator=terms.creator_name,
        campaign=campaign.name,
        sections=(*_tables(contract, terms), *clauses, *special),
    )


def _tables(contract: Contract, terms: Terms) -> Iterator[Section]:
    yield Section("Who agrees", rows=tuple(_parties(contract, terms)))
    if terms.deliverables:
        yield Section(
            "What the creator makes",
            head=("What", "Number", "Draft by", "Note"),
            rows=tuple(_deliverables(terms)),
        )
    yield _pay(terms)
    if terms.results:
        yield Section(
            "What the creator gets by result",
            text=(
                "It is counted over all pieces that this contract names, as the platforms count.",
            ),
            head=("What", "Paid within"),
            rows=tuple(
                (part.rule.words(terms.currency), _days(part.net_days)) for part in terms.results
            ),
        )
    if terms.commission:
        yield Section("Commission", text=terms.commission.words(terms.currency))
    if terms.rights:
        yield Section(
            "What the brand may do with it",
            head=("Use", "For", "From", "Where", "Channels"),
            rows=tuple(_rights(terms)),
        )
    if terms.jurisdictions:
        yield Section(
            "How advertising is disclosed",
            head=("Country", "Accepted wordings", "Source"),
            rows=tuple(_disclosure(terms)),
        )


def _parties(contract: Contract, terms: Terms) -> Iterator[tuple[str, str]]:
    yield "Brand", _lines(terms.brand_name, terms.brand_address)
    yield "Creator", _lines(terms.creator_name, terms.creator_address)
    if terms.is_virtual:
        yield "Virtual creator of", terms.studio
    if terms.is_minor:
        yield "Parent or guardian", terms.guardian
    yield "Campaign", contract.engagement.campaign.name
    yield "Runs", _span(terms.starts_on, terms.ends_on)
    if contract.amends_id:
        yield "Takes the place of", f"Contract {contract.amends_id}"


def _deliverables(terms: Terms) -> Iterator[tuple[str, ...]]:
    names = platform_names()
    for line in terms.deliverables:
        form, where = PostKind(line.form).label, names.get(line.platform, line.platform)
        yield (
            f"{form} on {where}, {ContentKind(line.kind).label.lower()}",
            str(line.count),
            day(line.due_on) if line.due_on else "as agreed in the campaign",
            line.note,
        )


def _pay(terms: Terms) -> Section:
    text: tuple[str, ...] = (
        f"The fee is {money(terms.total, terms.currency)}." if terms.total else "No fee.",
    )
    if terms.also:
        text += ("The creator also gets:", *terms.also.split("\n"))
    rows = tuple(
        (
            money(amount, terms.currency),
            day(part.on) if part.on else FeeDue(part.due).label,
            "at once" if part.net_days == 0 else _days(part.net_days),
        )
        for part, amount in zip(terms.parts, terms.amounts, strict=True)
    )
    return Section(
        "What the creator gets",
        text=text,
        head=("Part", "Due", "Paid within") if rows else (),
        rows=rows,
    )


def _rights(terms: Terms) -> Iterator[tuple[str, ...]]:
    for right in terms.rights:
        yield (
            Usage(right.usage).label,
            months(right.months) if right.months else "without end",
            "acceptance" if right.starts == StartTrigger.SIGNING else "publication",
            right.territory or "everywhere",
            right.channels or "all channels",
        )


def _disclosure(terms: Terms) -> Iterator[tuple[str, ...]]:
    known = packs.standard().jurisdictions
    for key in terms.jurisdictions:
        pack = known[key]
        labels = [label for label in pack.labels if label.standing is Standing.ACCEPTED]
        labels = labels[:LABELS_MAX]
        sources = dict.fromkeys(source.name for label in labels for source in label.datum.sources)
        yield (
            pack.name,
            "; ".join(f"“{label.text}”" for label in labels) or "as the law there asks",
            "; ".join(list(sources)[:SOURCES_MAX]) + f" (rules of {pack.version})",
        )


def _values(terms: Terms, campaign: str) -> dict[str, str]:
    brand = terms.brand_name or "the brand"
    at = terms.embargo_until
    rounds = terms.revision_rounds
    return {
        "brand": brand,
        "creator": terms.creator_name or "the creator",
        "campaign": campaign,
        "total": money(terms.total, terms.currency),
        "review_days": f"{terms.review_days} working day{'' if terms.review_days == 1 else 's'}",
        "revision_rounds": _TIMES.get(rounds, f"up to {rounds} times"),
        "kill_fees": "; ".join(
            f"{percent(fee.percent)} {KillStage(fee.stage).label}" for fee in terms.kill_fees
        ),
        "ownership": _OWNERSHIP[Ownership(terms.ownership)].format(brand=brand),
        "ai_use": _AI[AiUse(terms.ai_use)].format(brand=brand),
        "exclusive_for": terms.exclusive_for,
        "exclusive_window": exclusive_window(terms),
        "competitors": (
            f", in particular not for {', '.join(terms.competitors.split(chr(10)))}"
            if terms.competitors
            else ""
        ),
        "claims": terms.claims,
        "studio": terms.studio,
        "guardian": terms.guardian,
        "embargo_until": f"{at:%-d %B %Y %H:%M} UTC" if at else "",
        "notice_days": f"{_days(terms.notice_days)}' notice",
        "law": terms.law or "the country that is to be named",
    }


def exclusive_window(terms: Terms) -> str:
    """ "From 1 March 2027 to 30 June 2027", "From acceptance until 3 months after ..."."""
    since = f"From {day(terms.exclusive_from)}" if terms.exclusive_from else "From acceptance"
    if terms.exclusive_until:
        return f"{since} to {day(terms.exclusive_until)}"
    return f"{since} until {months(terms.exclusive_months)} after the last publication"


def _span(first: date | None, last: date | None) -> str:
    since = f"from {day(first)}" if first else "from acceptance"
    return f"{since} to {day(last)}" if last else f"{since}, until everything is done"


def _days(number: int) -> str:
    return f"{number} day{'' if number == 1 else 's'}"


def _lines(*texts: str) -> str:
    return "\n".join(text for text in texts if text) or "not named yet"
