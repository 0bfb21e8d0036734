/** English syllables: groups of written vowels, corrected by rules, and a list of words that no rule gets right. */

import { LISTED } from "./english_words.js";

const VOWELS = /[aeiouy]+/g;

/** What may follow a silent e inside a word: "lone|ly", "some|thing". */
const AFTER_SILENT = "(?:ly|less|lessly|lessness|ful|fully|fulness|ness|ment|ments|some|thing|things|time|times|where|one|body|ward|wards|work"
  + "|side|self|selves|like|man|men|land|line|lines|light|wife|boat|room|stone|bow|house|way|ways|bird|town|song|hood|piece|pole|print|ground"
  + "|bush|paper|cake|keeper|holder|maker|making|taking|walk|watch|place|smith|mail|guard|back|field|stein|date|book|ball|cut|goat|what|how"
  + "|fore|hold|holds|holder|holders|style|styles|spread|sale|made|works|cast|wise|over|well|mark|head|heads|stock|play|day|days|by|ty|ties)";
const COMPOUND = new RegExp(`([aeiouy][bcdfghjkmnprstvwxz]{1,2}|[aeiouy][tdbp]?l|[aeiou][ck]s|uid)e(?=${AFTER_SILENT}$)`);

/** Two vowels that stand together and are said apart, or one that is not said: [pattern, by how much the count is wrong]. */
const CORRECTIONS = [
  [/[aeouy]ing(?!e)/g, 1],
  [/[^aeiou]ii/g, 1],
  [/[aeiou]y(?:[aou]|e(?!s?$|d$))/g, 1],
  [/[^aeiouw]ye[rln]/g, 1],
  [/i[ao](?!us)/g, 1],
  [/iu/g, 1],
  [/iou/g, 1],
  [/[cstxzg]iou/g, -1],
  [/(?:[cstxg]|sh|[^aeiou][ln]|[ei]n|un|ill)io(?=n)/g, -1],
  [/[nv]ior/g, -1],
  [/(?:[ctgsx]ia(?=l|n|$)|lia(?=n(?!c)|m)|nia$|rriage)/g, -1],
  [/(?:[^ctshr]|^)ie(?:n|nt|nts|ns)$/g, 1],
  [/rien(?:t|$)/g, 1],
  [/(?:[^cts]|^sc)ient?(?:c|i[sf])/g, 1],
  [/ie(?:t|ty|ties)$/g, 1],
  [/^crea(?!tur|m|k|se)/g, 1],
  [/^reac(?!h)|reali|theat/g, 1],
  [/[aeiouy].*[^aeiou]ea$/g, 1],
  [/[aeiouy].*[^aeioucg]ean$/g, 1],
  [/[^qg]ua(?:[lt]|$|n|r[iy])/g, 1],
  [/[^qg]uou/g, 1],
  [/[^gq]uity/g, 1],
  [/ruin|[fdl]r?uid|tuition|genuin/g, 1],
  [/[^e]isms?$/g, 1],
  [/thms?$/g, 1],
  [/[aeiouy][^aeiou]+i(?:er|ers|est)$/g, 1],
  [/[^aeiouy]eo(?!us|n?s?$|pl|ff|pard|rg|h)/g, 1],
  [/(?:^|[nlpm])eons?$/g, 1],
  [/eou(?=s)/g, 1],
  [/[cg]eou(?=s)/g, -1],
  [/[^aeiou]oe(?:t|m|try)/g, 1],
  [/[^aeiouqg]ue(?:l|n[ct])/g, 1],
  [/[^aeiou]ao/g, 1],
  [/ically$/g, -1],
  [/^coo(?:p|rd)|eroi[nc]/g, 1],
];

/** "remember" → 3. `word` in small letters, with straight apostrophes. */
export function englishSyllables(word) {
  const plain = word.replace(/^'+/, "").replace(/in'$/, "ing").replace(/'+$/, "");
  if (LISTED.has(plain)) return LISTED.get(plain);
  const short = plain.match(/^(.+?)('ll|'ve|'re|'d|'m|'s|n't)$/);
  if (short) return englishSyllables(short[1]) + ofShortened(short[1], short[2]);
  return ofWord(plain.replace(/'/g, ""));
}

/** Syllables that a shortened word at the end adds. */
function ofShortened(before, short) {
  if (short === "n't") return /(?:[ds]|ght|st)$/.test(before) ? 1 : 0;
  if (short === "'ll") return /[^aeiouywr]$/.test(before) ? 1 : 0;
  if (short === "'ve") return /[^aeiouyw]$/.test(before) ? 1 : 0;
  if (short === "'d") return /[td]$/.test(before) ? 1 : 0;
  if (short === "'s") return hisses(before) ? 1 : 0;
  return 0;
}

function hisses(word) {
  return /(?:[sxz]|[cs]h|[csgz]e)$/.test(word);
}

function ofWord(word) {
  const single = word.replace(/s$/, "");
  if (single !== word && LISTED.has(single) && !/s$/.test(single)) return LISTED.get(single) + (hisses(single) ? 1 : 0);
  const ed = word.replace(/d$/, "");
  if (/ed$/.test(word) && LISTED.has(ed)) return LISTED.get(ed) + (/[td]e$/.test(ed) ? 1 : 0);
  const ly = word.replace(/ly$/, "");
  if (ly !== word && LISTED.has(ly)) return LISTED.get(ly) + 1;
  return Math.max(1, ofLetters(withoutSilent(word)));
}

function ofLetters(text) {
  const count = (text.match(VOWELS) ?? []).length;
  return CORRECTIONS.reduce((sum, [pattern, by]) => {
    return sum + by * (text.match(pattern)?.length ?? 0);
  }, count);
}

/** Without the vowels that nobody says: the e of "waves" and "lovely", the u of "quiet", the y of "you". */
function withoutSilent(word) {
  const text = word
    .replace(COMPOUND, "$1")
    .replace(/^every/, "evry")
    .replace(/^y(?=[aeiou])/, "j")
    .replace(/qu/g, "q")
    .replace(/gue([sd]?)$/, "g")
    .replace(/gu(?=[eia])/g, "g");
  if (/[^aeiouyrl]l(?:e|es|ed)$|[aeiouy][^aeiouy]?[ct]res?$/.test(text)) return text;
  const [, stem, end] = text.match(/^(.*[aeiouy].*)(ed|es|e)$/) ?? [];
  if (!end) return text;
  if (end === "ed" && /[td]$/.test(stem)) return text;
  if (end === "es" && hisses(stem + "e")) return text;
  if (end === "es" && hisses(stem)) return text;
  return stem + end.slice(1);
}
