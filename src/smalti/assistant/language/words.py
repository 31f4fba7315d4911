"""Words by what they do in a sentence, for telling whether two sentences say the same."""

from __future__ import annotations

PLAIN = frozenset(
    """
    a about according additionally also amount amounted amounting an and are as at be been by
    calculate calculated came compute computed during equal equalled equals figure filing filings
    find finding fiscal following for found from fy had has have here in is it its of on or report
    reported reports said say says show showed shown shows so stand state stated states stood that
    the their then there these they this those to value was were what when where which with year
    """.split()  # noqa: SIM905 - a list of words reads best as one text
)
"""Words that a rewording may add or leave out."""

NOT = frozenset(
    """
    no not none never neither nor without cannot can't didn't doesn't don't isn't wasn't weren't
    hasn't haven't hardly unlikely lacks lacked lacking absent missing unknown unverified
    """.split()  # noqa: SIM905 - a list of words reads best as one text
)
"""Words that turn a sentence around."""

DIRECTIONS = frozenset(
    """
    above against ahead before after behind below beat best better between compare compared cut
    decline declined declining decrease decreased decreasing down downward drop dropped exceed
    exceeded exceeds fall falling fell fewer gain gained grew grow growing grown growth half high
    higher highest improve improved increase increased increasing larger largest least less loss
    losses low lower lowest missed more most negative over per positive raise raised reduce reduced
    rise risen rising rose shrank slower smaller smallest than twice double doubled under up upward
    versus weaker worse worsened yes
    """.split()  # noqa: SIM905 - a list of words reads best as one text
)
"""Words that say which way something goes or how things compare."""

MOVES = frozenset(("by", "from", "to"))
"""Words that say what a number is of a change: how far it went, or where it came from and to."""
