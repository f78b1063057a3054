"""How a brand stands with a creator, in one sentence of known facts and a few that matter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.utils.timesince import timesince

from crm.choices import Stage
from crm.models import Relationship, Thread
from crm.selectors import CreatorRow

# Fewer answers than this say nothing about how fast somebody is.
ANSWERS_FROM = 3
# The first answer to each mail of ours.
_ANSWERS = """
SELECT count(*), percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM took)) FROM (
  SELECT min(a.at) - m.sent_at AS took
  FROM crm_thread t
  JOIN crm_message m ON m.thread_id = t.id AND m.direction = 'out' AND m.sent_at IS NOT NULL
  JOIN crm_message a ON a.thread_id = t.id AND a.direction = 'in' AND a.kind = 'personal'
    AND a.in_reply_to = m.message_id AND a.at >= m.sent_at
  WHERE t.relationship_id = %s GROUP BY m.id, m.sent_at
) answers"""


@dataclass(frozen=True)
class Answers:
    """How fast a creator answers mails: the median of so many answers."""

    count: int
    median: timedelta | None

    @property
    def words(self) -> str:
        """ "answers in 6 hours"; empty where too few are known."""
        if self.median is None or self.count < ANSWERS_FROM:
            return ""
        hours = self.median.total_seconds() / 3600
        if hours < 1:
            return "answers within the hour"
        if hours < 48:
            return f"answers in {hours:.0f} hour{'' if round(hours) == 1 else 's'}"
        return f"answers in {hours / 24:.0f} days"


@dataclass(frozen=True)
class Standing:
    """The head of the page."""

    sentence: str
    answers: Answers
    # Since when the creator waits for our answer.
    waiting_since: datetime | None


def standing(row: CreatorRow, at: datetime) -> Standing:
    """Two queries, for a row whose relationship was read with its creator and owner."""
    relationship = row.relationship
    answers = _answers(relationship)
    waiting = (
        Thread.objects.filter(relationship=relationship)
        .waiting()
        .values_list("reply_waiting_since", flat=True)
        .first()
    )
    return Standing(how_we_stand(row, at, answers, waiting), answers, waiting)


def how_we_stand(
    row: CreatorRow,
    at: datetime,
    answers: Answers | None = None,
    waiting_since: datetime | None = None,
) -> str:
    """One sentence of what is known, and nothing else."""
    relationship = row.relationship
    stage = Stage(relationship.stage).label
    parts = [f"{stage} since {relationship.stage_since:%-d %B %Y}"]
    owner = relationship.owner
    parts.append(f"with {owner.display_name}" if owner else "nobody owns the relationship")
    if relationship.next_step:
        by = relationship.next_step_on
        overdue = " (overdue)" if by and by < at.date() else ""
        day = f" by {by:%-d %B}{overdue}" if by else ""
        parts.append(f"next: {relationship.next_step}{day}")
    if waiting_since is not None:
        parts.append(f"waits for our answer since {waiting_since:%-d %B}")
    if answers is not None and answers.words:
        parts.append(answers.words)
    if row.last_post_at and row.last_post_at <= at:
        parts.append(f"last known post {timesince(row.last_post_at, at, depth=1)} ago")
    return ", ".join(parts) + "."


def _answers(relationship: Relationship) -> Answers:
    with connection.cursor() as cursor:
        cursor.execute(_ANSWERS, [relationship.pk])
        count, seconds = cursor.fetchone()
    return Answers(count, None if seconds is None else timedelta(seconds=seconds))
