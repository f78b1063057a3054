"""What can be done with a piece of content in each state; whatever is not here is refused."""

from __future__ import annotations

from collections.abc import Mapping

from campaigns.choices import DeliverableAct as A
from campaigns.choices import DeliverableState as S
from campaigns.services.refusals import CampaignRefused

ALLOWED: Mapping[S, frozenset[A]] = {
    S.PLANNED: frozenset({A.EDIT, A.SHORTEN, A.SUBMIT, A.CANCEL}),
    S.IN_REVIEW: frozenset(
        {A.EDIT, A.WITHDRAW, A.APPROVE, A.CORRECT, A.REFUSE, A.CONFIRM, A.REOPEN, A.CANCEL}
    ),
    # Sent back; or approved, with corrections that nobody has confirmed yet.
    S.NEEDS_WORK: frozenset({A.EDIT, A.SHORTEN, A.SUBMIT, A.CONFIRM, A.REOPEN, A.CANCEL}),
    S.APPROVED: frozenset({A.EDIT, A.SUBMIT, A.REOPEN, A.PUBLISH, A.CANCEL}),
    S.PUBLISHED: frozenset(),
    S.CANCELLED: frozenset({A.RESTORE}),
}
_WHY_NOT = {
    S.PLANNED: "There is no draft yet.",
    S.IN_REVIEW: "A draft is in review: wait for the decision, or take it back first.",
    S.NEEDS_WORK: "It needs work: nothing of it is in review.",
    S.APPROVED: "It is approved. A new draft would open the review again.",
    S.PUBLISHED: "It is published: that is where a piece ends.",
    S.CANCELLED: "It was called off. Take it up again first.",
}


class NotInThisState(CampaignRefused):
    """The piece's state does not allow the act."""

    def __init__(self, state: str) -> None:
        super().__init__(_WHY_NOT[S(state)], code="not_in_this_state")


def allows(state: str, act: A) -> bool:
    """Whether an act is possible in a state."""
    return act in ALLOWED[S(state)]


def require(state: str, act: A) -> None:
    """Raise NotInThisState where a state does not allow an act."""
    if not allows(state, act):
        raise NotInThisState(state)
