"""What can be wrong with a rule, in words for the person who wrote it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Position:
    """A place in the text of a rule: line and column count from 1, offset from 0 (characters)."""

    line: int
    column: int
    offset: int


@dataclass(frozen=True)
class RuleError:
    """One thing wrong (or, as a warning, doubtful) with a rule.

    pointer   JSON pointer into the rule's JSON form ("" is the whole rule)
    position  the place in the text, when the rule was read from text
    code      stable word for programs, e.g. "unknown_fact"
    message   one sentence fit for the user
    """

    pointer: str
    position: Position | None
    code: str
    message: str

    def to_dict(self) -> dict[str, Any]:
        """The error as the API shows it."""
        found: dict[str, Any] = {
            "pointer": self.pointer,
            "code": self.code,
            "message": self.message,
        }
        if self.position is not None:
            found["position"] = {
                "line": self.position.line,
                "column": self.position.column,
                "offset": self.position.offset,
            }
        return found

    def __str__(self) -> str:
        if self.position is not None:
            return f"Line {self.position.line}, column {self.position.column}: {self.message}"
        return f"{self.pointer}: {self.message}" if self.pointer else self.message


class RuleInvalid(Exception):
    """The rule cannot be read, checked or run; `errors` lists everything found, never empty."""

    def __init__(self, errors: Sequence[RuleError]) -> None:
        self.errors = tuple(errors)
        super().__init__("\n".join(str(error) for error in self.errors))


def step(pointer: str, *names: str | int) -> str:
    """Return the JSON pointer of a member below `pointer` (RFC 6901 escapes)."""
    for name in names:
        pointer += "/" + str(name).replace("~", "~0").replace("/", "~1")
    return pointer


def with_positions(
    errors: Sequence[RuleError], positions: Mapping[str, Position]
) -> list[RuleError]:
    """Return the errors with the place of the part they point at, or of the nearest part around."""
    found = []
    for error in errors:
        pointer = error.pointer
        while pointer and pointer not in positions:
            pointer = pointer.rpartition("/")[0]
        found.append(RuleError(error.pointer, positions.get(pointer), error.code, error.message))
    return found
