"""Signs in who comments below the posts of an account: regulars, and creators among themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from campaigns.authenticity.account import CLEAR, RAISED, UNKNOWN, Seen, excess
from campaigns.authenticity.thresholds import Thresholds


@dataclass(frozen=True, slots=True)
class Commenters:
    """Who wrote below the newest posts of an account, the account itself left out."""

    posts: int
    comments: int
    writers: int
    # Writers below many of the posts, and how many comments are theirs.
    regulars: int
    theirs: int
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Tie:
    """Two accounts by their numbers, and what ties them.

    there, back  posts of the other on which the one commented, and the other way round
    writers      who comments again and again below posts of both
    """

    one: int
    other: int
    there: int = 0
    back: int = 0
    writers: int = 0


@dataclass(frozen=True, slots=True)
class Group:
    """Accounts that hang together by ties, this one among them."""

    accounts: int
    ties: int
    # Posts with comments from one to another, in both directions, and writers in common.
    mutual: int
    writers: int


def repeated(found: Commenters | None, limits: Thresholds) -> Seen:
    """Whether regulars write much of what is written."""
    form = limits.given["repeat_commenters"]
    source = str(form["source"])
    posts, comments = (found.posts, found.comments) if found else (0, 0)
    if found is None or posts < form["posts_min"] or comments < form["comments_min"]:
        why = (
            f"{comments:,} comment{'s'[: comments != 1]} with known writers below {posts} "
            f"post{'s'[: posts != 1]} of a year: it takes {form['comments_min']} below "
            f"{form['posts_min']}. A file of comments brings them."
        )
        return Seen("repeat_commenters", UNKNOWN, why, "", source, found.on if found else None)
    share = found.theirs / comments
    value = (
        f"{found.regulars:,} of {found.writers:,} writers are regulars, who wrote {found.theirs:,} "
        f"of {comments:,} comments ({share:.0%}) below {posts} posts"
    )
    return Seen(
        "repeat_commenters",
        RAISED if share >= form["share"] else CLEAR,
        value,
        f"where regulars wrote {form['share']:.0%} or more",
        source,
        found.on,
        excess(share, form["share"]),
    )


def pod(group: Group | None, limits: Thresholds, *, is_told: bool, on: date | None = None) -> Seen:
    """Whether creators comment on each other's posts, three or more of them.

    `is_told`: comments with known writers are there, so that none is an answer.
    """
    form = limits.given["comment_pod"]
    source = str(form["source"])
    if not is_told:
        why = (
            "No comments with known writers below posts of a year. A file of comments brings them."
        )
        return Seen("comment_pod", UNKNOWN, why, "", source)
    size = group.accounts if group else 1
    value = "no other account that is known here comments back"
    if group:
        value = (
            f"one of {size} accounts that hang together by {group.ties} "
            f"tie{'s'[: group.ties != 1]}: comments of one below {group.mutual} posts of another, "
            f"{group.writers} writers in common"
        )
    return Seen(
        "comment_pod",
        RAISED if size >= form["size"] else CLEAR,
        value,
        f"from {form['size']} accounts on",
        source,
        on,
        excess(size, form["size"]),
    )


def groups(ties: Iterable[Tie]) -> Mapping[int, Group]:
    """By account, the accounts that hang together with it over any number of ties."""
    known = list(ties)
    roots: dict[int, int] = {}

    def root(number: int) -> int:
        while roots.setdefault(number, number) != number:
            roots[number] = roots[roots[number]]
            number = roots[number]
        return number

    for tie in known:
        roots[root(tie.one)] = root(tie.other)
    sizes = Counter(root(number) for number in list(roots))
    by_root: dict[int, list[Tie]] = {}
    for tie in known:
        by_root.setdefault(root(tie.one), []).append(tie)
    made = {
        key: Group(
            accounts=sizes[key],
            ties=len(some),
            mutual=sum(tie.there + tie.back for tie in some),
            writers=sum(tie.writers for tie in some),
        )
        for key, some in by_root.items()
    }
    return {number: made[root(number)] for number in list(roots)}
