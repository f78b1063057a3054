"""Rule packs: what each jurisdiction asks, as data with sources and dates; checked when read."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property
from typing import Any

from campaigns.disclosure import lexicon as lexicons
from campaigns.disclosure.files import names, read
from campaigns.disclosure.lexicon import Lexicon
from campaigns.disclosure.matcher import Matcher
from campaigns.disclosure.vocabulary import CONNECTION_KINDS, Confidence, Format, Standing

# Parts of a pack that a person reads and the engine only hands on.
FOR_THE_READER = ("instruments", "liability", "penalties", "recordkeeping")


class PackRefused(ValueError):
    """A pack cannot be used; the message says which datum and why."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where something was read."""

    id: str
    name: str
    url: str
    date: str
    kind: str


@dataclass(frozen=True, slots=True)
class Datum:
    """One line of a pack: what it says, from where, how sure, and when it holds."""

    key: str
    note: str
    sources: tuple[Source, ...]
    confidence: Confidence
    effective_from: date | None
    effective_to: date | None
    params: Mapping[str, Any] = field(hash=False)

    def holds(self, at: date) -> bool:
        """Whether the rule is in force on that day."""
        return (self.effective_from is None or self.effective_from <= at) and (
            self.effective_to is None or at <= self.effective_to
        )


@dataclass(frozen=True, slots=True)
class Label:
    """A wording, and how a jurisdiction looks at it."""

    datum: Datum
    text: str
    standing: Standing
    language: str | None  # None: whatever the language of the post
    patterns: tuple[str, ...]
    native: bool  # the words of the platform's own tool

    def holds(self, at: date) -> bool:
        """Whether the rule is in force on that day."""
        return self.datum.holds(at)


@dataclass(frozen=True, slots=True)
class Placement:
    """Where and how a label must stand."""

    datum: Datum
    rule: str
    platforms: frozenset[str]
    formats: frozenset[Format]


@dataclass(frozen=True)
class Pack:
    """What one jurisdiction asks."""

    key: str
    name: str
    version: str
    digest: str
    languages: tuple[str, ...]
    aliases: tuple[str, ...]
    members: tuple[str, ...]
    labels: tuple[Label, ...]
    placement: tuple[Placement, ...]
    connections: tuple[tuple[Datum, tuple[str, ...]], ...]
    categories: Mapping[str, tuple[Datum, ...]]
    registration: tuple[Datum, ...]
    contract: tuple[Datum, ...]
    reading: Mapping[str, tuple[Datum, ...]]
    by_pattern: Mapping[str, tuple[Label, ...]]

    @property
    def data(self) -> Iterator[Datum]:
        """Every line of the pack."""
        yield from (label.datum for label in self.labels)
        yield from (rule.datum for rule in self.placement)
        yield from (datum for datum, _ in self.connections)
        for notes in self.categories.values():
            yield from notes
        yield from self.registration
        yield from self.contract
        for notes in self.reading.values():
            yield from notes


@dataclass(frozen=True, slots=True)
class Fold:
    """How much of a text is seen before "more"; the value used is kept with the finding."""

    surface: str
    chars: int | None
    lines: int | None
    datum: Datum


@dataclass(frozen=True, slots=True)
class Platform:
    """A platform's own tool and the folds of its texts."""

    key: str
    tool: Datum
    folds: tuple[Fold, ...]
    notes: tuple[Datum, ...]
    fields: tuple[Datum, ...]


@dataclass(frozen=True)
class Packs:
    """All packs, platforms, the baseline and the matcher made for them."""

    jurisdictions: Mapping[str, Pack]
    platforms: Mapping[str, Platform]
    baseline: Pack
    sources: Mapping[str, Source]
    disclaimer: str
    covers: Mapping[str, tuple[str, ...]]  # a broader word for connections to kinds
    sensitive: frozenset[str]
    accepted_somewhere: frozenset[str]  # patterns
    lexicon: Lexicon
    matcher: Matcher

    @cached_property
    def categories(self) -> frozenset[str]:
        """The categories of goods that some pack or the list of sensitive ones knows."""
        known = {name for pack in self.jurisdictions.values() for name in pack.categories}
        return frozenset(known | self.sensitive)

    @cached_property
    def _by_name(self) -> Mapping[str, str]:
        return {
            name: pack.key
            for pack in self.jurisdictions.values()
            for name in (pack.key, *pack.aliases)
        }

    def resolve(self, names: Iterable[str]) -> list[str]:
        """The keys of the packs that are meant, e.g. UK by GB; names without a pack stay."""
        upper = (name.strip().upper() for name in names)
        return list(dict.fromkeys(self._by_name.get(name, name) for name in upper))

    def over(self, key: str) -> Pack | None:
        """The pack of which `key` is a member, e.g. the EU's."""
        return next((pack for pack in self.jurisdictions.values() if key in pack.members), None)


class _Reader:
    """Turns what the files say into packs, and refuses what they must not say."""

    def __init__(self, sources: Mapping[str, Source]) -> None:
        self.sources = sources

    def datum(self, key: str, form: Mapping[str, Any]) -> Datum:
        unknown = [name for name in form.get("src", ()) if name not in self.sources]
        if unknown:
            raise PackRefused(
                f"{key} cites {', '.join(unknown)}, which sources.yaml does not list."
            )
        try:
            confidence = Confidence(form["confidence"])
        except (KeyError, ValueError) as error:
            raise PackRefused(
                f"{key} must say how sure it is: found or general-knowledge."
            ) from error
        if confidence is Confidence.FOUND and not form.get("src"):
            raise PackRefused(f"{key} says that it was found, but not where.")
        return Datum(
            key=key,
            note=form.get("note")
            or form.get("condition")
            or form.get("text")
            or form.get("field")
            or "",
            sources=tuple(self.sources[name] for name in form.get("src", ())),
            confidence=confidence,
            effective_from=_date(key, form.get("effective_from")),
            effective_to=_date(key, form.get("effective_to")),
            params=form,
        )

    def data(self, key: str, forms: Sequence[Mapping[str, Any]]) -> tuple[Datum, ...]:
        return tuple(self.datum(f"{key}.{number}", form) for number, form in enumerate(forms, 1))

    def labels(self, key: str, form: Mapping[str, Any]) -> Iterator[Label]:
        datum = self.datum(key, form)
        match = form.get("match", [])
        by_language = match if isinstance(match, dict) else {form.get("lang"): match}
        if not match and not form.get("native") and "covered_by" not in form:
            raise PackRefused(f"{key} must say what to look for, or what covers it.")
        for language, patterns in by_language.items() or [(form.get("lang"), [])]:
            yield Label(
                datum=datum,
                text=form["text"],
                standing=Standing(form["standing"]),
                language=language,
                patterns=tuple(patterns),
                native=bool(form.get("native")),
            )

    def placement(self, key: str, form: Mapping[str, Any], platforms: frozenset[str]) -> Placement:
        strange = set(form.get("platforms", ())) - platforms
        if strange:
            raise PackRefused(
                f"{key} names platforms that platforms.yaml lacks: {sorted(strange)}."
            )
        return Placement(
            datum=self.datum(key, form),
            rule=form["rule"],
            platforms=frozenset(form.get("platforms", ())),
            formats=frozenset(Format(name) for name in form.get("formats", ())),
        )

    def pack(self, form: Mapping[str, Any], platforms: frozenset[str]) -> Pack:
        key = form.get("key", "baseline")
        labels = tuple(
            label
            for number, line in enumerate(form["labels"], 1)
            for label in self.labels(f"{key}.label.{number}", line)
        )
        by_pattern: dict[str, list[Label]] = defaultdict(list)
        for label in labels:
            for pattern in label.patterns:
                by_pattern[pattern].append(label)
        counts: dict[str, int] = defaultdict(int)
        placement = []
        for line in form["placement"]:
            counts[line["rule"]] += 1
            number = counts[line["rule"]]
            name = f"{key}.placement.{line['rule']}" + (f".{number}" if number > 1 else "")
            placement.append(self.placement(name, line, platforms))
        connections = [
            (self.datum(f"{key}.connections.{number}", line), tuple(line["ids"]))
            for number, line in enumerate(form.get("material_connections", ()), 1)
        ]
        return Pack(
            key=key,
            name=form.get("name", "Strictest common baseline"),
            version=form["version"],
            digest=hashlib.sha256(
                json.dumps(form, sort_keys=True, ensure_ascii=False).encode()
            ).hexdigest(),
            languages=tuple(form.get("languages", ())),
            aliases=tuple(form.get("aliases", ())),
            members=tuple(form.get("members", ())),
            labels=labels,
            placement=tuple(placement),
            connections=tuple(connections),
            categories={
                category: self.data(f"{key}.category.{category}", notes)
                for category, notes in form.get("categories", {}).items()
            },
            registration=self.data(f"{key}.registration", form.get("registration", ())),
            contract=self.data(f"{key}.contract", form.get("contract", ())),
            reading={
                part: self.data(f"{key}.{part}", form.get(part, ())) for part in FOR_THE_READER
            },
            by_pattern={pattern: tuple(some) for pattern, some in by_pattern.items()},
        )

    def platform(self, key: str, form: Mapping[str, Any]) -> Platform:
        folds = tuple(
            Fold(line["surface"], line["chars"], line.get("lines"), datum)
            for line, datum in zip(
                form["fold"], self.data(f"{key}.fold", form["fold"]), strict=True
            )
            if "ignored" not in line
        )
        notes = [
            line for part in ("hashtags", "format_rules", "sufficiency") for line in form[part]
        ]
        return Platform(
            key=key,
            tool=self.datum(f"{key}.tool", form["disclosure_tool"]),
            folds=folds,
            notes=self.data(f"{key}.note", notes),
            fields=self.data(f"{key}.field", form["api_fields"]),
        )


def _date(key: str, value: str | None) -> date | None:
    try:
        return None if value is None else date.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise PackRefused(f"{key} has a date that is none: {value!r}.") from error


def build(
    *,
    jurisdictions: Sequence[Mapping[str, Any]],
    platforms: Mapping[str, Any],
    sources: Mapping[str, Any],
    baseline: Mapping[str, Any],
    lexicon: Lexicon,
) -> Packs:
    """The packs that the forms describe. Raises PackRefused."""
    known = {key: Source(id=key, **form) for key, form in sources["sources"].items()}
    reader = _Reader(known)
    names_of_platforms = frozenset(platforms["platforms"])
    packs = [reader.pack(form, names_of_platforms) for form in jurisdictions]
    beyond = reader.pack(baseline, names_of_platforms)
    covers = {word: tuple(kinds) for word, kinds in baseline["connections"].items()}
    _check_connections(packs, covers)
    patterns = [pattern for pack in [*packs, beyond] for pattern in pack.by_pattern]
    return Packs(
        jurisdictions={pack.key: pack for pack in packs},
        platforms={key: reader.platform(key, form) for key, form in platforms["platforms"].items()},
        baseline=beyond,
        sources=known,
        disclaimer=sources["disclaimer"],
        covers=covers,
        sensitive=frozenset(baseline["sensitive_categories"]),
        accepted_somewhere=frozenset(
            pattern
            for pack in packs
            for label in pack.labels
            if label.standing is Standing.ACCEPTED
            for pattern in label.patterns
        ),
        lexicon=lexicon,
        matcher=Matcher(patterns, lexicon),
    )


def _check_connections(packs: Sequence[Pack], covers: Mapping[str, Sequence[str]]) -> None:
    strange = {kind for kinds in covers.values() for kind in kinds} - set(CONNECTION_KINDS)
    if strange:
        raise PackRefused(
            f"The baseline covers kinds of connection that are none: {sorted(strange)}."
        )
    for pack in packs:
        for datum, words in pack.connections:
            missing = [word for word in words if word not in covers]
            if missing:
                raise PackRefused(f"{datum.key} names connections without meaning: {missing}.")


@cache
def standard() -> Packs:
    """The packs that come with the product."""
    return build(
        jurisdictions=[read(name) for name in names("jurisdictions")],
        platforms=read("platforms.yaml"),
        sources=read("sources.yaml"),
        baseline=read("baseline.yaml"),
        lexicon=lexicons.standard(),
    )
