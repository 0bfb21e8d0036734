/** Syllables of German, Dutch, Swedish and Danish: two written vowels are often one sound. */

const GERMAN = /aa|ai|au|äu|ay|ee|ei|eu|ey|ie|oo|oi(?!r)|uy|[aeiouäöüyéèáà]/g;
const TWO_IN_IE = /(?:famil|lin|lil|fer|ital|span|as|austral|kastan|petersil|arter|ser|prem|belg|jugoslaw|bras|brasil|kali?forn|ind|stud|mater|med|prinzip|akt|begon|glyzin|pin|ster)ie/;

/** "Träume" → 2, "beenden" → 3, "Familie" → 4. */
export function germanSyllables(word) {
  const text = word
    .replace(/qu/g, "q")
    .replace(/^y(?=[aeou])/, "j")
    .replace(/^(ge|be)(?=e(?!$|te?n?$|tes$|re?n?$)|irr|impf|innt|inha|ur|unr)/, "$1-")
    .replace(/^(mus|liz|jubil|kolloss)eu(?=m)/, "$1e-u")
    .replace(/^ideen/, "ide-en")
    .replace(/([^e]|^)een$/, "$1e-en")
    .replace(/(?<=[tsx])ion/g, "jon")
    .replace(/(?<=n)ation/g, "ajon");
  const ie = TWO_IN_IE.test(text) ? text.replace(TWO_IN_IE, (part) => `${part.slice(0, -1)}-e`) : text;
  const found = ie.replace(/([aeouäöü]i|[aäe]u|ie)(?=e)/g, "$1-").match(GERMAN) ?? [];
  return found.length || (/[^'.]/.test(word) ? 1 : 0);
}

const DUTCH = /ëi|éé|aai|ooi|oei|eeu|ieu|auw|ouw|aa|ee|oo|uu|ie|ij|oe|eu|ui|ei|au|ou|[aeiouyéèëïöüáó]/g;

/** "geluid" → 2, "zeeën" → 2, "meisje" → 2. */
export function dutchSyllables(word) {
  const text = word.replace(/qu/g, "kw").replace(/^y(?=[aeou])/, "j").replace(/(?<=[ts])io(?=n)/g, "jo");
  return Math.max(1, (text.match(DUTCH) ?? []).length);
}

/** "himmel" → 2, "station" → 2. */
export function swedishSyllables(word) {
  const text = word.replace(/(?<=[ts])io(?=n)/g, "o").replace(/^(eu|au)/, "e").replace(/qu/g, "kv");
  return Math.max(1, (text.match(/[aeiouyåäöéà]/g) ?? []).length);
}

/** "hjerte" → 2, "station" → 2. */
export function danishSyllables(word) {
  const text = word.replace(/(?<=[ts])io(?=n)/g, "o").replace(/^(eu|au)/, "e").replace(/qu/g, "kv");
  return Math.max(1, (text.match(/[aeiouyåæøé]/g) ?? []).length);
}

const FINNISH = /aa|ee|ii|oo|uu|yy|ää|öö|[aeouyäö]i|au|eu|iu|ou|äy|öy|ey|iy|^ie|ie|uo|yö|[aeiouyäöå]/g;

/** "yö" → 1, "rakkaus" → 3: long vowels and diphthongs are one. */
export function finnishSyllables(word) {
  const text = word.replace(/([aeiouyäö])us$/, (all, vowel) => (vowel === "a" || vowel === "e" || vowel === "i" ? `${vowel}-us` : all));
  return Math.max(1, (text.match(FINNISH) ?? []).length);
}
