"""What can be decided about attribution before it is computed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class SettingsRefused(Exception):
    """The settings contradict themselves; the message is fit for the user."""


class CodeRule(StrEnum):
    """What a redeemed code means beside the links that the person had followed."""

    CODE_TAKES_ALL = "code_takes_all"
    CODE_IS_LAST = "code_is_last"
    CODE_WITHOUT_LINK = "code_without_link"

    @property
    def label(self) -> str:
        """What the choice says on a form."""
        return _CODE_RULES[self]


_CODE_RULES = {
    CodeRule.CODE_TAKES_ALL: "The code's creator gets the whole credit; links only assist",
    CodeRule.CODE_IS_LAST: "The code is the last touch and shares the credit with links",
    CodeRule.CODE_WITHOUT_LINK: "The code counts only where no link was followed",
}


@dataclass(frozen=True, slots=True)
class Settings:
    """How touches become journeys, and the parameters of the models.

    window              a touch counts for the conversions of the same person up to this much later
    visit               touches of one creator that follow each other within this time are one
                        touch, at the time of the latest; zero keeps every touch
    code_rule           codes against links
    fresh_start         a touch counts for the next conversion only: what a person met before an
                        earlier conversion does not count for a later one
    first_share, last_share   position-based: the shares of the ends; the middle divides the rest
    half_life           time decay: a touch this much earlier weighs half
    """

    window: timedelta = timedelta(days=30)
    visit: timedelta = timedelta(minutes=30)
    code_rule: CodeRule = CodeRule.CODE_TAKES_ALL
    fresh_start: bool = False
    first_share: float = 0.4
    last_share: float = 0.4
    half_life: timedelta = timedelta(days=7)

    def __post_init__(self) -> None:
        """Refuse what has no meaning."""
        if self.window <= timedelta():
            raise SettingsRefused("The attribution window must be longer than nothing.")
        if self.visit < timedelta():
            raise SettingsRefused("The length of a visit cannot be negative.")
        if self.half_life <= timedelta():
            raise SettingsRefused("The half-life of time decay must be longer than nothing.")
        if self.first_share < 0 or self.last_share < 0:
            raise SettingsRefused("The shares of the first and the last touch cannot be negative.")
        if not 0 < self.first_share + self.last_share <= 1:
            raise SettingsRefused(
                "The shares of the first and the last touch must add up to more than 0 % and at "
                "most 100 %."
            )
