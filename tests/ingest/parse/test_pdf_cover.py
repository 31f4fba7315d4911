"""What a filing's cover and signatures say of itself."""

from __future__ import annotations

import pytest

from smalti.ingest.parse.pdf_cover import read_cover

_FORM = [
    "UNITED STATES",
    "SECURITIES AND EXCHANGE COMMISSION",
    "Washington, D.C. 20549",
    "FORM 10-K",
    "(Mark One)",
    "ANNUAL REPORT PURSUANT TO SECTION 13 OR 15(d) OF THE SECURITIES EXCHANGE ACT OF 1934",
    "For the fiscal year ended December 31, 2017",
    "OR",
    "o TRANSITION REPORT PURSUANT TO SECTION 13 OR 15(d) OF THE SECURITIES EXCHANGE ACT OF 1934",
    "For the transition period from to",
    "Commission File Number 001-02217",
    "(Exact name of Registrant as specified in its charter)",
    "Delaware",
]
_SIGNED = (
    "SIGNATURES\nPursuant to the requirements of Section 13 or 15(d) of the Securities Exchange Act of 1934,"
    " the registrant has duly caused this report to be signed on its behalf by the undersigned, thereunto"
    " duly authorized"
)


@pytest.mark.parametrize(
    ("ending", "name"),
    [
        (".\nTHE EXAMPLE COMPANY\n(Registrant)\nBy: /s/ A. B.\nDate: May 1, 2018", "THE EXAMPLE COMPANY"),
        (", on February 8, 2019 . EXAMPLE CO., INC.\n(Registrant)\nBy: /s/ A. B.", "EXAMPLE CO., INC."),
        (".\nDate: February 14, 2020\nEXAMPLE,\nINC.\nBy: /s/ A. B.", "EXAMPLE, INC."),
        (" by the person named below.\nExample Inc.\nDated: May 1, 2018 By: /s/ A. B.", "Example Inc."),
    ],
)
def test_a_cover_that_prints_the_name_as_a_picture_leaves_it_to_the_signature(ending: str, name: str) -> None:
    cover = read_cover([_FORM], ["\n".join(_FORM), _SIGNED + ending])
    assert cover.hints == {"form": "10-K", "company": name}
    assert cover.title == f"{name}: Form 10-K, fiscal year ended December 31, 2017"


def test_no_line_that_the_form_prints_is_a_name() -> None:
    cover = read_cover([_FORM], ["\n".join(_FORM)])
    assert "company" not in cover.hints


def test_the_name_over_the_charter_line_counts_before_the_signature() -> None:
    lines = [*_FORM[:-2], "SAMPLE CORP", *_FORM[-2:]]
    cover = read_cover([lines], [_SIGNED + ".\nEXAMPLE, INC.\nBy: /s/ A. B."])
    assert cover.hints["company"] == "SAMPLE CORP"


def test_a_column_between_the_period_and_its_day_is_passed_over() -> None:
    lines = [
        "FORM 10-Q",
        "For the quarterly period ended Commission file",
        "March 31, 2021 number 1-5805",
        "Sample & Co.",
        "(Exact name of registrant as specified in its charter)",
    ]
    assert read_cover([lines]).title == "Sample & Co.: Form 10-Q, quarterly period ended March 31, 2021"
