"""Documents that show what is sent and answered, as tests read and run them."""

from __future__ import annotations

import re
from pathlib import Path

DOCS = Path(__file__).parent.parent / "docs"


def programs(name: str) -> list[str]:
    """The Python programs of a document, in their order."""
    return re.findall(r"```python\n(.*?)```", (DOCS / name).read_text("utf-8"), re.DOTALL)


def transcript(name: str) -> list[tuple[str, str]]:
    """The commands of a document after `$ `, each with what stands below it as its answer."""
    lines = re.findall(
        r"^    (.*)$",
        re.sub(r"```.*?```", "", (DOCS / name).read_text("utf-8"), flags=re.DOTALL),
        re.MULTILINE,
    )
    found: list[tuple[str, str]] = []
    for line in lines:
        if line.startswith("$ "):
            found.append((line[2:], ""))
        else:
            command, answer = found[-1]
            found[-1] = (command, f"{answer}{line}\n")
    return [(command, answer.strip()) for command, answer in found]
