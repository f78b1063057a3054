"""Connectors: one file for each platform or tool from which numbers are pulled.

A file says what the other side wants to know (`fields`), where it is (`hosts`), what it allows
(`limits`), which calls a group of profiles takes (`begin`), and what an answer means (`read`). It
does no more than that: it calls nobody and writes nothing, so that it is tested with answers alone.
The rest is done for all of them in crm/services/connectors.
"""
