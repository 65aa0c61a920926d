"""Cutting text without breaking what a reader sees as one character.

A small, careful reading of Unicode Standard Annex 29 (grapheme clusters): where in doubt it keeps more together.
"""

from unicodedata import category, combining

_ZWJ = "\u200d"
_EXTENDING = frozenset({"Mn", "Me", "Mc"})
_VIRAMA = 9
_SKIN_TONES = ("\U0001f3fb", "\U0001f3ff")
_TAGS = ("\U000e0020", "\U000e007f")
_REGIONAL = ("\U0001f1e6", "\U0001f1ff")
_HALF_WIDTH_MARKS = ("\uff9e", "\uff9f")


def cut(text: str, limit: int) -> str:
    """The longest start of `text` of at most `limit` code points that ends between two characters; may be empty."""
    if len(text) <= limit:
        return text
    end = max(limit, 0)
    while end > 0 and not _is_boundary(text, end):
        end -= 1
    return text[:end]


def _is_boundary(text: str, at: int) -> bool:
    before, behind = text[at - 1], text[at]
    if behind < "\u0300":
        return not (before == "\r" and behind == "\n")
    if _extends(behind) or before == _ZWJ or _joins_hangul(before, behind):
        return False
    if combining(before) == _VIRAMA and category(behind) == "Lo":
        return False
    return not (_within(behind, _REGIONAL) and _flags_before(text, at) % 2)


def _extends(char: str) -> bool:
    return (
        char in (_ZWJ, "\u200c")
        or _within(char, _SKIN_TONES)
        or _within(char, _TAGS)
        or _within(char, _HALF_WIDTH_MARKS)
        or category(char) in _EXTENDING
    )


def _flags_before(text: str, at: int) -> int:
    """How many regional indicators stand right before; two make one flag."""
    count = 0
    while count < at and _within(text[at - 1 - count], _REGIONAL):
        count += 1
    return count


def _joins_hangul(before: str, behind: str) -> bool:
    """Hangul syllables that are written as single letters: leading, vowel, trailing."""
    left, right = _hangul(before), _hangul(behind)
    return (left == "L" and right in "LVS") or (left in ("V", "S") and right in ("V", "T")) or left == right == "T"


def _hangul(char: str) -> str:
    if "\u1100" <= char <= "\u115f" or "\ua960" <= char <= "\ua97c":
        return "L"
    if "\u1160" <= char <= "\u11a7" or "\ud7b0" <= char <= "\ud7c6":
        return "V"
    if "\u11a8" <= char <= "\u11ff" or "\ud7cb" <= char <= "\ud7fb":
        return "T"
    return "S" if "\uac00" <= char <= "\ud7a3" else "-"


def _within(char: str, span: tuple[str, str]) -> bool:
    return span[0] <= char <= span[1]
