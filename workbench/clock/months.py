"""The names of months as applications write them in the languages of their users."""

from __future__ import annotations

_NAMES = (
    ("jan", "janv", "ene", "gen", "янв"),
    ("feb", "févr", "fev", "fév", "фев"),
    ("mar", "mars", "mär", "märz", "mrz", "mrt", "мар"),
    ("apr", "avr", "abr", "апр"),
    ("may", "mai", "maj", "mei", "mag", "май", "мая"),
    ("jun", "juin", "giu", "июн"),
    ("jul", "juil", "lug", "июл"),
    ("aug", "août", "ago", "авг"),
    ("sep", "sept", "set", "сен"),
    ("oct", "okt", "out", "ott", "окт"),
    ("nov", "ноя"),
    ("dec", "dez", "déc", "dic", "дек"),
)
MONTHS = tuple(names[0].capitalize() for names in _NAMES)  # of three English letters
_NUMBER = {name: number for number, names in enumerate(_NAMES, start=1) for name in names}


def month_number(word: str) -> int | None:
    """1 to 12 for a month's name, short or long, in any of the languages; None for another word."""
    small = word.strip().rstrip(".").lower()
    return _NUMBER.get(small[:4]) or _NUMBER.get(small[:3])
