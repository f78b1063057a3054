#!/usr/bin/env python3
"""Django's command line, with a database where a command needs one, and `up`: see --help."""

import os
import sys


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
            execute_from_command_line(sys.argv)
    except (ImproperlyConfigured, HomeInUseError, ServerFailedError) as error:
        if "--traceback" in arguments:
            raise
        sys.exit(f"{error}")


if __name__ == "__main__":
    main()
