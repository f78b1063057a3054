"""A rule as an English sentence, for people who read no notation."""

from __future__ import annotations

from segmentation.rules import tree
from segmentation.rules.facts import Catalogue
from segmentation.rules.printer import print_rule
from segmentation.rules.records import as_comparison, result_fact
from segmentation.rules.tree import Comparison
from segmentation.rules.words import (
    join_words,
    mid_sentence,
    phrase,
    span_words,
    threshold_words,
    window_words,
)


def in_words(node: tree.Node, catalogue: Catalogue) -> str:
    """Return the rule as one sentence: "Followers at least 10,000, and role is Educator."

    Groups inside groups stand in parentheses. What names a fact that is gone is shown in the text
    notation, so that a broken rule can still be read.
    """
    if isinstance(node, tree.All | tree.Any) and len(node.items) > 1:
        word = "and" if isinstance(node, tree.All) else "or"
        sentence = f", {word} ".join(_inner(item, catalogue) for item in node.items)
    else:
        sentence = _inner(node, catalogue)
    return f"{sentence[:1].upper()}{sentence[1:]}."


def leaf_words(leaf: tree.Leaf, catalogue: Catalogue, *, wanted: bool = True) -> str:
    """Return a leaf, or its opposite, within a sentence: "followers at least 10,000"."""
    if not has_words(leaf, catalogue):
        text = print_rule(leaf, catalogue)
        return text if wanted else f"not {text}"
    if isinstance(leaf, Comparison):
        return phrase(leaf, catalogue[leaf.fact], wanted=wanted)
    if isinstance(leaf, tree.Aggregate):
        asked = threshold_words(
            as_comparison(leaf), result_fact(leaf, catalogue.records[leaf.records]), wanted=wanted
        )
        return f"{mid_sentence(subject_words(leaf, catalogue))} {asked}"
    words = subject_words(leaf, catalogue)
    return words if wanted else f"not {words}"


def subject_words(leaf: tree.Leaf, catalogue: Catalogue) -> str:
    """Return what a leaf beyond the facts looks at: "Number of posts (in the last 90 days)"."""
    match leaf:
        case tree.Aggregate():
            kind = catalogue.records[leaf.records]
            limits = [] if leaf.where is None else [_bare(leaf.where, kind.fields)]
            limits += [] if leaf.within is None else [window_words(leaf.within)]
            label = result_fact(leaf, kind).label
            return f"{label} ({', '.join(limits)})" if limits else label
        case tree.StageFor(stage, at_least, entered):
            name = catalogue[tree.STAGE].label_of(stage)
            if at_least is not None:
                return f"in stage {name} for at least {span_words(at_least)}"
            return f"in stage {name}, entered {window_words(entered)}" if entered else name
        case tree.SegmentRef(segment, was):
            link = catalogue.segments.get(segment)
            name = segment if link is None else link.name
            return f"in segment {name}" if was is None else f"in segment {name} {window_words(was)}"
        case _:
            return catalogue[leaf.fact].label


def has_words(leaf: tree.Leaf, catalogue: Catalogue) -> bool:
    """Return whether all that the leaf names is there."""
    match leaf:
        case Comparison():
            fact = catalogue.get(leaf.fact)
            return fact is not None and leaf.op in fact.operators
        case tree.Aggregate():
            kind = catalogue.records.get(leaf.records)
            return kind is not None and (leaf.field is None or leaf.field in kind.fields)
        case tree.StageFor():
            return tree.STAGE in catalogue
        case tree.SegmentRef():
            return True


def _bare(node: tree.Node, catalogue: Catalogue) -> str:
    """A part that stands in parentheses already."""
    words = _inner(node, catalogue)
    is_group = isinstance(node, tree.All | tree.Any) and len(node.items) > 1
    return words.removeprefix("(").removesuffix(")") if is_group else words


def _inner(node: tree.Node, catalogue: Catalogue) -> str:
    match node:
        case tree.All(items) | tree.Any(items) if items:
            word = "and" if isinstance(node, tree.All) else "or"
            parts = [_inner(item, catalogue) for item in items]
            return parts[0] if len(parts) == 1 else f"({join_words(parts, word)})"
        case tree.All() | tree.Any():
            return print_rule(node, catalogue)
        case tree.Not(
            Comparison() | tree.Aggregate() | tree.StageFor() | tree.SegmentRef() as leaf
        ):
            return leaf_words(leaf, catalogue, wanted=False)
        case tree.Not(item):
            return f"not {_inner(item, catalogue)}"
        case _:
            return leaf_words(node, catalogue)
