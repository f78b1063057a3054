"""Whether a mail to a creator may leave now: asked by the sender for each mail, when it sends it.

Nothing that was true when somebody pressed a button is taken for granted here.
"""

from __future__ import annotations

from datetime import datetime

from crm.choices import MailPurpose
from crm.models import Mailbox, Message, Relationship
from crm.outreach.verdicts import Verdict


def may_send(
    *,
    relationship: Relationship,
    mailbox: Mailbox,
    to: str,
    purpose: MailPurpose | str,
    at: datetime,
    message: Message | None = None,
) -> Verdict:
    """Whether `mailbox` may write to the address `to` of a creator at a moment, and if not, why.

    `relationship` is read with its brand and creator. `message` is the mail that asks, so that it
    does not count against itself. `Verdict.retry_at` is when to ask again; where it is None and the
    mail is not allowed, no waiting helps and a person has to decide.
    """
    raise NotImplementedError
