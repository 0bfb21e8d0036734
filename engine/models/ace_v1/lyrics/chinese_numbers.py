"""Numbers in Chinese lyrics, as they are sung: dates, money, telephones, fractions, percentages.

Source: specification §12.4 ("Chinese numbers"). As there, a rule collects its matches first and then replaces, for
each, the first place where that text stands.
"""

import re
import string
from collections.abc import Callable

from engine.models.ace_v1.lyrics.chinese_cardinals import cardinal, digit_by_digit

_NUMBER = re.compile(r"(?<!\d)(\d+(?:\.\d+)?)")
_LARGE = "亿|千万|百万|万|千|百"
_MONEY_UNIT = rf"(?:{_LARGE}|(?:{_LARGE}|)[元块]|[角毛分])"
# What is counted with a number in front of it: 三匹马, 五座山. Only a number of four or more digits needs to know.
_MEASURE_WORD = (
    "(?:[匹张座回场尾条个首阙阵网炮顶丘棵只支袭辆挑担颗壳窠曲墙群腔砣客贯扎捆刀令打手罗坡山岭江溪钟队单双对"
    "出口头脚板跳枝件贴针线管名位身堂课本页家户层丝毫厘分钱两斤铢石钧锱忽寸尺丈里寻常铺程撮勺合升斗盘碗"
    "碟叠桶笼盆盒杯斛锅簋篮罐瓶壶卮盏箩箱煲啖袋钵年月日季刻时周天秒旬纪岁世更夜春夏秋冬代伏辈丸泡粒幢堆"
    "根道面片块人抽]|[千毫微]克|[千分厘毫]米)"
)

# Group 1 of every rule is what it spells.
_MONTH = r"\d{1,2}月(?:\d{1,2}[日号])?"
_DATE = re.compile(rf"\D((?:[089]\d|(?:19|20)\d{{2}})年(?:{_MONTH})?|{_MONTH})")
_MONEY = re.compile(rf"\D(\d+(?:\.\d+)?[多余几]?{_MONEY_UNIT}(?:\d{_MONEY_UNIT}?)?)")
_MOBILE = re.compile(r"\D((?:\+?86 ?)?1(?:[38]\d|5[0-35-9]|7[678]|9[89])\d{8})\D")
_LANDLINE = re.compile(r"\D((?:0(?:10|2[1-3]|[3-9]\d{2})-?)?[1-9]\d{6,7})\D")
_FRACTION = re.compile(r"(?<!\d)(\d+/\d+)")
_PERCENTAGE = re.compile(r"(?<!\d)(\d+(?:\.\d+)?%)")
_COUNT = re.compile(rf"(?<!\d)(\d+(?:\.\d+)?)[多余几]?{_MEASURE_WORD}")
_LONG = re.compile(r"(\d{4,32})")
_TWO_BETWEEN_LETTERS = re.compile(r"(?<![a-zA-Z])([a-zA-Z]+二[a-zA-Z]+)")

_CHINESE_PUNCTUATION = (
    "！？｡。＂＃＄％＆＇（）＊＋，－／：；＜＝＞＠［＼］＾＿｀｛｜｝～｟｠｢｣､、〃《》「」『』【】〔〕〖〗〘〙〚〛〜〝〞〟〰〾〿"
    "–—‘’‛“”„‟…‧﹏·〈〉"
)
_TO_COMMA = str.maketrans(dict.fromkeys(_CHINESE_PUNCTUATION + string.punctuation, ","))


def _spell_each(text: str) -> str:
    return _NUMBER.sub(lambda match: cardinal(match.group()), text)


def _spell_date(date: str) -> str:
    year, mark, rest = date.rpartition("年")
    return digit_by_digit(year) + mark + _spell_each(rest)


def _spell_telephone(number: str) -> str:
    return digit_by_digit(re.sub(r"[^\d]", "", number))


def _spell_fraction(fraction: str) -> str:
    numerator, denominator = fraction.split("/")
    return f"{cardinal(denominator)}分之{cardinal(numerator)}"


def _spell_percentage(percentage: str) -> str:
    return "百分之" + cardinal(percentage.rstrip("%"))


_RULES: tuple[tuple[re.Pattern[str], Callable[[str], str]], ...] = (
    (_DATE, _spell_date),
    (_MONEY, _spell_each),
    (_MOBILE, _spell_telephone),
    (_LANDLINE, _spell_telephone),
    (_FRACTION, _spell_fraction),
    (_PERCENTAGE, _spell_percentage),
    (_COUNT, cardinal),
    (_LONG, digit_by_digit),
    (_NUMBER, cardinal),
    (_TWO_BETWEEN_LETTERS, lambda letters: letters.replace("二", "2")),
)


def spell_chinese_numbers(text: str) -> str:
    """Spell the numbers of a Chinese line as numerals, then turn every punctuation mark into a comma.

    Raises ValueError or RecursionError for a number too long to have a name.
    """
    text = f"^{text}$"
    for pattern, spell in _RULES:
        if pattern is _PERCENTAGE:
            text = text.replace("％", "%")
        for number in pattern.findall(text):
            text = text.replace(number, spell(number), 1)
    return text.lstrip("^").rstrip("$").translate(_TO_COMMA)
