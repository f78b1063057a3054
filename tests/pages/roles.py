"""Who may look at a page and send to it, in sets of roles."""

from __future__ import annotations

from dataclasses import dataclass

from crm.choices import Role

EVERYBODY = frozenset(Role)
NOBODY: frozenset[Role] = frozenset()
STRATEGIST, MANAGER, ANALYST, LEGAL, ADMIN = (
    Role.STRATEGIST,
    Role.MANAGER,
    Role.ANALYST,
    Role.LEGAL,
    Role.ADMIN,
)
IMPORTERS = frozenset({STRATEGIST, MANAGER, ADMIN})
READERS = frozenset({STRATEGIST, MANAGER, LEGAL, ADMIN})
MOVERS = frozenset({MANAGER, ADMIN})
LAWYERS = frozenset({LEGAL, ADMIN})
KEEPERS = frozenset({MANAGER, LEGAL, ADMIN})
RUNNERS = frozenset({STRATEGIST, ANALYST, ADMIN})
COUNTERS = frozenset({STRATEGIST, MANAGER, ANALYST, ADMIN})
STRATEGISTS = frozenset({STRATEGIST, ADMIN})
ADMINS = frozenset({ADMIN})
REPORTERS = frozenset({STRATEGIST, MANAGER, LEGAL, ADMIN})
POLICY_WRITERS = frozenset({STRATEGIST, LEGAL, ADMIN})
REVIEWERS = frozenset({STRATEGIST, MANAGER, ANALYST, ADMIN})


@dataclass(frozen=True)
class Access:
    """Who may look at a page and who may send to it; None where it takes no such request."""

    get: frozenset[Role] | None
    post: frozenset[Role] | None = None
