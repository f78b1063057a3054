"""The board: stages as columns of cards, and what changed on it since somebody looked."""

from crm.board.cards import Card, cards
from crm.board.changes import Feed, feed, latest
from crm.board.columns import CARDS, NEWEST_FIRST, Column, Head, heads
from crm.board.parts import PARTS, Line

__all__ = (
    "CARDS",
    "NEWEST_FIRST",
    "PARTS",
    "Card",
    "Column",
    "Feed",
    "Head",
    "Line",
    "cards",
    "feed",
    "heads",
    "latest",
)
