"""Examples: whole songs in a few fields, to see at once what tags, sections and languages are good for."""

from __future__ import annotations

import msgspec


class Example(msgspec.Struct, frozen=True, kw_only=True):
    """language  of the lyrics, ISO 639-1; empty for instrumental music
    lora      the LoRA of `dawbridge models` that it was written for; empty for none
    """

    name: str
    tags: str
    lyrics: str = ""
    language: str = ""
    bpm: float
    meter: str = "4/4"
    key: str = ""
    seconds: float
    lora: str = ""


RAP = "ace-step-v1-chinese-rap"

EXAMPLES = (
    Example(
        name="Harbour at six",
        tags="indie folk, fingerpicked acoustic guitar, cello, soft female vocals, intimate, slow, 76 BPM",
        lyrics="""[verse]
Six in the morning and the boats are grey
Gulls on the railing have a lot to say
You left your jacket on the kitchen chair
It keeps the shape of you, still sitting there

[chorus]
Come back with the tide, come back with the tide
I'll leave a light on the harbour side

[verse]
The kettle's singing in the key of G
The radio warns about the open sea

[chorus]
Come back with the tide, come back with the tide
I'll leave a light on the harbour side
""",
        language="en",
        bpm=76.0,
        key="G major",
        seconds=90.0,
    ),
    Example(
        name="Neon elevator",
        tags="synthwave, analog synth bass, gated drums, arpeggio, male vocals, nostalgic, night drive, 104 BPM",
        lyrics="""[intro]

[verse]
Forty floors of mirrored light
I press the button marked tonight
Your reflection's half a second late
Smiling like it learned to wait

[chorus]
Take me up, neon elevator
I'll be honest sooner or later
Higher than the things we said
Every number burning red

[outro]
""",
        language="en",
        bpm=104.0,
        key="A minor",
        seconds=75.0,
    ),
    Example(
        name="Kleine Stadt",
        tags="deutschpop, klavier, warme streicher, weibliche stimme, nachdenklich, 88 BPM",
        lyrics="""[verse]
Die kleine Stadt liegt unterm Regen
Der letzte Bus fährt ohne mich
Ich kenn die Pfützen auf den Wegen
Und jede Pfütze kennt auch dich

[chorus]
Bleib noch, bis die Lichter ausgehn
Bleib noch, bis der Morgen weiß
Dass wir zwei im Regen stehn
Und keiner nach dem Heimweg fragt, ganz leis
""",
        language="de",
        bpm=88.0,
        key="D major",
        seconds=60.0,
    ),
    Example(
        name="Calle abajo",
        tags="latin pop, nylon guitar, congas, trumpet section, male vocals, festive, 98 BPM",
        lyrics="""[verse]
Calle abajo suena un tambor
Huele a pan y a mar y a calor
Tú bailabas sin mirar atrás
Y la noche no se acaba más

[chorus]
Baila, baila, que la luna espera
Que la vida es corta y la noche entera
Baila, baila, no me digas que no
Que la calle canta lo que canto yo
""",
        language="es",
        bpm=98.0,
        key="E minor",
        seconds=60.0,
    ),
    Example(
        name="Sous la verrière",
        tags="chanson, accordéon, contrebasse, valse, voix de femme, mélancolique, 132 BPM",
        lyrics="""[verse]
Sous la verrière de la gare
Les heures perdent leur chemin
J'ai cherché ton nom dans le noir
Sur la paume de ma main

[chorus]
Et les trains s'en vont sans nous
Et la pluie compte les coups
""",
        language="fr",
        bpm=132.0,
        meter="3/4",
        key="D minor",
        seconds=60.0,
    ),
    Example(
        name="夜の坂道",
        tags="city pop, electric piano, slap bass, clean guitar, female vocals, mellow, 108 BPM",
        lyrics="""[verse]
夜の坂道をのぼる
街の灯りがにじんでる
あなたの声がまだ
耳のそばにいる

[chorus]
もう少しだけ歩こう
朝が来る前に
""",
        language="ja",
        bpm=108.0,
        key="F major",
        seconds=60.0,
    ),
    Example(
        name="Slow water",
        tags="ambient, evolving pads, felt piano, field recording, no drums, spacious, calm, 60 BPM",
        lyrics="[instrumental]\n",
        bpm=60.0,
        key="C major",
        seconds=120.0,
    ),
    Example(
        name="Back room",
        tags="jazz trio, upright bass, brushed drums, piano, swing, smoky club, 140 BPM, instrumental",
        lyrics="[instrumental]\n",
        bpm=140.0,
        key="Bb major",
        seconds=60.0,
    ),
    Example(
        name="Seven steps",
        tags="progressive rock, odd meter, electric guitar riff, hammond organ, live drums, instrumental, 126 BPM",
        lyrics="[instrumental]\n",
        bpm=126.0,
        meter="7/8",
        key="E minor",
        seconds=60.0,
    ),
    Example(
        name="Rooftop cipher",
        tags="hip hop, boom bap, dusty drums, jazz sample, upright bass, male rap, 92 BPM",
        lyrics="""[verse]
Rooftop tar and a paper cup
Sun going down so we turn it up
Pigeons on the aerial keeping time
Every antenna is catching a line

[chorus]
Say it once, let it ring, let the rooftops know
From the river to the station where the night trains go
""",
        language="en",
        bpm=92.0,
        key="C minor",
        seconds=60.0,
    ),
    Example(
        name="地铁早班车",
        tags="chinese rap, trap drums, 808 bass, piano loop, male rap, confident, 96 BPM",
        lyrics="""[verse]
早班车 六点半 站台还在打瞌睡
耳机里 鼓点转 把整座城市敲碎
昨天的 账还在 今天我不往后退
一步一步 踩着拍 心跳就是节奏队

[chorus]
一路向前 不停站
灯亮起来 看我翻盘
""",
        language="zh",
        bpm=96.0,
        key="A minor",
        seconds=60.0,
        lora=RAP,
    ),
    Example(
        name="夜市灯火",
        tags="chinese rap, boom bap, guzheng sample, scratch, female rap, playful, 90 BPM",
        lyrics="""[verse]
夜市灯火 一排又一排
老板吆喝 火苗跳起来
我用筷子 敲一个节拍
整条街道 跟我一起摇摆

[chorus]
热气往上 歌往上
小小摊位 大大的梦想
""",
        language="zh",
        bpm=90.0,
        key="D minor",
        seconds=60.0,
        lora=RAP,
    ),
)
