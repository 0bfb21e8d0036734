"""Vocabulary: which words mean which style, instrument, role or mood. The table in docs/SKETCH.md is made from here."""

from __future__ import annotations

from engine.sketch.score import Feel
from engine.sketch.styles import STYLES
from engine.sketch.synth.instruments import PITCHED
from engine.sketch.synth.percussion import KITS


def _split(words: str) -> list[str]:
    return [word.strip() for word in words.split(",") if word.strip()]


ROLES = ("drums", "percussion", "bass", "keys", "guitar", "pad", "strings", "brass", "lead")

STYLE_WORDS: dict[str, str] = {
    "pop": "indie pop, dance pop, indie, singer songwriter",
    "rock": "indie rock, alternative rock, hard rock, classic rock, punk, punk rock, grunge, alternative",
    "metal": "heavy metal, death metal, thrash, metalcore",
    "lofi": "lo-fi, lo fi, lofi hip hop, chillhop, study beats",
    "hip hop": "hip-hop, hiphop, boom bap, rap beat, old school hip hop",
    "trap": "drill, cloud rap, phonk",
    "house": "deep house, tech house, edm, dance, electronic dance, club, electronic, progressive house",
    "techno": "minimal techno, acid techno, trance, acid",
    "jazz": "bebop, big band, swing jazz, cool jazz, smooth jazz, jazzy",
    "bossa nova": "bossa, samba, latin jazz, latin, brazilian",
    "ambient": "drone, new age, meditation, soundscape, atmospheric",
    "funk": "funky, electro funk, p-funk",
    "disco": "nu disco, nu-disco, french house, eurodisco",
    "reggae": "dub, ska, rocksteady",
    "folk": "country, bluegrass, americana, acoustic, celtic",
    "ballad": "power ballad, slow ballad, piano ballad, classical, neoclassical",
    "cinematic": "orchestral, film score, soundtrack, trailer, movie score, game music",
    "synthwave": "retrowave, 80s, eighties, synth pop, synthpop, outrun, new wave, electropop",
    "drum and bass": "drum & bass, drum n bass, dnb, d&b, jungle, breakbeat, liquid",
    "blues": "slow blues, chicago blues, shuffle blues, boogie",
    "soul": "r&b, rnb, neo soul, neo-soul, gospel, motown",
}

INSTRUMENT_WORDS: dict[str, str] = {
    "acoustic kit": "acoustic drums, live drums, drum kit, drumkit, drum set",
    "rock kit": "rock drums, hard drums, big drums, loud drums",
    "jazz kit": "jazz drums, ride cymbal",
    "brush kit": "brushed drums, brushes, brush drums, soft drums",
    "lofi kit": "lofi drums, lo-fi drums, dusty drums, vinyl drums",
    "hip hop kit": "hip hop drums, boom bap drums, breakbeats",
    "808 kit": "808, 808s, 808 drums, tr-808, trap drums",
    "909 kit": "909, 909 drums, tr-909, house drums, drum machine",
    "electronic kit": "electronic drums, synth drums, gated drums",
    "orchestral percussion": "taiko, timpani, epic drums, cinematic drums",
    "hand percussion": "congas, bongos, shaker, shakers, tambourine, cowbell, hand drums",
    "finger bass": "bass guitar, electric bass, fingered bass, fretless bass",
    "picked bass": "pick bass, rock bass",
    "slap bass": "slapped bass, funk bass",
    "upright bass": "double bass, acoustic bass, contrabass, walking bass",
    "sub bass": "sub, deep bass",
    "808 bass": "trap bass",
    "synth bass": "moog, moog bass, analog bass",
    "acid bass": "303, tb-303, acid line",
    "reese bass": "reese, dnb bass",
    "fm bass": "digital bass",
    "piano": "grand piano, acoustic piano, upright piano, felt piano, pianos",
    "house piano": "bright piano, m1 piano",
    "rhodes": "rhodes piano, fender rhodes",
    "wurlitzer": "wurly, wurli",
    "electric piano": "e-piano, epiano, e piano, dx7, digital piano, dx piano",
    "organ": "hammond, hammond organ, b3, church organ",
    "clavinet": "clav, clavi",
    "harpsichord": "cembalo",
    "pluck": "plucks, synth pluck, plucky synth, arp, arpeggio, arpeggiator, synth arp, synth, synths",
    "marimba": "xylophone, balafon",
    "kalimba": "thumb piano, mbira, music box",
    "bells": "bell, tubular bells, chimes",
    "glockenspiel": "celesta, glock",
    "vibraphone": "vibes, vibraphones",
    "acoustic guitar": "steel guitar, strummed guitar, folk guitar, banjo, ukulele, mandolin",
    "nylon guitar": "classical guitar, spanish guitar",
    "electric guitar": "clean guitar, clean electric guitar, funk guitar, electric guitars",
    "jazz guitar": "archtop, hollow body guitar",
    "muted guitar": "palm muted guitar, muted guitars",
    "distorted guitar": "distorted guitars, overdriven guitar, heavy guitar, heavy guitars, power chords",
    "harp": "lyre, koto",
    "warm pad": "pads, synth pad, analog pad, soft pad",
    "saw pad": "supersaw, bright pad, super saw",
    "glass pad": "shimmer, airy pad, shimmering pad",
    "choir pad": "choir, choirs, aahs",
    "strings": "string section, string ensemble, orchestra strings, violins, cellos, cello, orchestra",
    "pizzicato": "pizz, plucked strings",
    "brass section": "brass, horns, horn section, trombone, trombones",
    "trumpet": "trumpets, flugelhorn",
    "french horn": "horn, french horns",
    "synth lead": "lead synth, saw lead, analog lead",
    "square lead": "chiptune, chip lead, 8-bit, 8 bit",
    "lead guitar": "guitar solo, solo guitar, rock lead",
    "flute": "flutes, pan flute, recorder",
    "whistle": "whistling, tin whistle, ocarina",
    "fiddle": "violin, viola, solo violin",
    "saxophone": "sax, clarinet, oboe",
}

ROLE_WORDS: dict[str, str] = {
    "drums": "drum, beat, beats, rhythm section, drumming",
    "percussion": "perc",
    "bass": "bassline, bass line, basses",
    "keys": "keyboard, keyboards, chords, comping",
    "guitar": "guitars",
    "pad": "atmosphere, textures, texture",
    "strings": "",
    "brass": "",
    "lead": "melody, solo, lead line, topline, hook, riff",
}

MOOD_WORDS: dict[str, tuple[str, str, Feel]] = {
    "melancholic": ("sad, melancholy, nostalgic, wistful, lonely, emotional", "minor",
                    Feel(energy=-0.2, brightness=-0.3)),
    "dark": ("brooding, ominous, gloomy, moody, mysterious, sinister, haunting", "minor", Feel(brightness=-0.6)),
    "tense": ("suspenseful, eerie, dramatic, scary", "minor", Feel(energy=0.1, density=0.1)),
    "happy": ("cheerful, joyful, fun, playful, sunny, feel good", "major", Feel(energy=0.2, brightness=0.3)),
    "uplifting": ("hopeful, inspiring, positive, optimistic, euphoric, triumphant, catchy", "major",
                  Feel(energy=0.2, brightness=0.4)),
    "romantic": ("tender, sweet, intimate, gentle, beautiful", "major", Feel(energy=-0.3, density=-0.1)),
    "bright": ("crisp, sparkling, clear, shiny, glossy, glittering", "", Feel(brightness=0.6)),
    "warm": ("mellow, cozy, smooth, vintage, retro, dusty", "", Feel(brightness=-0.3)),
    "energetic": ("upbeat, driving, lively, exciting, powerful, energy, hype, punchy, high energy", "",
                  Feel(energy=0.4, density=0.2)),
    "aggressive": ("angry, heavy, intense, hard, fierce, raw, gritty, brutal, furious", "minor",
                   Feel(energy=0.5, density=0.3, brightness=0.2)),
    "calm": ("chill, relaxed, relaxing, peaceful, soothing, laid back, laid-back, soft, quiet, easy, serene, "
             "tranquil, meditative", "",
             Feel(energy=-0.4, density=-0.2)),
    "dreamy": ("ethereal, spacey, floating, floaty, hazy, lush, airy, reverb, psychedelic, hypnotic, trippy", "",
               Feel(energy=-0.2, brightness=-0.1, space=0.9)),
    "epic": ("anthemic, huge, majestic, heroic, big, grand", "", Feel(energy=0.4, space=0.5)),
    "groovy": ("bouncy, funky feel", "", Feel(swing=0.06)),
    "sparse": ("minimal, minimalist, simple, stripped, stripped down, empty", "", Feel(density=-0.5, energy=-0.15)),
    "dense": ("busy, full, complex, rich, layered", "", Feel(density=0.5, energy=0.15)),
    "dry": ("close, tight room", "", Feel(space=-0.6)),
}  # fmt: skip

TEMPO_WORDS: dict[str, tuple[str, float]] = {
    "slow": ("downtempo, down-tempo, slow tempo, adagio, largo", 0.82),
    "fast": ("uptempo, up-tempo, fast tempo, quick, allegro, presto", 1.18),
    "mid tempo": ("mid-tempo, midtempo, medium tempo, moderate", 1.0),
}

TIME_FEEL_WORDS: dict[str, str] = {
    "straight": "straight feel, straight eighths, straight time, even, tight, mechanical, quantized",
    "swing": "swung, swinging, swing feel, swing time, shuffle, shuffled, shuffle feel, triplet feel",
    "half-time": "half time, halftime, half-time feel, half time feel, half speed drums",
    "double-time": "double time, doubletime, double-time feel, double time feel",
}
STYLE_OF_FEEL = {"swing": "jazz", "swing time": "jazz", "shuffle": "blues"}
"""What a word for a time feel means where it is the only word for a style."""

FORM_WORDS: dict[str, str] = {
    "loop": "loopable, seamless loop",
    "intro": "introduction",
    "verse": "strophe, couplet",
    "lift": "pre-chorus, pre chorus, build, build-up, buildup, build up",
    "chorus": "refrain",
    "bridge": "middle eight, middle 8",
    "break": "breakdown, interlude",
    "drop": "beat drop, big drop",
    "ending": "outro, finale, coda",
}

FILLERS = frozenset(
    _split(
        "a,an,and,the,of,with,in,on,for,to,music,song,track,style,vibe,vibes,feel,feeling,instrumental,sound,sounds,some,"
        "very,slightly,key,tempo,mood,genre,tune,groove,modern,classic,live,real,bpm"
    )
)
VOICES = frozenset(
    _split(
        "vocal,vocals,voice,voices,singer,singing,sung,rap,rapping,female,male,acapella,lyrics,vocalist,soprano,tenor"
    )
)
"""Words for what sketch cannot do: it says so instead of counting them as unknown."""


def spellings() -> dict[str, tuple[str, str]]:
    """Every word or phrase → (kind, name); kinds are style, instrument, role, mood, tempo,
    time feel, form."""
    found: dict[str, tuple[str, str]] = {}
    tables: list[tuple[str, dict[str, str]]] = [
        ("form", FORM_WORDS),
        ("tempo", {name: words for name, (words, _) in TEMPO_WORDS.items()}),
        ("time feel", TIME_FEEL_WORDS),
        ("mood", {name: words for name, (words, _, _) in MOOD_WORDS.items()}),
        ("instrument", INSTRUMENT_WORDS),
        ("role", ROLE_WORDS),
        ("style", STYLE_WORDS),
    ]
    for kind, table in tables:
        for name, words in table.items():
            for spelling in (name, *_split(words)):
                found.setdefault(spelling, (kind, name))
    return found


def table() -> str:
    """The vocabulary as Markdown tables."""
    lines = ["| style | also | bpm |", "|---|---|---|"]
    lines += [f"| {name} | {STYLE_WORDS[name]} | {style.bpm:g} |" for name, style in STYLES.items()]
    lines += ["", "| instrument | role | also |", "|---|---|---|"]
    for name, words in INSTRUMENT_WORDS.items():
        lines.append(f"| {name} | {role_of(name)} | {words} |")
    lines += ["", "| role | also |", "|---|---|"]
    lines += [f"| {name} | {words} |" for name, words in ROLE_WORDS.items()]
    lines += ["", "| mood | also | bends |", "|---|---|---|"]
    for name, (words, mode, feel) in MOOD_WORDS.items():
        bends = [mode] if mode else []
        bends += [f"{field} {value:+g}" for field, value in _bends(feel)]
        lines.append(f"| {name} | {words} | {', '.join(bends)} |")
    lines += ["", "| time feel | also |", "|---|---|"]
    lines += [f"| {name} | {words} |" for name, words in TIME_FEEL_WORDS.items()]
    lines += ["", "| tempo and form | also |", "|---|---|"]
    lines += [f"| {name} | {words} |" for name, (words, _) in TEMPO_WORDS.items()]
    lines += [f"| {name} | {words} |" for name, words in FORM_WORDS.items()]
    return "\n".join(lines) + "\n"


def _bends(feel: Feel) -> list[tuple[str, float]]:
    fields = ("energy", "density", "brightness", "space", "swing")
    return [(field, getattr(feel, field)) for field in fields if getattr(feel, field)]


def role_of(instrument: str) -> str:
    """The role an instrument has unless it is asked to take another."""
    if instrument == "hand percussion":
        return "percussion"
    return "drums" if instrument in KITS else PITCHED[instrument].role
