/** Syllables of writing that shows them, or hides them: kana, Hangul, Chinese characters, Devanagari, Arabic, Cyrillic, Greek. */

const SMALL_KANA = /[ぁぃぅぇぉゃゅょゎァィゥェォャュョヮ]/g;
const KANA = /[ぁ-ゖァ-ヺー]/g;
const HAN = /[\u3400-\u9fff\uf900-\ufaff]/g;

/** Beats of Japanese: each kana is one, small ya, yu, yo join the one before; っ, ん and ー are sung. Kanji are guessed. */
export function japaneseBeats(text) {
  const kana = (text.match(KANA) ?? []).length - (text.match(SMALL_KANA) ?? []).length;
  const kanji = (text.match(HAN) ?? []).length + (text.match(/々/g) ?? []).length;
  return { count: kana + Math.round(kanji * 1.8), sure: kanji === 0 };
}

/** One for each character. */
export function chineseSyllables(text) {
  return (text.match(HAN) ?? []).length;
}

/** One for each block of Hangul. */
export function koreanSyllables(text) {
  return (text.normalize("NFC").match(/[\uac00-\ud7a3]/g) ?? []).length;
}

const HINDI_CONSONANT = "[\u0915-\u0939\u0958-\u095f]\u093c?";
const HINDI_SIGN = "[\u093e-\u094c]";

/** "ज़िंदगी" → 3. The a in every consonant is silent at the end of a word, and between two syllables that have a vowel. */
export function hindiSyllables(word) {
  const letters = [...word.normalize("NFC").matchAll(new RegExp(`(${HINDI_CONSONANT})(${HINDI_SIGN})?(\u094d)?([\u0901-\u0903])?|([\u0904-\u0914])([\u0901-\u0903])?`, "g"))];
  const units = letters
    .map((each, at) => ({ ...each, isHeavy: Boolean(each[4] || each[6] || letters[at + 1]?.[3]), isBare: Boolean(each[3]) }))
    .filter((each) => !each.isBare)
    .map((each) => ({ isOwn: Boolean(each[2] || each[5]), isVowel: Boolean(each[5]), isHeavy: each.isHeavy }));
  const heard = units.map(() => true);
  if (units.length > 1 && !units.at(-1).isOwn) heard[units.length - 1] = false;
  for (let at = units.length - 2; at > 0; at -= 1) {
    const next = units[at + 1];
    if (!units[at].isOwn && heard[at - 1] && !units[at - 1].isHeavy && heard[at + 1] && !next.isVowel && next.isOwn) heard[at] = false;
  }
  return Math.max(1, heard.filter(Boolean).length);
}

/** Arabic with its vowel signs is counted, without them guessed: about one for every two letters. */
export function arabicSyllables(word) {
  const signs = (word.match(/[\u064b-\u0650]/g) ?? []).length;
  if (signs) return { count: signs, sure: true };
  const letters = (word.match(/[\u0621-\u064a]/g) ?? []).length;
  return { count: Math.max(1, Math.ceil(letters / 2)), sure: false };
}

/** Russian and Ukrainian: one for each vowel; words without one (в, к) lean on their neighbours. */
export function cyrillicSyllables(word) {
  return (word.match(/[аеёиоуыэюяіїєѝъ]/g) ?? []).length;
}

const GREEK = /ου|ού|αι|αί|ει|εί|οι|οί|υι|αυ|αύ|ευ|εύ|ηυ|[αεηιουωάέήίόύώϊϋΐΰ]/g;

/** "αγάπη" → 3, "καρδιά" → 2: an i without an accent glides into the vowel after it. */
export function greekSyllables(word) {
  const text = word.replace(/(?<=[^αεηιουωάέήίόύώ])(?:ι|υ|ει|οι)(?=[αάοόεέωώ]|ου|ού)/g, "");
  return Math.max(1, (text.match(GREEK) ?? []).length);
}

/** Polish: an i before a vowel only softens. */
export function polishSyllables(word) {
  const text = word.replace(/i(?=[aąeęioóu])/g, "").replace(/^(au|eu)(?=to|ro)/, "a");
  return (text.match(/[aąeęioóuy]/g) ?? []).length;
}

/** Czech: "vlk" and "vítr" sing their l and r. */
export function czechSyllables(word) {
  const text = word.replace(/ou|au|eu/g, "o");
  const vowels = (text.match(/[aáeéěiíoóuúůyý]/g) ?? []).length;
  const sung = (text.match(/(?<=[bcčdďfghjkmnňpqsštťvxzž])[rl](?=[bcčdďfghjkmnňpqsštťvxzž]|$)/g) ?? []).length;
  return vowels + sung;
}

/** Turkish and Hungarian, and what else is written as it is said: one for each vowel letter. */
export function vowelLetters(word) {
  return Math.max(1, (word.match(/[aeiouáéíóúöőüűıâîûäàåãõøæœ]/g) ?? []).length);
}

/** Indonesian: ai, au and oi at the end are one. */
export function indonesianSyllables(word) {
  return Math.max(1, (word.replace(/(ai|au|oi)$/, "a").match(/[aeiouéè]/g) ?? []).length);
}
