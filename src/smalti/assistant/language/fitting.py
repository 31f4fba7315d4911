"""Whether what a tool told answers the question that was asked, and not another one."""

from __future__ import annotations

import re

from smalti.assistant.tools.records import Told
from smalti.assistant.understood import Understood

_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


def fits(told: Told, understood: Understood) -> bool:
    """A sentence fits that is about the issuers, the years and the numbers asked for, where any are named.

    A model plans by itself which tools to call: with another year, issuer or line item it would get a true
    answer to another question.
    """
    figures = [one for one in told.figures if not one.said]
    issuers = set(understood.issuer_ids)
    if issuers and any(one.issuer_id and one.issuer_id not in issuers for one in figures):
        return False
    wanted = {str(one.fiscal_year) for one in understood.periods if one.fiscal_year}
    told_years = set(_YEAR.findall(told.text))
    if wanted and told_years != wanted:
        return False
    concepts = {one.metric for one in understood.wanted if one.metric}
    return not concepts or not figures or any(one.concept in concepts for one in figures)
