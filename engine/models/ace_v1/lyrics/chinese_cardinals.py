"""Digits as Chinese numerals: 2024 as 两千零二十四, or digit by digit as 二零二四.

Source: specification §12.4 ("Cardinals").
"""

DIGITS = "零一二三四五六七八九"
POINT = "点"
# Powers of ten with a name, greatest first. Above 万 they are 10,000 apart.
UNITS = (
    *((44 - 4 * index, name) for index, name in enumerate("载正涧沟穰秭垓京兆亿")),
    (4, "万"),
    (3, "千"),
    (2, "百"),
    (1, "十"),
)
_POWER = {name: power for power, name in UNITS}


def digit_by_digit(number: str) -> str:
    """“2024” → "二零二四"; a decimal point is read 点."""
    return "".join(POINT if digit == "." else DIGITS[int(digit)] for digit in number)


def _with_units(digits: str) -> list[str]:
    """“1020” → 一 千 零 二 十; nothing for zeros only. Inner zeros are one 零."""
    significant = digits.lstrip("0")
    if not significant:
        return []
    if len(significant) == 1:
        numeral = DIGITS[int(significant)]
        return [DIGITS[0], numeral] if len(digits) > 1 else [numeral]
    power, unit = next((power, unit) for power, unit in UNITS if power < len(significant))
    return [*_with_units(digits[:-power]), unit, *_with_units(significant[-power:])]


def _liang(numerals: list[str]) -> list[str]:
    """两 in place of 二 where it counts hundreds, thousands and so on, but not around 十."""
    spoken = list(numerals)
    for index, numeral in enumerate(numerals):
        before = numerals[index - 1] if index else ""
        after = numerals[index + 1] if index + 1 < len(numerals) else ""
        starts = not before or (before in _POWER and before != "十")
        if numeral == "二" and starts and after in _POWER and after != "十":
            spoken[index] = "两"
    return spoken


def cardinal(number: str) -> str:
    """“12.5” → "十二点五", "200" → "两百"."""
    whole, _, decimals = number.partition(".")
    numerals = _with_units(whole) if len(whole) > 1 else [DIGITS[int(digit)] for digit in whole]
    if decimals:
        numerals += [POINT, *(DIGITS[int(digit)] for digit in decimals)]
    spoken = "".join(_liang(numerals))
    if spoken.startswith(POINT):
        return DIGITS[0] + spoken
    return spoken[1:] if spoken.startswith("一十") else spoken
