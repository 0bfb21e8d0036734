/** How many syllables a line has, word by word, in the language that it is sung in. */

import { englishSyllables } from "./english.js";
import { danishSyllables, dutchSyllables, finnishSyllables, germanSyllables, swedishSyllables } from "./germanic.js";
import { numberSyllables } from "./numbers.js";
import { frenchSyllables, italianSyllables, portugueseSyllables, romanianSyllables, spanishSyllables } from "./romance.js";
import {
  arabicSyllables, chineseSyllables, cyrillicSyllables, czechSyllables, greekSyllables, hindiSyllables, indonesianSyllables,
  japaneseBeats, koreanSyllables, polishSyllables, vowelLetters,
} from "./scripts.js";

const LATIN = {
  en: englishSyllables, de: germanSyllables, nl: dutchSyllables, sv: swedishSyllables, da: danishSyllables, fi: finnishSyllables,
  fr: frenchSyllables, es: spanishSyllables, it: italianSyllables, pt: portugueseSyllables, ro: romanianSyllables,
  pl: polishSyllables, cs: czechSyllables, tr: vowelLetters, hu: vowelLetters, id: indonesianSyllables, vi: () => 1,
};

/** [letters of a script, the language that it tells, syllables of a word in it: a number or { count, sure }] */
const SCRIPTS = [
  [/[\u3041-\u30ff]/, "ja", japaneseBeats],
  [/[\uac00-\ud7a3\u1100-\u11ff]/, "ko", koreanSyllables],
  [/[\u0900-\u097f]/, "hi", hindiSyllables],
  [/[\u0600-\u06ff]/, "ar", arabicSyllables],
  [/[\u0400-\u04ff]/, "ru", cyrillicSyllables],
  [/[\u0370-\u03ff]/, "el", greekSyllables],
  [/[\u3400-\u9fff]/, "zh", chineseSyllables],
];

/** Languages whose syllables are counted by rules of their own. */
export const COUNTED = new Set([...Object.keys(LATIN), ...SCRIPTS.map(([, code]) => code), "uk"]);

/** What its letters say about a line's language: "ja" for kana, "" for Latin letters, which many share. */
export function languageOfScript(text) {
  return SCRIPTS.find(([letters]) => letters.test(text))?.[1] ?? "";
}

const WORD = /[\p{L}\p{M}\p{N}々ー]+(?:['\u2019][\p{L}\p{M}]+)*['\u2019]?/gu;

/**
 * `{ count, sure, words: [{ text, count }] }` of one sung line. `language` is a code, or "" to go by the letters (Latin ones as English).
 * `sure` is false where the writing does not show it: kanji, Arabic without vowel signs, a language without rules here.
 */
export function syllablesOf(line, language = "") {
  const code = language || languageOfScript(line) || "en";
  const words = [];
  let sure = true;
  for (const [text] of line.normalize("NFC").matchAll(WORD)) {
    const found = ofWord(text.replace(/\u2019/g, "'"), code);
    sure &&= found.sure;
    words.push({ text, count: found.count });
  }
  return { count: words.reduce((sum, word) => sum + word.count, 0), sure, words };
}

function ofWord(text, code) {
  const [digits] = text.match(/^\d+/) ?? [];
  if (digits) {
    const number = numberSyllables(digits, code);
    const rest = text.slice(digits.length).replace(/^(?:st|nd|rd|th|er|e|s)$/, "");
    const after = rest ? ofWord(rest, code) : { count: 0, sure: true };
    return { count: number.count + after.count, sure: number.sure && after.sure };
  }
  const parts = scripted(text, code);
  if (parts) return parts;
  const rule = LATIN[code];
  const count = spelledOut(text) ?? (rule ?? (SCRIPTS.some(([, other]) => other === code) ? englishSyllables : vowelLetters))(text.toLowerCase());
  return { count, sure: Boolean(rule) || COUNTED.has(code) };
}

/** A word in letters that are not Latin; Chinese characters in a Japanese line are kanji. */
function scripted(text, code) {
  const found = code === "ja" && /[\u3400-\u9fff々]/.test(text) ? SCRIPTS[0] : SCRIPTS.find(([letters]) => letters.test(text));
  if (!found) return null;
  const native = found[2](text.toLowerCase());
  const { count, sure } = typeof native === "number" ? { count: native, sure: true } : native;
  const latin = text.match(/[a-z]+/gi) ?? [];
  return { count: latin.reduce((sum, word) => sum + englishSyllables(word.toLowerCase()), count), sure };
}

/** "DJ", "UFO": capitals without a vowel, or known to be spelled, are said letter by letter. */
function spelledOut(text) {
  if (!/^[A-Z]{2,4}$/.test(text) || (/[AEIOUY]/.test(text) && !/^(?:UFO|USA|UK|EU|AI|ID|FBI|CIA|LSD|AM|PM)$/.test(text))) return null;
  return [...text].reduce((sum, letter) => sum + (letter === "W" ? 3 : 1), 0);
}
