"""What a brief says, as a named type: it is kept as JSON, approved and accepted as a whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from campaigns.choices import ClaimStatus, Freedom
from campaigns.services.refusals import CampaignRefused
from crm.choices import PostKind

TEXT_MAX, LINE_MAX, LINES_MAX, URL_MAX = 4_000, 500, 40, 500
SECONDS_MAX = 4 * 60 * 60


@dataclass(frozen=True)
class Message:
    """Something that is to come across: word for word, or in the creator's words."""

    text: str
    is_verbatim: bool = False


@dataclass(frozen=True)
class ClaimLine:
    """A claim of the library as it stood when it was put into the brief."""

    claim: int
    text: str
    status: str
    note: str = ""


@dataclass(frozen=True)
class Block:
    """What is made on a platform in a form, and how the message is told there (F132)."""

    platform: str
    form: str
    count: int = 1
    # How long a video or a recording lasts at most; None: nobody said.
    seconds: int | None = None
    message: str = ""
    advice: str = ""


@dataclass(frozen=True)
class Wording:
    """A label of a disclosure pack, with where its rule was read. Never typed by hand."""

    key: str
    jurisdiction: str
    language: str
    text: str
    note: str = ""
    source: str = ""
    url: str = ""
    read: str = ""


@dataclass(frozen=True)
class Step:
    """Something that the creator does by a day."""

    title: str
    due_on: str  # ISO 8601


@dataclass(frozen=True)
class Document:
    """A whole brief. Empty parts are left out where it is shown."""

    goal: str = ""
    background: str = ""
    audience: str = ""
    product: str = ""
    freedom: str = Freedom.GUIDED.value
    messages: tuple[Message, ...] = ()
    dos: tuple[str, ...] = ()
    donts: tuple[str, ...] = ()
    claims: tuple[ClaimLine, ...] = ()
    hashtags: tuple[str, ...] = ()
    mentions: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    blocks: tuple[Block, ...] = ()
    wordings: tuple[Wording, ...] = ()
    inspiration: tuple[str, ...] = ()
    usage: str = ""
    steps: tuple[Step, ...] = ()
    # In a crisis: what is said word for word, and nothing else about it.
    statements: tuple[str, ...] = ()

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Document:
        """The document that `plain` was made from."""
        kept = {field.name: plain[field.name] for field in fields(cls) if field.name in plain}
        for name, part in _PARTS.items():
            kept[name] = tuple(part(**line) for line in kept.get(name, ()))
        for name in LISTS:
            kept[name] = tuple(kept.get(name, ()))
        return cls(**kept)

    @property
    def plain(self) -> dict[str, Any]:
        """As JSON holds it."""
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in asdict(self).items()
        }

    @property
    def verbatim(self) -> list[str]:
        """What is to be said word for word."""
        said = [message.text for message in self.messages if message.is_verbatim]
        return [*said, *self.statements]

    def claims_of(self, status: ClaimStatus) -> list[ClaimLine]:
        """The claims that stand so."""
        return [line for line in self.claims if line.status == status]

    @property
    def allowed(self) -> list[ClaimLine]:
        """May be said."""
        return self.claims_of(ClaimStatus.ALLOWED)

    @property
    def with_evidence(self) -> list[ClaimLine]:
        """May be said as far as the evidence goes."""
        return self.claims_of(ClaimStatus.EVIDENCE)

    @property
    def forbidden(self) -> list[ClaimLine]:
        """Must not be said."""
        return self.claims_of(ClaimStatus.FORBIDDEN)

    def said(self) -> Iterator[tuple[str, str]]:
        """Each text that asks a creator to say something: the field it stands in, and the text."""
        for name in ("goal", "background", "product"):
            yield name, getattr(self, name)
        for number, message in enumerate(self.messages):
            yield f"messages/{number}/text", message.text
        for number, block in enumerate(self.blocks):
            yield f"blocks/{number}/message", block.message
            yield f"blocks/{number}/advice", block.advice
        for name in ("dos", "statements", "hashtags"):
            for line in getattr(self, name):
                yield name, line


TEXTS = ("goal", "background", "audience", "product", "usage")
LISTS = ("dos", "donts", "hashtags", "mentions", "links", "inspiration", "statements")
_PARTS: Mapping[str, type[Any]] = {
    "messages": Message,
    "claims": ClaimLine,
    "blocks": Block,
    "wordings": Wording,
    "steps": Step,
}


def checked(document: Document, platforms: Sequence[str]) -> Document:
    """The document as it is kept: without spaces at ends and empty lines. Raises CampaignRefused.

    `platforms` are the keys of platforms that there are.
    """
    kept: dict[str, Any] = {name: _text(name, getattr(document, name)) for name in TEXTS}
    kept |= {name: _lines(name, getattr(document, name)) for name in LISTS}
    made = replace(
        document,
        **kept,
        messages=tuple(
            Message(_text(f"messages/{number}/text", line.text, LINE_MAX), line.is_verbatim)
            for number, line in enumerate(document.messages)
            if line.text.strip()
        ),
    )
    made = replace(
        made,
        hashtags=tuple(_marked("hashtags", "#", line) for line in made.hashtags),
        mentions=tuple(_marked("mentions", "@", line) for line in made.mentions),
    )
    if made.freedom not in Freedom.values:
        raise CampaignRefused("Choose how free the creator is.", field="freedom")
    for name in _PARTS:
        if len(getattr(made, name)) > LINES_MAX:
            raise CampaignRefused(f"At most {LINES_MAX} lines.", code="too_many", field=name)
    for line in made.links:
        _check_link("links", line)
    for line in made.inspiration:
        _check_link("inspiration", line.split()[0])
    for number, block in enumerate(made.blocks):
        _check_block(f"blocks/{number}", block, platforms)
    for number, step in enumerate(made.steps):
        _check_step(f"steps/{number}", step)
    return made


def _text(field: str, text: str, most: int = TEXT_MAX) -> str:
    text = text.replace("\r\n", "\n").replace("\0", "").strip()
    if len(text) > most:
        raise CampaignRefused(
            f"{len(text):,} characters; {most:,} fit.", code="too_long", field=field
        )
    return text


def _lines(field: str, lines: Sequence[str]) -> tuple[str, ...]:
    kept = [text for line in lines if (text := _text(field, line, LINE_MAX))]
    if len(kept) > LINES_MAX:
        raise CampaignRefused(f"At most {LINES_MAX} lines.", code="too_many", field=field)
    return tuple(dict.fromkeys(kept))


def _marked(field: str, mark: str, line: str) -> str:
    word = mark + line.lstrip("#@")
    if " " in word or len(word) < 2:
        raise CampaignRefused(
            f"“{line}”: write one {'hashtag' if mark == '#' else 'account'} on each line, without "
            "spaces.",
            field=field,
        )
    return word


def _check_link(field: str, line: str) -> None:
    parts = urlsplit(line)
    if parts.scheme not in {"http", "https"} or not parts.netloc or len(line) > URL_MAX:
        raise CampaignRefused(f"“{line[:80]}” is no address: it begins with https://.", field=field)


def _check_block(field: str, block: Block, platforms: Sequence[str]) -> None:
    if block.platform not in platforms:
        raise CampaignRefused("Choose a platform that there is.", field=f"{field}/platform")
    if block.form not in PostKind.values:
        raise CampaignRefused("Choose the form.", field=f"{field}/form")
    if not 1 <= block.count <= 99:
        raise CampaignRefused("From 1 to 99 pieces.", field=f"{field}/count")
    if block.seconds is not None and not 1 <= block.seconds <= SECONDS_MAX:
        raise CampaignRefused("From a second to four hours.", field=f"{field}/seconds")
    for name in ("message", "advice"):
        _text(f"{field}/{name}", getattr(block, name), LINE_MAX)


def _check_step(field: str, step: Step) -> None:
    if not step.title.strip():
        raise CampaignRefused("Say what is to be done.", field=f"{field}/title")
    if len(step.title) > 200:
        raise CampaignRefused("200 characters fit.", code="too_long", field=f"{field}/title")
    try:
        date.fromisoformat(step.due_on)
    except ValueError as error:
        raise CampaignRefused("Write a day like 2027-03-01.", field=f"{field}/due_on") from error
