"""Text to words: case and accents do not count, everything but letters and digits separates."""

from __future__ import annotations

import unicodedata

MAX_WORD = 40
"""Characters of a word that count; what follows them is neither kept nor compared."""


class _Folding(dict[int, str]):
    """Each character's part in a word, found when it is first met."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        # Accents above and below are left out; vowel signs and the like are part of their word.
        if 200 <= unicodedata.combining(character) <= 240:
            folded = ""
        elif unicodedata.category(character)[0] in "LNM":
            folded = character
        else:
            folded = " "
        self[code] = folded
        return folded


_FOLDING = _Folding()


def words(text: str) -> list[str]:
    """Split a text into the words that are compared.

    Parameters
    ----------
    text : str
        Anything; no character in it has a meaning of its own.

    Returns
    -------
    list of str
        In order, with repetitions: ``Hourly6-1990_Été`` gives ``hourly6``, ``1990``, ``ete``.
    """
    folded = text.casefold()
    if not folded.isascii():
        # Taking a character apart may bring forth a capital, and folding that another accent.
        folded = unicodedata.normalize("NFKD", folded).casefold()
        folded = unicodedata.normalize("NFKD", folded)
    return [word[:MAX_WORD] for word in folded.translate(_FOLDING).split()]
