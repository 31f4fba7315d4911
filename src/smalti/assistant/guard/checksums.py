"""Checksums of numbers that name a person or an account; each takes the number as it was written."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = [
    "is_brazilian",
    "is_card",
    "is_french",
    "is_german_tax_id",
    "is_iban",
    "is_italian",
    "is_portuguese",
    "is_spanish",
    "is_turkish",
]

_SPANISH = "TRWAGMYFPDXBNJZSQVHLCKE"
_ITALIAN_ODD = (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23)


def is_card(text: str) -> bool:
    """A payment card's number: Luhn's check digit (ISO/IEC 7812-1), beginning as the schemes' do."""
    digits = _digits(text)
    doubled = [d if i % 2 else (d * 2 - 9 if d > 4 else d * 2) for i, d in enumerate(digits[-2::-1])]
    return (
        13 <= len(digits) <= 19
        and digits[0] in (2, 3, 4, 5, 6)
        and len(set(digits)) > 1
        and (sum(doubled) + digits[-1]) % 10 == 0
    )


def is_iban(text: str) -> bool:
    """An international account number: ISO 13616, remainder 1 of 97 (ISO 7064)."""
    plain = "".join(c for c in text.upper() if c.isalnum())
    return 15 <= len(plain) <= 34 and int("".join(str(int(c, 36)) for c in plain[4:] + plain[:4])) % 97 == 1


def is_spanish(text: str) -> bool:
    """A DNI or NIE: the letter is the remainder of 23."""
    plain = "".join(c for c in text.upper() if c.isalnum())
    number = plain[:-1].translate(str.maketrans("XYZ", "012"))
    return number.isdigit() and _SPANISH[int(number) % 23] == plain[-1]


def is_french(text: str) -> bool:
    """A NIR: its last two digits are 97 less the remainder of 97 of the others."""
    digits = "".join(map(str, _digits(text)))
    return len(digits) == 15 and 97 - int(digits[:13]) % 97 == int(digits[13:])


def is_italian(text: str) -> bool:
    """A codice fiscale: the last letter is made from the others by their places."""
    plain = text.upper()
    total = 0
    for place, char in enumerate(plain[:15]):
        worth = int(char, 36) - (0 if char.isdigit() else 10)
        total += worth if place % 2 else _ITALIAN_ODD[worth]
    return chr(ord("A") + total % 26) == plain[15]


def is_german_tax_id(text: str) -> bool:
    """A Steuer-ID: ISO 7064 mod 11,10 and exactly one digit used two or three times among the first ten."""
    digits = _digits(text)
    if len(digits) != 11 or digits[0] == 0:
        return False
    counts = sorted(digits[:10].count(d) for d in set(digits[:10]))
    if counts[-1] not in (2, 3) or any(count > 1 for count in counts[:-1]):
        return False
    product = 10
    for digit in digits[:10]:
        product = 2 * ((digit + product) % 10 or 10) % 11
    return (11 - product) % 10 == digits[10]


def is_turkish(text: str) -> bool:
    """A T.C. kimlik number: its tenth and eleventh digits follow from the first nine."""
    d = _digits(text)
    if len(d) != 11 or d[0] == 0:
        return False
    tenth = (7 * sum(d[0:9:2]) - sum(d[1:8:2])) % 10
    return d[9] == tenth and d[10] == sum(d[:10]) % 10


def is_brazilian(text: str) -> bool:
    """A CPF: two check digits of 11."""
    d = _digits(text)
    return len(d) == 11 and len(set(d)) > 1 and d[9] == _of_eleven(d[:9]) and d[10] == _of_eleven(d[:10])


def is_portuguese(text: str) -> bool:
    """A NIF: one check digit of 11."""
    d = _digits(text)
    return len(d) == 9 and d[8] == _of_eleven(d[:8])


def _of_eleven(digits: Sequence[int]) -> int:
    rest = sum(d * weight for d, weight in zip(digits, range(len(digits) + 1, 1, -1), strict=True)) % 11
    return 0 if rest < 2 else 11 - rest


def _digits(text: str) -> list[int]:
    return [int(c) for c in text if c.isdecimal()]
