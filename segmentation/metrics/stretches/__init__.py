"""What scorecards are added up from: a creator's stays of a quarter, and what they did meanwhile.

A post, a click or a decision counts for a segment when its creator was a member then. Stays of a
creator that begin and end together (cut to the quarter) are one row, whatever the number of
segments: one for most creators, so that posts are read once and not once for each segment.

    spans     who was in which segments from when to when
    posted    what their posts add up to
    ends      how the brand stands with them at the end, and where most people follow them
    counted   what all rows come to by segment: members, moves, sums
    filling   rows of all creators or of some, into the table that is kept or one that is not
    sheets    what is kept of a quarter: only who was touched since is added up anew
"""
