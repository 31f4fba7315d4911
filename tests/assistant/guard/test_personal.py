"""Personal data goes, figures and executives stay."""

import pytest

from smalti.assistant.guard.personal import redacted


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Write to jane.doe+x@example.co.uk please", "Write to [e-mail] please"),
        ("Ruf mich an: +49 171 2345678.", "Ruf mich an: [phone]."),
        ("Call (415) 555-2671 today", "Call [phone] today"),
        ("Mon numéro : 01 23 45 67 89", "Mon numéro : [phone]"),
        ("my phone is 5552671234", "my phone is [phone]"),
        ("IBAN DE89 3704 0044 0532 0130 00 bitte", "IBAN [IBAN] bitte"),
        ("card 4111 1111 1111 1111 exp 12/27", "card [card] exp 12/27"),
        ("My SSN is 078-05-1120", "My SSN is [national id]"),
        ("NI number QQ 12 34 56 C", "NI number QQ 12 34 56 C"),
        ("NI number AB 12 34 56 C", "NI number [national id]"),
        ("DNI 12345678Z", "DNI [national id]"),
        ("codice fiscale RSSMRA85T10A562S", "codice fiscale [national id]"),
        ("Steuer-ID 86 095 742 719", "Steuer-ID [national id]"),
        ("TC 10000000146", "TC [national id]"),
        ("CPF 529.982.247-25", "CPF [national id]"),
        ("NIF: 123456789", "NIF: [national id]"),
        ("I live at 221 Baker Street, apartment b", "I live at [address], apartment b"),
        ("Ich wohne in der Lindenstraße 12, 10969 Berlin", "Ich wohne in der [address]"),
        ("12 rue de la Paix, 75002 Paris", "[address]"),
        ("from @smallsaver22 on the forum", "from [handle] on the forum"),
        ("My name is Ada Quill and I", "My name is [name] and I"),
        ("Ich heiße Jörg Tannwald, und", "Ich heiße [name], und"),
        ("account number 00123456789 is locked", "account number [account] is locked"),
        ("born on 12.03.1984 in", "born on [birth date] in"),
    ],
)
def test_what_names_a_person_is_taken_out(text: str, left: str) -> None:
    assert redacted(text) == left


@pytest.mark.parametrize(
    "text",
    [
        "3M's capital expenditures in fiscal year 2018 were $1,577 million.",
        "Revenues of $32,765,000,000 in 2018-12-31, 12.5% more than 2017.",
        "CIK 0000066740, accession 0001558370-19-000470, Form 10-K, page 57.",
        "Michael F. Roman, Chief Executive Officer, said sales grew 3.2 percent.",
        "From 1234 to 5678 units; ratio 0.960; notes due 2028; 4,111,111,111 shares",
        "Card 4111 1111 1111 1112 is no card by its checksum",
        "12345678901 shares were issued",
    ],
)
def test_figures_references_and_executives_stay(text: str) -> None:
    assert redacted(text) == text


def test_what_is_an_issuers_own_can_be_kept() -> None:
    assert redacted("@3M and @somebody", keep={"@3M"}) == "@3M and [handle]"
