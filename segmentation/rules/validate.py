"""Checks a rule against the catalogue before anything is saved or run: everything wrong at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from segmentation.rules import contradictions, tree
from segmentation.rules.checks import Checks
from segmentation.rules.errors import Position, RuleError, RuleInvalid, step, with_positions
from segmentation.rules.facts import TYPE_IN_WORDS, Catalogue, FactType, closest
from segmentation.rules.json_form import dump, load
from segmentation.rules.records import TAKES, RecordType, as_comparison, result_fact
from segmentation.rules.references import MAX_CHAIN, chain_length, find_cycle
from segmentation.rules.tree import Comparison, Period

MAX_DEPTH = 8
MAX_NODES = 200


@dataclass(frozen=True)
class Report:
    """What was found: with errors the rule cannot be saved or run, warnings are advice."""

    errors: tuple[RuleError, ...]
    warnings: tuple[RuleError, ...]

    @property
    def ok(self) -> bool:
        """Whether the rule can be run."""
        return not self.errors

    def require(self) -> None:
        """Raise RuleInvalid if there is any error."""
        if self.errors:
            raise RuleInvalid(self.errors)


def validate(
    node: tree.Node,
    catalogue: Catalogue,
    positions: Mapping[str, Position] | None = None,
    *,
    segment: str | None = None,
) -> Report:
    """Return all errors and warnings of a rule; `positions` (of text.read) adds places in text.

    `segment` is the key of the segment that the rule is for: a circle of references is found.
    """
    try:
        load(dump(node))  # a tree built in code obeys the same shape as one that was read
    except RuleInvalid as invalid:
        return Report(tuple(with_positions(invalid.errors, positions or {})), ())
    checker = _Checker(catalogue, segment)
    checker.node(node, "", 1)
    if checker.nodes > MAX_NODES:
        checker.error(
            "",
            "too_many_nodes",
            f"The rule has {checker.nodes} parts; the limit is {MAX_NODES}.",
        )
    errors = with_positions(checker.errors, positions or {})
    warnings = with_positions([*checker.warnings, *_warnings(node, catalogue)], positions or {})
    return Report(tuple(errors), tuple(warnings))


def _warnings(node: tree.Node, catalogue: Catalogue) -> Iterable[RuleError]:
    facts = tree.facts_of(node)
    only_facts = all(isinstance(leaf, Comparison) for leaf in tree.leaves(node))
    if only_facts and all(_counts_followers(key, catalogue) for key in facts):
        yield RuleError(
            "",
            None,
            "follower_count_only",
            "The rule looks at follower counts alone, which says little about fit; add what the "
            "creators do or whom they reach.",
        )


def _counts_followers(key: str, catalogue: Catalogue) -> bool:
    """Whether the fact is a follower count: by convention `followers` or `followers_<platform>`."""
    fact = catalogue.get(key)
    is_count = fact is not None and fact.type is FactType.NUMBER
    return is_count and (key == "followers" or key.startswith("followers_"))


class _Checker(Checks):
    """Walks one rule and collects what is wrong with it.

    `kind` is the kind of record for the `where` of an aggregate, whose facts are the record's
    fields; `segment` the key of the segment that the rule is for, if it has one.
    """

    def __init__(
        self, catalogue: Catalogue, segment: str | None = None, kind: RecordType | None = None
    ) -> None:
        super().__init__(catalogue)
        self.nodes = 0
        self.segment = segment
        self.kind = kind

    def node(self, node: tree.Node, at: str, depth: int) -> None:
        self.nodes += 1
        if depth == MAX_DEPTH + 1:
            self.error(at, "too_deep", f"Groups lie more than {MAX_DEPTH} levels deep here.")
        match node:
            case tree.All(items) | tree.Any(items):
                kind = "all" if isinstance(node, tree.All) else "any"
                if not items:
                    self.error(
                        at,
                        "empty_group",
                        f'The group "{kind}" is empty: add a condition.',
                    )
                for place, item in enumerate(items):
                    self.node(item, step(at, kind, place), depth + 1)
                if isinstance(node, tree.All):
                    self.errors += contradictions.find(node, at, self.catalogue)
            case tree.Not(item):
                self.node(item, step(at, "not"), depth + 1)
            case Comparison(value=tree.Norm()) if self.kind is not None:
                self.misplaced(step(at, "norm"), "A comparison with peers")
            case Comparison():
                self.comparison(node, at)
            case _ if self.kind is not None:
                self.misplaced(at, _WHAT[type(node)])
            case tree.Aggregate():
                self.aggregate(node, at, depth)
            case tree.StageFor():
                self.stage(node, at)
            case tree.SegmentRef():
                self.reference(node, at)

    def misplaced(self, at: str, what: str) -> None:
        kind = "" if self.kind is None else self.kind.label
        self.error(
            at,
            "wrong_place",
            f'{what} has no place in "where", which reads the fields of {kind} only.',
        )

    def aggregate(self, leaf: tree.Aggregate, at: str, depth: int) -> None:
        kind = self.catalogue.records.get(leaf.records)
        if kind is None:
            meant = closest(leaf.records, self.catalogue.records)
            hint = f" Did you mean {meant}?" if meant else ""
            self.error(
                step(at, leaf.function.value),
                "unknown_records",
                f'There are no records called "{leaf.records}".{hint}',
            )
            if leaf.where is not None:
                self.shape(leaf.where, step(at, "where"), depth + 1)
            return
        if leaf.where is not None:
            inner = _Checker(kind.fields, kind=kind)
            inner.node(leaf.where, step(at, "where"), depth + 1)
            self.nodes += inner.nodes
            self.errors += inner.errors
            self.warnings += inner.warnings
        if leaf.field is not None and not self.fits(leaf.function, leaf.field, kind, at):
            return
        if isinstance(leaf.value, tree.Norm):
            message = "What related records add up to has no norm: compare with a number."
            self.error(step(at, "norm"), "wrong_norm", message)
            return
        self.test(as_comparison(leaf), result_fact(leaf, kind), at)

    def fits(self, function: tree.Function, key: str, kind: RecordType, at: str) -> bool:
        """Check the field that an aggregate sums up."""
        field = kind.fields.get(key)
        if field is None:
            meant = kind.fields.suggest(key)
            hint = f" Did you mean {meant}?" if meant else ""
            message = f'{kind.label.capitalize()} have no field "{key}".{hint}'
            self.error(step(at, "of"), "unknown_field", message)
        elif field.type not in TAKES[function]:
            message = f'"{function}" does not fit {TYPE_IN_WORDS[field.type]}: {field.label}.'
            self.error(step(at, "of"), "wrong_function", message)
        else:
            return True
        return False

    def shape(self, node: tree.Node, at: str, depth: int) -> None:
        """Check size and depth of a part whose facts nobody knows."""
        inner = _Checker(Catalogue([]))
        inner.node(node, at, depth)
        self.nodes += inner.nodes
        about_shape = ("too_deep", "empty_group")
        self.errors += [error for error in inner.errors if error.code in about_shape]

    def stage(self, leaf: tree.StageFor, at: str) -> None:
        stage = self.catalogue.get(tree.STAGE)
        if stage is None or tree.STAGE_SINCE not in self.catalogue:
            self.error(at, "unknown_fact", "Nothing is known here of the stages of a relationship.")
            return
        self.named(leaf.stage, stage, step(at, "stage"))
        if isinstance(leaf.entered, Period) and leaf.entered.offset > 0:
            self.future(step(at, "entered"))

    def reference(self, leaf: tree.SegmentRef, at: str) -> None:
        segments = self.catalogue.segments
        link = segments.get(leaf.segment)
        place = step(at, "segment")
        if leaf.was is not None and leaf.was.offset > 0:
            self.future(step(at, "was"))
        if link is None and leaf.segment != self.segment:
            meant = closest(leaf.segment, segments)
            hint = f" Did you mean {meant}?" if meant else ""
            message = f'This brand has no segment "{leaf.segment}".{hint}'
            self.error(place, "unknown_segment", message)
            return
        if leaf.was is not None:
            return
        way = None if self.segment is None else find_cycle(self.segment, [leaf.segment], segments)
        if way is not None:
            message = f"The segments depend on each other in a circle: {' → '.join(way)}."
            self.error(place, "segment_cycle", message)
        elif link is not None and not link.is_in_use:
            message = f"{link.name} takes no part in runs (it is {link.status})."
            self.error(place, "segment_not_in_use", message)
        elif chain_length([leaf.segment], segments) > MAX_CHAIN:
            message = f"More than {MAX_CHAIN} segments would depend on each other in a row here."
            self.error(place, "chain_too_long", message)

    def future(self, at: str) -> None:
        self.error(at, "impossible_period", "Nobody knows yet what that period will bring.")


_WHAT: Mapping[type[tree.Node], str] = {
    tree.Aggregate: "Summing up other records",
    tree.StageFor: "The time in a stage",
    tree.SegmentRef: "A segment",
}
