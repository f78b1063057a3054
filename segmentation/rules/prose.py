"""A rule as an English sentence, for people who read no notation."""

from __future__ import annotations

from segmentation.rules import tree
from segmentation.rules.facts import Catalogue
from segmentation.rules.text import print_rule
from segmentation.rules.tree import Comparison
from segmentation.rules.words import join_words, phrase


def in_words(node: tree.Node, catalogue: Catalogue) -> str:
    """Return the rule as one sentence: "Followers at least 10,000, and role is Educator."

    Groups inside groups stand in parentheses. What has no words yet, or names a fact that is gone,
    is shown in the text notation, so that a broken rule can still be read.
    """
    if isinstance(node, tree.All | tree.Any) and len(node.items) > 1:
        word = "and" if isinstance(node, tree.All) else "or"
        sentence = f", {word} ".join(_inner(item, catalogue) for item in node.items)
    else:
        sentence = _inner(node, catalogue)
    return f"{sentence[:1].upper()}{sentence[1:]}."


def _inner(node: tree.Node, catalogue: Catalogue) -> str:
    match node:
        case tree.All(items) | tree.Any(items) if items:
            word = "and" if isinstance(node, tree.All) else "or"
            parts = [_inner(item, catalogue) for item in items]
            return parts[0] if len(parts) == 1 else f"({join_words(parts, word)})"
        case tree.Not(Comparison() as leaf) if _has_words(leaf, catalogue):
            return phrase(leaf, catalogue[leaf.fact], wanted=False)
        case tree.Not(item):
            return f"not {_inner(item, catalogue)}"
        case Comparison() if _has_words(node, catalogue):
            return phrase(node, catalogue[node.fact])
        case _:
            return print_rule(node, catalogue)


def _has_words(leaf: Comparison, catalogue: Catalogue) -> bool:
    fact = catalogue.get(leaf.fact)
    return fact is not None and leaf.op in fact.operators and not isinstance(leaf.value, tree.Norm)
