"""What is fast, as a ratio to a floor that is measured in the same process: `make bench NAME=...`.

import     1,000,000 creator rows through the product's import, and plain SQL
run        30 segments over 1,000,000 creators, and a hand-written pass that writes a known diff
pages      list pages at depth, the API's list, a cached scorecard, and the same by hand
scorecard  the scorecards of all segments for a quarter, and one plain aggregate

server     a throw-away PostgreSQL with durability on
measure    interleaved repetitions, medians, the table and RESULTS.md
findings   how right something is, beside its goal
"""
