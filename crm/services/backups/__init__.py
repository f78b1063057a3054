"""One file with everything that an installation knows: made while it runs, and put back whole.

archive    the file: a tar with database, uploads and a manifest of their hashes
programs   pg_dump, pg_restore and psql, and how they find the database
making     make a backup, and let old ones go
restoring  check a backup, and put it back
"""
