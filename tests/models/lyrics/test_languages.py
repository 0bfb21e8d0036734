"""Languages of lines: measured on songs' lines of our own, and what a singer would expect of whole songs."""

import pytest

from engine.models.ace_v1.lyrics.languages import LANGUAGES, UnknownLanguage, detect_languages, language_code

pytest.importorskip("py3langid", reason='py3langid is not installed: pip install "dawbridge[lyrics]"')

# Written after the word lists and constants were set, four lines a song.
SONGS = {
    "en": ["Silver rain on Broken Street", "Nobody knows my name", "I keep running", "Hold me closer"],
    "de": ["Silberner Regen fällt", "Keiner kennt meinen Namen", "Ich laufe weiter", "Halt mich fest"],
    "fr": ["La pluie d'argent tombe", "Personne ne connaît mon nom", "Je cours encore", "Serre-moi fort"],
    "es": ["Lluvia de plata en la calle", "Nadie sabe mi nombre", "Sigo corriendo", "Abrázame fuerte"],
    "it": ["Pioggia d'argento sulla strada", "Nessuno sa il mio nome", "Continuo a correre", "Stringimi forte"],
    "pt": ["Chuva de prata na rua", "Ninguém sabe o meu nome", "Continuo correndo", "Abraça-me forte"],
    "pl": ["Srebrny deszcz na ulicy", "Nikt nie zna mojego imienia", "Biegnę dalej", "Przytul mnie mocno"],
    "tr": ["Gümüş yağmur sokakta", "Kimse adımı bilmiyor", "Koşmaya devam", "Sarıl bana sıkıca"],
    "cs": ["Stříbrný déšť na ulici", "Nikdo nezná mé jméno", "Běžím dál", "Obejmi mě pevně"],
    "nl": ["Zilveren regen op straat", "Niemand kent mijn naam", "Ik ren maar door", "Houd me stevig vast"],
    "hu": ["Ezüst eső az utcán", "Senki sem tudja a nevem", "Tovább futok", "Ölelj át szorosan"],
    "ru": ["Серебряный дождь", "Никто не знает моё имя", "Я бегу", "Обними меня"],
    "ar": ["مطر من فضة", "لا أحد يعرف اسمي", "ما زلت أركض", "ضمني إليك"],
    "zh": ["银色的雨落在街上", "没有人知道我的名字", "我一直在跑", "抱紧我"],
    "ja": ["銀の雨が降る街", "誰も私の名前を知らない", "走り続ける", "抱きしめて"],
    "ko": ["은빛 비가 내리는 거리", "아무도 내 이름을 몰라", "나는 계속 달려", "꼭 안아줘"],
    "hi": ["चाँदी की बारिश", "कोई मेरा नाम नहीं जानता", "मैं दौड़ता रहा", "मुझे थाम लो"],
}


def test_lines_of_a_song_are_of_one_language() -> None:
    assert set(SONGS) == set(LANGUAGES)
    wrong = {code: found for code, lines in SONGS.items() if (found := detect_languages(lines)) != [code] * 4}
    assert not wrong


def test_most_single_lines_are_told_alone() -> None:
    lines = [(line, code) for code, song in SONGS.items() for line in song]
    right = sum(detect_languages([line]) == [code] for line, code in lines)
    assert right >= 0.9 * len(lines)


def test_uncertain_lines_are_what_the_lines_before_them_are() -> None:
    assert detect_languages(["Bonjour mon amour", "la la la", "42", "..."]) == ["fr"] * 4
    assert detect_languages(["사랑해요", "1, 2, 3"]) == ["ko", "ko"]
    assert detect_languages(["..."]) == ["en"]


def test_short_english_lines_stay_english() -> None:
    lines = ["Turn it up and let it flow", "yeah yeah yeah", "(ooh ooh)", "Hello world... café society", "Emily"]
    assert detect_languages(lines) == ["en"] * len(lines)


def test_han_characters_are_japanese_among_kana_and_chinese_elsewhere() -> None:
    assert detect_languages(["東京", "夜の星空", "東京"]) == ["ja"] * 3
    assert detect_languages(["東京"]) == ["zh"]
    assert detect_languages(["夜の星空", "我爱你", "東京"]) == ["ja", "zh", "zh"]
    assert detect_languages(["渋谷駅"]) == ["ja"]


def test_a_song_of_two_languages() -> None:
    lines = ["Corazón, ¿dónde estás esta noche?", "I will always love you", "No me dejes solo", "사랑해"]
    assert detect_languages(lines) == ["es", "en", "es", "ko"]


def test_other_scripts_win_over_latin_letters() -> None:
    assert detect_languages(["I love 你 so much", "Baby 사랑해 forever and ever"]) == ["zh", "ko"]


def test_the_song_has_the_language_that_its_author_says() -> None:
    assert detect_languages(["Hello", "東京", "je"], "es") == ["es", "zh", "es"]
    assert detect_languages(["東京", "2", "Hello again my friend"], "ja") == ["ja", "ja", "en"]


def test_codes() -> None:
    assert [language_code(name) for name in ("zh-CN", "EN", "pt_BR", " ja ")] == ["zh", "en", "pt", "ja"]
    with pytest.raises(UnknownLanguage, match="Klingon"):
        language_code("Klingon")
