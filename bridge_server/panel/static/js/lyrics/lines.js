/** Lines of lyrics: which are headings like [verse], which are sung, in which language, with how many syllables. */

import { languageOfScript, syllablesOf } from "./syllables/count.js";

/** The headings that models know, as buttons offer them. */
export const SECTIONS = ["intro", "verse", "pre-chorus", "chorus", "hook", "bridge", "break", "inst", "solo", "outro"];

const MEANINGS = {
  intro: "introduction, opening, introducción, introdução, introduzione, вступление, 前奏, イントロ, 인트로",
  verse: "strophe, couplet, estrofa, verso, strofa, zwrotka, kıta, куплет, sloka, versszak, 主歌, aメロ, bメロ, 절, 벌스, vers",
  chorus: "refrain, estribillo, coro, refrão, ritornello, refren, refrén, refrein, nakarat, припев, 副歌, サビ, 후렴, 후렴구",
  bridge: "middle 8, middle eight, puente, ponte, pont, brücke, мост, 桥段, ブリッジ",
  inst: "instrumental, interlude, interludio, zwischenspiel, проигрыш, 间奏, 間奏, 간주",
  outro: "coda, ending, end, конец, 尾奏, 结尾, アウトロ, 아웃트로",
  "pre-chorus": "prechorus, pre chorus, lift, pre refrain, pre coro, pré refrão, предприпев, 导歌, プレコーラス, 프리코러스",
  break: "breakdown, drop",
};
const NAMES = new Map([
  ...SECTIONS.map((name) => [name.replace("-", " "), name]),
  ["start", "intro"],
  ...Object.entries(MEANINGS).flatMap(([name, others]) => others.split(", ").map((other) => [other, name])),
]);

const SQUARE = /^\s*(?:\[([^[\]]*)\]|【([^【】]*)】|［([^［］]*)］)\s*/;
const ROUND = /^\s*[(（]([^()（）]{1,80})[)）]\s*:?\s*$/;
const LANGUAGE = /^\s*\[([A-Za-z]{2})(?:[-_][A-Za-z]{2,4})?\]\s*/;
const LANGUAGES = new Set(("en de fr es it pt pl tr ru cs nl ar zh ja hu ko hi sv fi da uk el ro id vi no hr bg he fa ca sk sl sr lt lv et th ms bn ta te"
  + " pa ur sw la is az ne ht").split(" "));
const BESIDE = /\s*(?::|：|\s[-–—|]\s|,|\().*$/;
const COUNTED = /\b(?:x\s?\d+|\d+\s?x|\d+(?:st|nd|rd|th)?[a-d]?|[ivx]+|[a-d]|one|two|three|four|first|second|third|final|last|repeat)\b|×\s?\d+|\d+$|^\d+/g;

/** "Verse 2: Anna" → "verse"; "" where nobody can tell. */
export function sectionOf(name) {
  const plain = name.trim().toLowerCase().replace(BESIDE, "").replace(/[\s_-]+/g, " ").trim();
  if (NAMES.has(plain)) return NAMES.get(plain);
  const bare = plain.replace(COUNTED, " ").replace(/\s+/g, " ").replace(/^[ .#]+|[ .#]+$/g, "");
  return NAMES.get(bare) ?? (bare.endsWith(" solo") ? "solo" : "");
}

/**
 * Every line of a text, in order:
 *
 * { text, kind, section, language, given, sung, count, sure, words }
 * text      as written
 * kind      "heading", "sung" or "empty"; a heading with words behind it is "sung" and has a section as well
 * section   of a heading: the name that models know, "" if it is none of them
 * language  that the line is sung in: its own `[de]`, else the song's, else its letters'; "" where nobody said
 * given     the language that stands before the line itself, or ""
 * sung      the words without heading and language
 */
export function readLines(lyrics, language = "") {
  return lyrics.split(/\r\n|[\r\n\u2028\u2029]/).map((text) => remembered(text, language));
}

const KNOWN = 4000;
const known = new Map();

/** A line is counted once, not at every key that is pressed anywhere. */
function remembered(text, language) {
  const key = `${language} ${text}`;
  if (!known.has(key)) {
    if (known.size >= KNOWN) known.clear();
    known.set(key, Object.freeze(readLine(text, language)));
  }
  return known.get(key);
}

function readLine(text, language) {
  const [prefix, given] = text.match(LANGUAGE) ?? [];
  if (given && LANGUAGES.has(given.toLowerCase())) return sungLine(text, text.slice(prefix.length), { given: given.toLowerCase(), language });
  const square = text.match(SQUARE);
  if (square) {
    const section = sectionOf(square.slice(1).find((name) => name !== undefined) ?? "");
    const rest = text.slice(square[0].length).replace(/^[\s:：]+/, "").replace(/^\(?[x×]\s?\d+\)?$/i, "");
    if (!rest) return { ...silent(text, "heading"), section };
    return { ...sungLine(text, rest, { given: "", language }), section };
  }
  const round = text.match(ROUND);
  if (round && ["intro", "verse", "chorus", "pre-chorus", "bridge", "outro", "inst"].includes(sectionOf(round[1]))) {
    return { ...silent(text, "heading"), section: sectionOf(round[1]) };
  }
  return sungLine(text, text, { given: "", language });
}

function silent(text, kind) {
  return { text, kind, section: "", language: "", given: "", sung: "", count: 0, sure: true, words: [] };
}

function sungLine(text, sung, { given, language }) {
  if (!/[\p{L}\p{N}]/u.test(sung)) return silent(text, sung.trim() ? "heading" : "empty");
  const script = languageOfScript(sung);
  const own = given || (script && !isOf(script, language) ? script : language || script);
  return { text, kind: "sung", section: "", language: own, given, sung: sung.trim(), ...syllablesOf(sung, own) };
}

/** Whether a script is one that the song's language is written in: kanji in Japanese, Cyrillic in Ukrainian. */
function isOf(script, language) {
  return script === language || (script === "zh" && language === "ja") || (script === "ru" && ["uk", "bg", "sr"].includes(language));
}

/** The text of a line in another language: "[de] Morgenrot"; without one, the line follows the song again. */
export function withLanguage(text, language) {
  const [prefix, given] = text.match(LANGUAGE) ?? [];
  const bare = given && LANGUAGES.has(given.toLowerCase()) ? text.slice(prefix.length) : text;
  return language ? `[${language}] ${bare}` : bare;
}

/** Only what is sung, line by line. */
export function sungLines(lyrics, language = "") {
  return readLines(lyrics, language).filter((line) => line.kind === "sung");
}
