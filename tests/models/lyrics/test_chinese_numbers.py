"""Chinese numbers, rule by rule: our own code, so our own examples."""

import pytest

from engine.models.ace_v1.lyrics.chinese_cardinals import cardinal, digit_by_digit
from engine.models.ace_v1.lyrics.chinese_numbers import spell_chinese_numbers


@pytest.mark.parametrize(
    ("number", "spoken"),
    [
        ("0", "零"),
        ("2", "二"),
        ("10", "十"),
        ("12", "十二"),
        ("20", "二十"),
        ("22", "二十二"),
        ("100", "一百"),
        ("105", "一百零五"),
        ("110", "一百一十"),
        ("200", "两百"),
        ("1020", "一千零二十"),
        ("2002", "两千零二"),
        ("22000", "两万两千"),
        ("120000", "十二万"),
        ("100000000", "一亿"),
        ("12.05", "十二点零五"),
        ("05", "零五"),
        ("000.5", "零点五"),
    ],
)
def test_cardinals(number: str, spoken: str) -> None:
    assert cardinal(number) == spoken


def test_digits_are_read_one_by_one() -> None:
    assert digit_by_digit("2024") == "二零二四"


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("1999年12月31日", "一九九九年十二月三十一日"),
        ("8月", "八月"),
        ("我有1500块", "我有一千五百块"),
        ("只要3块5", "只要三块五"),
        ("10000多块", "一万多块"),
        ("电话13812345678", "电话一三八一二三四五六七八"),
        ("打010-62345678吧", "打零一零六二三四五六七八吧"),
        ("3/4的水", "四分之三的水"),
        ("12.5%", "百分之十二点五"),
        ("14％", "百分之十四"),
        ("1200个人", "一千两百个人"),
        ("编号1200", "编号一二零零"),
        ("P2P", "P2P"),
        ("你好，世界！(啊)", "你好,世界,,啊,"),
        ("", ""),
    ],
)
def test_rules(text: str, spoken: str) -> None:
    assert spell_chinese_numbers(text) == spoken
