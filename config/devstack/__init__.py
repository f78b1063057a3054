"""Embedded PostgreSQL and Valkey for development, the demo and tests. Production uses none of this.

process     child processes that die with us, and TCP ports
servers     the two servers, from the binaries of their Python packages
home        RAPPORT_HOME: who runs the servers, where they listen, who uses them
commands    what manage.py does before a command that needs a database
supervisor  `manage.py up`: everything `make run` starts
"""
