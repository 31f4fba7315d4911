"""Words of questions: those around the name of a number, and those that are nobody's name."""

from __future__ import annotations

from functools import cache

from smalti.assistant.metrics import items, metrics
from smalti.ingest.tickers import EVERYDAY

MASK = "\ua66e"
"""Stands for an issuer in a masked text: a letter that no question holds, so that it is a word there."""
MASKED_PERIOD = "\ua66d"
"""Stands for a period."""

_BOUNDARY_WORDS = """
    a an the this that these those its their his her our my your any some all each both which what how
    why who whom whose when where is are was were be been being am did does do done has have had having
    will would can could may might shall should must of in on at for from to by with within between
    among and or nor but vs versus than as per over under about around against during since until
    through across into out if whether not no there here it they he she we you i much many please
    calculate compute find give show tell list get state report reported reports reporting increase
    increased decrease decreased grow grew grown rise rose risen fall fell fallen improve improved
    improving decline declined declining change changed drop dropped had generate generated earn earned
    make made post posted spend spent pay paid pays hold held owe owed lose lost raise raised record
    recorded recognize recognized compare compared comparing relative also just only exactly
    approximately roughly estimate estimated say said mean generating higher lower better worse more
    less most least using use used given based historically still ever now currently then so does't s
    high low large big small strong weak healthy positive negative good bad sufficient enough unadjusted
    reasonable stable consistent consistently consider think drove drive drives driven driving caused
    cause behind explains explain receive received receives represent represents represented bring
    brings brought turn turned turns contribute contributed contributes need know want see exceed
    exceeded exceeds above below come came stand stood go went percent percentage computed calculated
"""
_NEUTRAL_WORDS = """
    total overall annual yearly quarterly full fiscal year years year-end end ending quarter quarters
    period periods consolidated company company's firm firm's group amount amounts value values level
    levels figure figures number reported average avg mean three two four five 3-year three-year
    two-year five-year year-over-year yoy ttm recorded latest newest recent last current previous prior
    same actual exact net line item items ratio metric metrics balance corporate's business's trailing
    whole entire reasonably historical history highest lowest largest biggest smallest greatest best
    worst strongest weakest respective corresponding
"""
_AFTER_NOUN_WORDS = """
    growth rate change changes margin margins ratio trend trends average performance balance amount
    profile figure figures total increase decrease decline drop compared comparison year-over-year yoy
    expense expenses historically improved declined increased decreased look looks like fluctuating
    remained remain stayed stay attributable cagr compound
"""
_AFTER_FINE_WORDS = """
    year fiscal quarter period end company firm business group millions billions thousands percent usd
    dollars total annual full first second third fourth last latest most both each these this that them
    it us balance income cash statement statements sheet past three two five four which what who whom
    the and or comparison compared relation year-over-year terms general time average day date close
    shareholders stockholders shareowners how many much
"""
_MORE_WORDS = """
    rank sum when where help free paid first next best top new old open close only own one two three four five
    six seven eight nine ten summary question answer data business product products service services
    segment segments region regions category categories filing filings call calls post posts news score
    risk fraud sentiment document documents chart picture share shares stock market price industry
    customers employees people person management board year-end agm ceo cfo coo cto
"""
BOUNDARY = frozenset((*_BOUNDARY_WORDS.split(), MASK, MASKED_PERIOD))
"""Words at which a noun phrase begins or ends."""
NEUTRAL = frozenset(_NEUTRAL_WORDS.split())
"""Words before a number's name that do not make it another one."""
AFTER_FINE = frozenset(_AFTER_FINE_WORDS.split())
"""Words behind `of`, `for`, `in` after a number's name that name no part."""
PASSED_OVER = BOUNDARY | NEUTRAL | frozenset(_AFTER_NOUN_WORDS.split())
"""Words beside a number's name that do not make it another number."""


@cache
def common() -> frozenset[str]:
    """Words in small letters that questions are made of, so that alone and unmarked they name nobody."""
    said = [phrase for one in items().values() for phrase in one.phrases]
    said += [phrase for one in metrics().values() for phrase in one.phrases]
    of_numbers = {word for phrase in said for word in phrase.lower().replace("-", " ").split()}
    return frozenset(
        {*PASSED_OVER, *AFTER_FINE, *_MORE_WORDS.split(), *of_numbers, *(word.lower() for word in EVERYDAY)}
    )
