"""The second layer: which of the wordings that were found count in a jurisdiction, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum

from campaigns.disclosure.captured import cut_of
from campaigns.disclosure.case import Case
from campaigns.disclosure.lexicon import Signal
from campaigns.disclosure.matcher import (
    NEAR_START,
    Form,
    Hit,
    Lookalike,
    Names,
    tag_number,
    words_before,
)
from campaigns.disclosure.packs import Datum, Label, Pack, Packs
from campaigns.disclosure.text import Kind, Text
from campaigns.disclosure.vocabulary import Format, Standing

CAPTION, TITLE, FRAME, SPEECH, TOOL = "caption", "title", "frame", "speech", "platform tool"


class Grade(IntEnum):
    """How good a wording is, the best highest."""

    INSUFFICIENT = 1
    UNKNOWN = 2
    ACCEPTED = 3


@dataclass(frozen=True, slots=True)
class Surface:
    """A place of the post that was captured: caption, title, a frame, speech."""

    kind: str
    name: str
    text: Text
    hits: Sequence[Hit]
    denials: Sequence[Hit]
    lookalikes: Sequence[Lookalike]
    signals: Sequence[Signal]
    affiliate: Sequence[Signal]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A wording on a surface, as one jurisdiction sees it. The platform's tool has no surface."""

    grade: Grade
    standing: Standing
    reason: str
    datum: Datum | None
    language: str | None
    surface: Surface | None
    hit: Hit | None

    @property
    def kind(self) -> str:
        """Where it stands."""
        return TOOL if self.surface is None else self.surface.kind

    @property
    def words(self) -> str:
        """What the reader reads."""
        if self.surface is None or self.hit is None:
            return "the platform's own label"
        text = self.surface.text
        return text.raw[text.place(self.hit.start) : text.end_place(self.hit.end)]


@dataclass(frozen=True, slots=True)
class Seen:
    """All that was captured and found, for all jurisdictions alike."""

    case: Case
    at: date
    packs: Packs
    names: Names
    surfaces: tuple[Surface, ...]
    language: str | None
    language_guessed: bool
    # Languages of which the text has at least a word, when none could be told.
    language_hints: frozenset[str]
    # The place of the caption before which somebody saw it at once; None: not captured.
    cut: int | None

    def on(self, kind: str) -> tuple[Surface, ...]:
        """The surfaces of that kind."""
        return tuple(surface for surface in self.surfaces if surface.kind == kind)

    @property
    def speaks_of_advertising(self) -> bool:
        """Whether plain words say, and do not deny, that it is advertising."""
        lexicon = self.packs.lexicon
        return self._has(lambda hit: lexicon.is_plain(hit.pattern, self.language))

    @property
    def may_speak_of_a_connection(self) -> bool:
        """Whether the post has words such as "gifted" or "collab"."""
        return self._has(lambda hit: hit.pattern in self.packs.lexicon.ambiguous)

    def _has(self, wanted: Callable[[Hit], bool]) -> bool:
        return any(
            wanted(hit) and not hit.denied_by and hit.form is not Form.OPENING
            for surface in self.surfaces
            for hit in surface.hits
        )

    @property
    def denied(self) -> list[str]:
        """The words in which the post says that it is no advertising."""
        whole = [
            surface.text.folded[hit.start : hit.end]
            for surface in self.surfaces
            for hit in surface.denials
        ]
        near = [hit.denied_by for surface in self.surfaces for hit in surface.hits if hit.denied_by]
        return whole + near


def look(case: Case, packs: Packs, at: date) -> Seen:
    """Find every wording on every surface that was captured."""
    names = Names(case.advertiser.names if case.advertiser else ())
    surfaces = tuple(
        _surface(kind, name, Text(raw), packs, names) for kind, name, raw in _captured(case)
    )
    language = case.language.split("-")[0].casefold() if case.language else None
    guessed = None
    hints: frozenset[str] = frozenset()
    if language is None and surfaces:
        guessed, hints = packs.lexicon.language_of(surfaces[0].text)
    return Seen(
        case=case,
        at=at,
        packs=packs,
        names=names,
        surfaces=surfaces,
        language={"nb": "no", "nn": "no"}.get(language or "", language) or guessed,
        language_guessed=guessed is not None,
        language_hints=hints,
        cut=cut_of(case.text, case.visible),
    )


def _captured(case: Case) -> Iterator[tuple[str, str, str]]:
    frames = case.media.frames
    if case.format is Format.STORY:
        # A story has no caption: its words stand on the picture.
        if case.text is not None:
            frames = (case.text, *(frames or ()))
    elif case.text is not None:
        yield CAPTION, CAPTION, case.text
    if case.title is not None:
        yield TITLE, TITLE, case.title
    for number, frame in enumerate(frames or (), 1):
        yield FRAME, f"{FRAME} {number}", frame
    if case.media.spoken is not None:
        yield SPEECH, SPEECH, case.media.spoken


def _surface(kind: str, name: str, text: Text, packs: Packs, names: Names) -> Surface:
    reading = packs.matcher.read(text, names)
    return Surface(
        kind=kind,
        name=name,
        text=text,
        hits=reading.hits,
        denials=reading.denials,
        lookalikes=packs.matcher.lookalikes(text, reading.hits),
        signals=packs.lexicon.signals_in(text),
        affiliate=packs.lexicon.affiliate_disclosures(text),
    )


def candidates(seen: Seen, pack: Pack) -> list[Candidate]:
    """Every wording as this jurisdiction sees it, the best first, then the earliest."""
    found = [
        _candidate(seen, pack, surface, hit) for surface in seen.surfaces for hit in surface.hits
    ]
    kept = [candidate for candidate in found if candidate is not None]
    tool = _tool(seen, pack)
    if tool is not None:
        kept.append(tool)
    # Words before the tool: they are what most jurisdictions ask for.
    return sorted(kept, key=lambda one: (-one.grade, one.surface is None))


def marks(seen: Seen, pack: Pack, mark: str) -> list[Candidate]:
    """Wordings that say that a picture was altered or made by a machine."""
    return [
        Candidate(Grade.ACCEPTED, Standing.MARK, "", label.datum, label.language, surface, hit)
        for surface in seen.surfaces
        for hit in surface.hits
        for label in pack.by_pattern.get(hit.pattern, ())
        if label.datum.params.get("mark") == mark and label.holds(seen.at) and not hit.denied_by
    ]


def _candidate(seen: Seen, pack: Pack, surface: Surface, hit: Hit) -> Candidate | None:
    if hit.denied_by:
        return None
    listed = [label for label in pack.by_pattern.get(hit.pattern, ()) if label.holds(seen.at)]
    graded = [
        candidate
        for label in listed
        if label.standing is not Standing.MARK
        and (candidate := _listed(seen, label, surface, hit)) is not None
    ]
    if graded:
        return max(graded, key=lambda one: one.grade)
    if listed:
        return None  # a mark, or a word of another language
    return _unlisted(seen, surface, hit)


def _listed(seen: Seen, label: Label, surface: Surface, hit: Hit) -> Candidate | None:
    grade, reason = _grade(seen, label, surface, hit)
    if grade is None:
        return None
    return Candidate(grade, label.standing, reason, label.datum, label.language, surface, hit)


def _grade(seen: Seen, label: Label, surface: Surface, hit: Hit) -> tuple[Grade | None, str]:
    params = label.datum.params
    foreign = seen.language is not None and label.language not in {None, seen.language}
    if foreign and params.get("ambiguous"):
        return None, ""
    if foreign and isinstance(params.get("match"), dict):
        return None, ""  # the national word, but of another nation
    if hit.form is Form.OPENING:
        # Without a mark after it the word may be the first of an ordinary sentence.
        if label.standing is not Standing.ACCEPTED:
            return None, ""
        return Grade.UNKNOWN, f"{label.text!r} opens the text, but the sentence goes on: a label?"
    if label.standing is Standing.INSUFFICIENT:
        return Grade.INSUFFICIENT, f"{label.text!r} is not enough here."
    fits = params.get("fits")
    kinds = None if seen.case.connections is None else {one.kind for one in seen.case.connections}
    if fits and kinds is not None and not kinds & set(fits):
        return Grade.UNKNOWN, f"{label.text!r} names another connection than the one on file."
    if params.get("where") == "start" and not _first(surface, hit):
        return Grade.UNKNOWN, f"{label.text!r} counts at the start; it stands further on."
    met, why = _condition(seen, label, surface, hit)
    if met is False:
        return Grade.INSUFFICIENT, why
    if met is None or params.get("ask"):
        return (
            Grade.UNKNOWN,
            why or f"A person must decide: {params.get('condition') or label.text}.",
        )
    return Grade.ACCEPTED, f"{label.text!r} is accepted here."


def _condition(seen: Seen, label: Label, surface: Surface, hit: Hit) -> tuple[bool | None, str]:
    """Whether what a conditional wording depends on is so; None when nobody knows."""
    params = label.datum.params
    when = params.get("when")
    condition = params.get("condition", "")
    if when is None:
        return (None if label.standing is Standing.CONDITIONAL else True), ""
    if when.get("first") and not _first(surface, hit):
        return None, f"{label.text!r} counts only under a condition: {condition}."
    within = when.get("advertiser_tag_within")
    if within is not None:
        return _tag_beside(seen, surface, hit, within), f"Asked for here: {condition}."
    kinds = when.get("connections")
    if kinds is None:
        return True, ""
    on_file = seen.case.connections
    if on_file is None:
        return None, "Counts only for some connections, and none was looked up."
    others = [one.kind for one in on_file if one.kind not in kinds]
    if others or not on_file:
        return False, f"{label.text!r} counts only for {', '.join(kinds)}: {condition}."
    if when.get("no_influence") and any(one.influence for one in on_file):
        return False, f"{label.text!r} counts only without a say of the brand: {condition}."
    return True, ""


def _tag_beside(seen: Seen, surface: Surface, hit: Hit, within: int) -> bool | None:
    """Whether label and advertiser are both among the first `within` hashtags."""
    tags = [token for token in surface.text.tokens if token.kind is Kind.TAG][:within]
    if tag_number(surface.text, hit) > within or hit.form is not Form.TAG:
        return False
    if not seen.names:
        return None
    return any(seen.names.has(token.key) for token in tags)


def _first(surface: Surface, hit: Hit) -> bool:
    return words_before(surface.text, hit) <= NEAR_START


def _unlisted(seen: Seen, surface: Surface, hit: Hit) -> Candidate | None:
    """A wording that the pack does not name: nobody here says that it would do."""
    for label in seen.packs.baseline.by_pattern.get(hit.pattern, ()):
        reason = "In none of the sources read is this enough on its own."
        return Candidate(
            Grade.INSUFFICIENT, Standing.INSUFFICIENT, reason, label.datum, None, surface, hit
        )
    if hit.form is Form.OPENING:
        return None
    lexicon = seen.packs.lexicon
    languages = lexicon.clear.get(hit.pattern, ())
    grade, standing = Grade.UNKNOWN, Standing.UNLISTED
    if languages and seen.language in languages:
        reason = "Plain in the language of the post, but not listed in this pack."
    elif languages:
        reason = f"Plain wording elsewhere ({', '.join(languages)}), but not listed in this pack."
    elif hit.pattern in seen.packs.accepted_somewhere or hit.pattern in lexicon.brand_tags:
        reason = "Accepted elsewhere, but not listed in this pack."
    elif hit.pattern in lexicon.ambiguous and hit.brand is not None:
        reason = "Names the brand, but not plainly as an advertiser; this pack does not list it."
    elif hit.pattern in lexicon.ambiguous:
        grade, reason = Grade.INSUFFICIENT, "Unclear wording, which this pack does not list."
    else:
        return None  # what only another jurisdiction speaks of, to say that it is not enough
    language = languages[0] if languages else None
    return Candidate(grade, standing, reason, None, language, surface, hit)


def _tool(seen: Seen, pack: Pack) -> Candidate | None:
    """The platform's own label as a wording."""
    if not seen.case.platform_tool:
        return None
    alone = next(
        (one for one in pack.placement if one.rule == "platform_tool_not_sufficient_alone"), None
    )
    datum = alone.datum if alone else None
    grade, standing = Grade.UNKNOWN, Standing.UNLISTED
    reason = "The pack does not say whether the platform's label does by itself."
    for label in pack.labels:
        platforms = label.datum.params.get("platforms", [seen.case.platform])
        if not label.native or not label.holds(seen.at) or seen.case.platform not in platforms:
            continue
        datum, standing = label.datum, label.standing
        if label.standing is Standing.ACCEPTED:
            grade, reason = Grade.ACCEPTED, "The platform's own label is accepted here."
        else:
            reason = f"The platform's own label: {label.datum.note}."
    fails = [
        one for one in (alone and alone.datum, datum) if one and one.params.get("alone") == "fail"
    ]
    if grade is not Grade.ACCEPTED and fails:
        datum = fails[0]
        grade, reason = Grade.INSUFFICIENT, f"The platform's own label is not enough: {datum.note}."
    elif grade is Grade.UNKNOWN and alone:
        reason = f"The platform's own label by itself: {alone.datum.note}."
    return Candidate(grade, standing, reason, datum, None, None, None)
