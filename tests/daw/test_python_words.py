"""The Python script asks with the same words, and reads answers by the same rules, as the Lua scripts."""

from hypothesis import given, settings
from hypothesis import strategies as st

from daw_scripts.reaper.python import texts, verbs
from daw_scripts.reaper.python.orders import samples
from tests.daw.studio import lua_runtime

LUA = lua_runtime("5.4")


def test_the_sentences_are_those_of_the_lua_files():
    lua = dict(
        LUA.execute(
            """
            local text = require("shared.text")
            text.add(require("shared.text_reaper"))
            return text.english
            """
        ).items()
    )
    assert texts.sentences().items() <= lua.items()
    assert len(texts.sentences()) > 80


def test_the_verbs_are_those_of_the_lua_files():
    listed = LUA.execute('local verbs = require("shared.verbs") return verbs.list')
    theirs = [(verb.id, verb.request or "", verb.needs or "", tuple(verb.fields.values())) for verb in listed.values()]
    assert theirs == [(verb.id, verb.request, verb.needs, verb.fields) for verb in verbs.VERBS]
    defaults = LUA.execute('local wishes = require("shared.wishes") return wishes.fields')
    for name, default in verbs.DEFAULTS.items():
        assert defaults[name].default == default


ANSWERS = {
    "strength": st.sampled_from(["0", "1", "0,5", "1.5", "x", "", "-0", ".5", "1e-3", "nan", "inf"]),
    "variants": st.sampled_from(["1", "8", "9", "0", "2.0", "two", ""]),
    "seed": st.sampled_from(["", "0", "9007199254740991", "9007199254740992", "-1", "x"]),
    "length": st.sampled_from(["4 bars", "8", "8 s", "1 bar", "0", "1001 bars", "3601", "2,5s", "bars", "4 beats", ""]),
    "key": st.sampled_from(["", "D minor", "dm", "F♯ moll", "Bb", "CM", "Cm", "H", "C# dur", "x", "G maj"]),
    "chords": st.sampled_from(["", "Am F | C . . G7/B", "x"]),
    "mode": st.sampled_from(["yes", "no", "ja", "nein", "remix", "only_lyrics", "maybe", ""]),
    "lyrics": st.sampled_from(["", "la", "one | two", "a\n---\nb"]),
    "tags": st.sampled_from(["", "lofi"]),
}
READ = """
local id, answers = ...
local wishes = require("shared.wishes")
local verb = require("shared.verbs").get(id)
local found, fault = wishes.read(verb, answers)
if not found then return nil, fault end
local texts = {}
for name, value in pairs(found) do
  if type(value) == "table" then value = (value.bars or 0) .. " " .. (value.seconds or 0) end
  texts[name] = value
end
return texts
"""


@given(data=st.data(), verb=st.sampled_from([verb for verb in verbs.VERBS if verb.fields]))
@settings(max_examples=300, deadline=None)
def test_answers_are_read_as_the_lua_files_read_them(data: st.DataObject, verb: verbs.Verb):
    answers = {name: data.draw(ANSWERS[name]) for name in verb.fields if name in ANSWERS}
    if "lyrics" in answers:
        answers["lyrics"] = answers["lyrics"].replace("\n", "\n")
    unfolded = {name: text.replace(" | ", "\n") if name == "lyrics" else text for name, text in answers.items()}
    theirs = LUA.execute(READ, verb.id, LUA.table_from(unfolded))
    try:
        ours = verbs.read(verb, answers)
    except verbs.Unclear as reason:
        assert theirs == (None, str(reason))
        return
    assert not isinstance(theirs, tuple), theirs
    for name, value in ours.items():
        if isinstance(value, verbs.Length):
            bars, seconds = theirs[name].split(" ")
            assert (float(bars), float(seconds)) == (value.bars, value.seconds)
        else:
            assert theirs[name] == value


@given(lyrics=st.text(st.sampled_from("a-\n \r"), max_size=30))
@settings(max_examples=200, deadline=None)
def test_versions_are_taken_apart_as_the_lua_files_do(lyrics: str):
    theirs = LUA.execute('return require("shared.wishes").versions(...)', lyrics)
    assert verbs.versions(lyrics) == list(theirs.values())


@given(seconds=st.floats(0, 1e5), rate=st.sampled_from([22_050, 44_100, 48_000, 96_000]))
def test_seconds_become_samples_as_in_lua(seconds: float, rate: int):
    assert samples(seconds, rate) == LUA.execute('return require("shared.span").samples(...)', seconds, rate)
