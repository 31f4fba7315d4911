# ruff: noqa: E501 - this module is call scripts
"""What is said in the calls of the newer issuers, and in whose voices."""

from __future__ import annotations

from .world import Line, Manner, Voice

_CEO, _CFO, _OPERATOR = "Chief Executive Officer", "Chief Financial Officer", "Operator"
_A, _B = "Analyst A", "Analyst B"
_MADE = Line(_OPERATOR, "This is a synthetic recording made for demonstration. The company is fictional.")
_END = Line(_OPERATOR, "This concludes the call. Thank you for joining.")

INDIGO_THIMBLE_VOICES = {
    _OPERATOR: Voice((("jf_alpha", 0.4), ("jf_gongitsune", 0.6)), speed=1.05),
    _CEO: Voice((("jm_kumo", 0.6), ("jf_nezumi", 0.4)), pitch=0.93),
    _CFO: Voice((("jm_kumo", 0.9), ("jf_alpha", 0.1)), speed=0.98, pitch=1.06),
    _A: Voice((("jf_tebukuro", 1.0),), speed=1.05),
    _B: Voice((("jf_alpha", 1.0),), speed=1.05),
}
INDIGO_THIMBLE = (
    _MADE,
    Line(_OPERATOR, "Welcome to the Indigo Thimble Devices fourth quarter 2025 earnings call."),
    Line(_CEO, "Thank you, and good afternoon everyone."),
    Line(_CEO, "Revenue for 2025 grew 31 percent to 96 million dollars.", must_hear=("31%", "96 million")),
    Line(
        _CEO, "Net income for the year was the highest in our history.", must_hear=("highest in our history",)
    ),
    Line(_CEO, "Hospitals continue to order our infusion pumps."),
    Line(_CFO, "Good afternoon. I will review the results of the year."),
    Line(_CFO, "Our gross margin improved again in 2025.", must_hear=("gross margin improved",)),
    Line(_CFO, "Capital expenditures were about 4 million dollars.", must_hear=("4 million",)),
    Line(_CFO, "We opened a second assembly line in the spring."),
    Line(_CFO, "We hired sixty people for our field service."),
    Line(_CFO, "The new pump is now sold in eleven states."),
    Line(_CFO, "There is no restatement, and there will be none.", must_hear=("no restatement",)),
    Line(
        _CFO,
        "We are very comfortable with our cash, and our lenders are happy with us.",
        manner=Manner.STRAINED,
        must_hear=("comfortable with our cash",),
    ),
    Line(_OPERATOR, "The first question comes from Analyst A."),
    Line(_A, "How many days of sales were in receivables at the end of the year?"),
    Line(_CFO, "We look at the business over the long term, and our team has done a wonderful job."),
    Line(_OPERATOR, "The next question comes from Analyst B."),
    Line(_B, "How much cash did operations use in the fourth quarter?"),
    Line(
        _CEO, "We will come back to that at a later date. Let us talk about the new pump, which doctors love."
    ),
    _END,
)

PEWTER_FALCON_VOICES = {
    _OPERATOR: Voice((("jf_nezumi", 1.0),), speed=1.05),
    _CEO: Voice((("jf_gongitsune", 0.5), ("jf_alpha", 0.5)), speed=1.0, pitch=0.92),
    _CFO: Voice((("jm_kumo", 1.0),), speed=1.04, pitch=0.92),
    _A: Voice((("jm_kumo", 0.5), ("jf_gongitsune", 0.5)), speed=1.08),
    _B: Voice((("jf_tebukuro", 0.7), ("jf_alpha", 0.3)), speed=1.08, pitch=1.05),
}
PEWTER_FALCON = (
    _MADE,
    Line(_OPERATOR, "Welcome to the Pewter Falcon Trailers fourth quarter 2025 earnings call."),
    Line(
        _CEO,
        "Good morning everyone, and a very warm welcome!",
        manner=Manner.LOUD,
        must_hear=("good morning",),
    ),
    Line(_CEO, "Net sales for the year were about 468 million dollars.", must_hear=("468 million",)),
    Line(
        _CEO,
        "Refrigerated trailer sales grew 15 percent to 163 million dollars.",
        must_hear=("15%", "163 million"),
    ),
    Line(_CEO, "Our northern plant ran two shifts for most of the year."),
    Line(_CEO, "We delivered our first electric trailer in June."),
    Line(_CEO, "We trained ninety new welders during the year."),
    Line(
        _CEO,
        "In October a fire killed two of our colleagues, and it was the worst day of my life.",
        manner=Manner.STRAINED,
        must_hear=("worst day",),
    ),
    Line(_CEO, "We have rebuilt the plant and replaced the alarms."),
    Line(
        _CFO,
        "Thank you. In the third quarter net sales were 116 million dollars.",
        must_hear=("116 million",),
    ),
    Line(
        _CFO,
        "Adjusted operating income for the year was 47 million dollars, which leaves out the cost of the fire.",
        must_hear=("47 million",),
    ),
    Line(_CFO, "For 2026 we expect net sales of about 490 million dollars.", must_hear=("490 million",)),
    Line(_CFO, "We repaid 6 million dollars of loans.", must_hear=("6 million",)),
    Line(_OPERATOR, "The first question comes from Analyst A."),
    Line(
        _A,
        "My model had your net sales at 475 million dollars. What share of them came from the largest customer?",
        must_hear=("475 million",),
    ),
    Line(_CFO, "Roughly one tenth, the same as last year.", must_hear=("same as last year",)),
    Line(_OPERATOR, "The next question comes from Analyst B."),
    Line(_B, "Will you pay the dividend this year?"),
    Line(_CEO, "Absolutely, without any doubt.", must_hear=("absolutely",)),
    Line(_OPERATOR, "The last question comes from Analyst A."),
    Line(_A, "What was the tax rate in the fourth quarter?"),
    Line(_CFO, "We do not usually give a quarterly rate, but it was 24 percent.", must_hear=("24%",)),
    _END,
)

COPPER_LANTERN_VOICES = {
    _OPERATOR: Voice((("jf_gongitsune", 0.8), ("jf_nezumi", 0.2)), speed=1.05),
    _CEO: Voice((("jf_nezumi", 0.5), ("jf_alpha", 0.5)), pitch=1.02),
    _CFO: Voice((("jm_kumo", 0.8), ("jf_nezumi", 0.2)), pitch=0.97),
    _A: Voice((("jm_kumo", 1.0),), speed=1.06, pitch=1.08),
    _B: Voice((("jf_alpha", 0.8), ("jf_tebukuro", 0.2)), speed=1.06),
}
COPPER_LANTERN = (
    _MADE,
    Line(_OPERATOR, "Welcome to the Copper Lantern Software fourth quarter fiscal 2026 earnings call."),
    Line(_CEO, "Good afternoon. Our fiscal year ended on the last day of February."),
    Line(
        _CEO,
        "Revenue for fiscal 2026 was 254 million dollars, up 39 percent.",
        must_hear=("254 million", "39%"),
    ),
    Line(_CEO, "We now serve four thousand customers."),
    Line(_CEO, "In fiscal 2025 revenue was 182 million dollars.", must_hear=("182 million",)),
    Line(_CFO, "Thank you. Deferred revenue grew along with our bookings."),
    Line(_CFO, "Operating cash flow was 61 million dollars.", must_hear=("61 million",)),
    Line(_CFO, "We opened a new office in the south."),
    Line(_CFO, "We moved two products to one platform."),
    Line(
        _CFO,
        "We added a team for large customers, a team for schools and a team for our partners in the second half of the year.",
        manner=Manner.FAST,
        must_hear=("team for schools",),
    ),
    Line(_CFO, "Our engineers shipped nine releases."),
    Line(_CFO, "We renewed the lease of our main building."),
    Line(
        _CFO,
        "Our renewals are healthy, and we feel very good about the coming year.",
        manner=Manner.STRAINED,
        must_hear=("renewals are healthy",),
    ),
    Line(_OPERATOR, "The first question comes from Analyst A."),
    Line(_A, "Did you lose any of your five largest customers during the quarter?"),
    Line(
        _CEO, "We have wonderful customers and a strong pipeline, and our platform is built for the long run."
    ),
    Line(_OPERATOR, "The next question comes from Analyst B."),
    Line(_B, "How many of your customers left during the year, and how many salespeople?"),
    Line(
        _CFO, "I cannot speak about the salespeople, but 6 percent of our customers left.", must_hear=("6%",)
    ),
    _END,
)

GRANITE_TEACUP_VOICES = {
    _OPERATOR: Voice((("jf_alpha", 1.0),), speed=1.05, pitch=0.96),
    _CEO: Voice((("jm_kumo", 0.75), ("jf_gongitsune", 0.25)), speed=0.98),
    _CFO: Voice((("jf_tebukuro", 0.5), ("jf_gongitsune", 0.5)), pitch=1.0),
    _A: Voice((("jm_kumo", 0.6), ("jf_alpha", 0.4)), speed=1.06, pitch=0.9),
    _B: Voice((("jf_nezumi", 0.8), ("jf_gongitsune", 0.2)), speed=1.06),
}
GRANITE_TEACUP = (
    _MADE,
    Line(_OPERATOR, "Welcome to the Granite Teacup Brands fourth quarter 2025 earnings call."),
    Line(_CEO, "Good morning, and thank you for your time."),
    Line(_CEO, "Net sales for 2025 came to 640 million dollars.", must_hear=("640 million",)),
    Line(
        _CEO, "Our largest competitor reported net sales of 1.2 billion dollars.", must_hear=("1.2 billion",)
    ),
    Line(_CEO, "We bought a porcelain works in the autumn."),
    Line(_CEO, "We now blend our tea in three places."),
    Line(_CEO, "We are not under investigation by anyone.", must_hear=("not under investigation",)),
    Line(_CEO, "Our new jars are made of recycled glass."),
    Line(
        _CEO,
        "Our supply of tea is secure, and we expect no trouble at all.",
        manner=Manner.STRAINED,
        must_hear=("supply of tea is secure",),
    ),
    Line(
        _CFO,
        "Thank you. At constant currency, net sales grew 9 percent.",
        must_hear=("constant currency", "9%"),
    ),
    Line(_CFO, "Sales in Germany were 84 million euros.", must_hear=("84 million euros",)),
    Line(_CFO, "We spent more on advertising than in the year before."),
    Line(_OPERATOR, "The first question comes from Analyst A."),
    Line(_A, "How much did you pay for the porcelain works?"),
    Line(_CEO, "It is a beautiful place with a great history, and we are excited to own it."),
    Line(_OPERATOR, "The next question comes from Analyst B."),
    Line(_B, "How much did volumes grow in Britain?"),
    Line(_CFO, "They were up by about a quarter.", must_hear=("about a quarter",)),
    _END,
)
