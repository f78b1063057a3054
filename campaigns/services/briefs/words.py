"""A brief in words: its sections, as pages, the PDF and comparisons of versions have them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from campaigns.choices import Freedom
from campaigns.services.briefs.document import Block, ClaimLine, Document, Wording
from crm.choices import PostKind
from crm.models import Platform


@dataclass(frozen=True)
class Line:
    """One thing of a section, with what marks it and what is to be known about it."""

    text: str
    mark: str = ""
    note: str = ""
    url: str = ""


@dataclass(frozen=True)
class Section:
    """A part of a brief that says something: a text, or lines."""

    key: str
    title: str
    text: str = ""
    lines: tuple[Line, ...] = ()

    @property
    def as_text(self) -> str:
        """All of it, to be compared."""
        said = [self.text] if self.text else []
        for line in self.lines:
            note = f" ({line.note})" if line.note else ""
            said.append(f"{line.mark + ': ' if line.mark else ''}{line.text}{note}")
        return "\n".join(said)


def sections(document: Document, names: Mapping[str, str]) -> list[Section]:
    """What the document says, in the order in which creators read it; `names` of platforms."""
    level, _, means = Freedom(document.freedom).label.partition(": ")
    every = (
        Section(
            "statements",
            "What we say, word for word",
            lines=tuple(Line(line, "word for word") for line in document.statements),
        ),
        Section("goal", "What we want to reach", document.goal),
        Section("background", "Background", document.background),
        Section("audience", "For whom", document.audience),
        Section("product", "About the product", document.product),
        Section("blocks", "What you make", lines=tuple(_block(b, names) for b in document.blocks)),
        Section(
            "messages",
            "What is to come across",
            lines=tuple(
                Line(message.text, "word for word" if message.is_verbatim else "in your own words")
                for message in document.messages
            ),
        ),
        Section("freedom", "How free you are", f"{level}: {means}."),
        Section("dos", "Do", lines=_plain(document.dos)),
        Section("donts", "Don't", lines=_plain(document.donts)),
        Section("allowed", "Claims you may make", lines=_claims(document.allowed)),
        Section(
            "evidence",
            "Claims you may make as far as the evidence goes",
            lines=_claims(document.with_evidence),
        ),
        Section("forbidden", "Claims you must not make", lines=_claims(document.forbidden)),
        Section(
            "wordings",
            "How you mark it as advertising",
            lines=tuple(_wording(wording) for wording in document.wordings),
        ),
        Section("hashtags", "Hashtags", lines=_plain(document.hashtags)),
        Section("mentions", "Mentions", lines=_plain(document.mentions)),
        Section("links", "Links", lines=tuple(Line(one, url=one) for one in document.links)),
        Section("inspiration", "For inspiration", lines=tuple(map(_idea, document.inspiration))),
        Section("usage", "What we do with your content", document.usage),
        Section(
            "steps",
            "By when",
            lines=tuple(
                Line(step.title, f"{date.fromisoformat(step.due_on):%-d %B %Y}")
                for step in document.steps
            ),
        ),
    )
    return [section for section in every if section.text or section.lines]


def platform_names() -> dict[str, str]:
    """What platforms are called."""
    return dict(Platform.objects.values_list("key", "name"))


def _plain(lines: Sequence[str]) -> tuple[Line, ...]:
    return tuple(Line(line) for line in lines)


def _claims(lines: Sequence[ClaimLine]) -> tuple[Line, ...]:
    return tuple(Line(line.text, note=line.note) for line in lines)


def _block(block: Block, names: Mapping[str, str]) -> Line:
    form = PostKind(block.form).label.lower()
    text = f"{names.get(block.platform, block.platform)}: {block.count} x {form}"
    if block.seconds:
        text += f", up to {_length(block.seconds)}"
    said = (part.rstrip(".") for part in (block.message, block.advice) if part)
    return Line(text, note=". ".join(said))


def _length(seconds: int) -> str:
    if seconds < 120:
        return f"{seconds} seconds"
    minutes, rest = divmod(seconds, 60)
    return f"{minutes} minutes" + (f" {rest} seconds" if rest else "")


def _wording(wording: Wording) -> Line:
    where = wording.jurisdiction + (f", {wording.language}" if wording.language else "")
    source = wording.source + (f", {wording.read}" if wording.read else "")
    note = ". ".join(part for part in (wording.note, f"Source: {source}" if source else "") if part)
    return Line(wording.text, where, note, wording.url)


def _idea(line: str) -> Line:
    url, _, why = line.partition(" ")
    return Line(why or url, url=url)
