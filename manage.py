#!/usr/bin/env python3
"""Django's command line, with a database where a command needs one, and `up`: see --help."""

import os
import select
import sys
from typing import TextIO

# As shells tell of a program that a closed pipe ended.
_BROKEN_PIPE = 128 + 13


def main() -> None:
    """Run the command; a wrong setting or a server that fails is one line, not a traceback."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        from django.core.exceptions import ImproperlyConfigured
        from django.core.management import execute_from_command_line

        from config.devstack.commands import servers
        from config.devstack.home import HomeInUseError
        from config.devstack.servers import ServerFailedError
        from config.devstack.supervisor import up
    except ImportError as error:
        sys.exit(f"{error}. Install what Rapport needs first: `make run` does.")

    arguments = sys.argv[1:]
    try:
        if arguments[:1] == ["up"]:
            sys.exit(up(arguments[1:]))
        with servers(arguments):
            try:
                execute_from_command_line(sys.argv)
                sys.stdout.flush()
            except BrokenPipeError:
                if not _is_closed(sys.stdout):  # it is another pipe that broke
                    raise
                # Whoever read has enough, as `| head` has. What is still to be written goes
                # nowhere, or the interpreter would complain of it at its end.
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
                sys.exit(_BROKEN_PIPE)
    except (ImproperlyConfigured, HomeInUseError, ServerFailedError) as error:
        if "--traceback" in arguments:
            raise
        sys.exit(f"{error}")


def _is_closed(output: TextIO) -> bool:
    """Whether nobody reads what is written there any more."""
    asked = select.poll()
    asked.register(output, 0)
    return bool(asked.poll(0))


if __name__ == "__main__":
    main()
