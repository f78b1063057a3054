"""What is known about a post when it is checked. None always means: nobody knows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from campaigns.disclosure.vocabulary import CONNECTION_KINDS, CreatorKind, Format, Result

LONGEST = 200_000  # characters of all texts together: no caption, and few films, have more


@dataclass(frozen=True, slots=True)
class Problem:
    """A value that cannot be checked: where it is, and what is wrong with it."""

    pointer: str
    message: str


class CaseRefused(ValueError):
    """The case cannot be checked; `problems` say why, in words fit for the user."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(" ".join(problem.message for problem in problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Connection:
    """What a creator had, has or will have from the advertiser."""

    kind: str
    value: Decimal | None = None
    currency: str | None = None
    on: date | None = None
    aim: str | None = None
    advertiser: str | None = None
    # Whether the brand had a say in the content; an unsolicited gift comes without one.
    influence: bool | None = None
    written_contract: bool | None = None


@dataclass(frozen=True, slots=True)
class Advertiser:
    """For whom the post advertises, by all names that a text may use."""

    name: str
    aliases: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Name and aliases, e.g. handles."""
        return (self.name, *self.aliases)


@dataclass(frozen=True, slots=True)
class Consent:
    """Of one person whose face, voice or body a character has. None: nobody asked."""

    parts: tuple[str, ...]
    given: bool | None = None
    valid_from: date | None = None
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class Virtual:
    """What is known of a virtual creator. None: nobody knows."""

    ai_made: bool | None = None
    based_on_people: bool | None = None
    consents: tuple[Consent, ...] = ()
    rights_owner: bool | None = None  # whether it is known who holds the rights in the character
    rights_until: date | None = None


@dataclass(frozen=True, slots=True)
class Creator:
    """What rules ask about the person."""

    kind: CreatorKind = CreatorKind.EXTERNAL
    followers: int | None = None  # on the account with the most
    followers_sum: int | None = None
    videos_12_months: int | None = None
    monthly_views: int | None = None
    income_eur: Decimal | None = None
    registered: Mapping[str, bool] = field(default_factory=dict)  # by jurisdiction
    permit_valid_until: Mapping[str, date | None] = field(default_factory=dict)  # None: has none
    permit_shown: bool | None = None
    under_age: bool | None = None
    audience_under_18: float | None = None  # share
    virtual: Virtual | None = None  # of a virtual creator; None: nothing is on file


@dataclass(frozen=True, slots=True)
class Media:
    """What was seen and heard beside the caption."""

    frames: tuple[str, ...] | None = None  # words on the picture: one text a story frame or scene
    spoken: str | None = None
    label_seconds: float | None = None  # how long the label is on the screen
    seconds: float | None = None
    retouched: bool | None = None  # a body or face was altered
    synthetic: bool | None = None  # a person made by a machine appears


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person found about an item of the checklist, which the engine could not see."""

    result: Result
    note: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """A post, draft or live, with what is on file about it."""

    platform: str
    format: Format
    jurisdictions: tuple[str, ...]
    text: str | None  # caption, description or body; None when nothing was captured
    title: str | None = None
    # None: nobody looked; empty: somebody looked and there is none.
    connections: tuple[Connection, ...] | None = None
    language: str | None = None
    advertiser: Advertiser | None = None
    creator: Creator = Creator()
    media: Media = Media()
    platform_tool: bool | None = None  # whether the platform shows its own label
    categories: frozenset[str] = frozenset()
    answers: Mapping[str, Answer] = field(default_factory=dict)  # by key of the item
    # As much of the text as readers saw without asking for more; None: nobody captured that.
    visible: str | None = None

    @property
    def has_media(self) -> bool:
        """Whether anything of the picture, film or sound was captured."""
        return self.media.frames is not None or self.media.spoken is not None

    def problems(self, *, platforms: frozenset[str], categories: frozenset[str]) -> list[Problem]:
        """What makes the case impossible to check."""
        found = []
        if self.platform not in platforms:
            found.append(
                Problem(
                    "/platform", f"Platform {self.platform!r} is not one of {_list(platforms)}."
                )
            )
        if not self.jurisdictions:
            found.append(
                Problem(
                    "/jurisdictions",
                    "Name at least one jurisdiction: the market, the creator's seat.",
                )
            )
        for number, connection in enumerate(self.connections or ()):
            if connection.kind not in CONNECTION_KINDS:
                message = f"Connection {connection.kind!r} is not one of {_list(CONNECTION_KINDS)}."
                found.append(Problem(f"/connections/{number}/kind", message))
            if connection.value is not None and connection.value < 0:
                found.append(
                    Problem(f"/connections/{number}/value", "A value must not be below zero.")
                )
            if connection.value is not None and not connection.currency:
                found.append(
                    Problem(f"/connections/{number}/currency", "A value needs its currency.")
                )
        texts = (
            self.text,
            self.visible,
            self.title,
            self.media.spoken,
            *(self.media.frames or ()),
        )
        if sum(len(text or "") for text in texts) > LONGEST:
            found.append(Problem("/text", f"The texts are longer than {LONGEST:,} characters."))
        found.extend(
            Problem("/categories", f"Category {category!r} is not one of {_list(categories)}.")
            for category in sorted(self.categories - categories)
        )
        return found


def _list(words: Sequence[str] | frozenset[str]) -> str:
    return ", ".join(sorted(words))
