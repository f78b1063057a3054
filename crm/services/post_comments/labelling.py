"""What people say of a comment: its kind, its mood, whether it is on the topic."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from crm import audit
from crm.choices import CommentKind, Mood
from crm.models import Brand, CommentLabel, CommentScore, PostComment, User
from crm.services.post_comments.keeping import CommentsRefused, wait_for
from crm.services.post_comments.scorer import NEGATIVE, POSITIVE, RELEVANT


@transaction.atomic
def label(
    *,
    brand: Brand,
    comment_id: int,
    kind: str,
    mood: str,
    is_relevant: bool | None,
    actor: User | None,
    at: datetime,
) -> CommentLabel | None:
    """Keep what somebody says; what is left empty is not said. None: nothing is said any more.

    Agreeing is said as well: from both is learned. Raises PostComment.DoesNotExist,
    CommentsRefused.
    """
    rows = PostComment.objects.select_for_update(no_key=True, of=("self",))
    comment = rows.select_related("score", "sorting").get(pk=comment_id, brand=brand)
    if kind and kind not in CommentKind.values:
        raise CommentsRefused("There is no such kind.", code="unknown_kind", field="kind")
    if mood and mood not in Mood.values:
        raise CommentsRefused("There is no such mood.", code="unknown_mood", field="mood")
    if not comment.text:
        msg = "Its words are gone: nobody can say what it was."
        raise CommentsRefused(msg, code="words_gone")
    held = CommentLabel.objects.filter(comment=comment).first()
    said = {"kind": kind, "mood": mood, "is_relevant": is_relevant}
    if not kind and not mood and is_relevant is None:
        CommentLabel.objects.filter(comment=comment).delete()
        made = None
    else:
        made = held or CommentLabel(comment=comment, **_suggested(comment))
        made.kind, made.mood, made.is_relevant = kind, mood, is_relevant
        made.labelled_by, made.labelled_at = actor, at
        made.save()
    wait_for(brand, {comment.post_id}, at=at)
    audit.record(
        brand=brand,
        verb="crm.post_comments.labelled",
        target=comment,
        actor=actor,
        at=at,
        label=f"comment #{comment.pk}",
        data={name: [getattr(held, name) if held else None, value] for name, value in said.items()},
    )
    return made


def mood_of(score: CommentScore | None) -> Mood | None:
    """What a score says in a word; None: it was not scored."""
    if score is None or score.sentiment is None:
        return None
    if score.sentiment >= POSITIVE:
        return Mood.POSITIVE
    return Mood.NEGATIVE if score.sentiment <= NEGATIVE else Mood.NEUTRAL


def relevant_of(score: CommentScore | None) -> bool | None:
    """Whether a score says that it is on the topic; None: it could not be said."""
    if score is None or score.relevance is None:
        return None
    return score.relevance >= RELEVANT


def _suggested(comment: PostComment) -> dict[str, object]:
    score, sorting = getattr(comment, "score", None), getattr(comment, "sorting", None)
    return {
        "suggested_kind": sorting.kind if sorting else "",
        "suggested_mood": mood_of(score) or "",
        "suggested_relevant": relevant_of(score),
    }
