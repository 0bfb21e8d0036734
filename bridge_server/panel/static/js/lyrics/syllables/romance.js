/** Syllables of Spanish, Italian, Portuguese, French and Romanian: which vowels make one, which are said apart. */

const STRONG_SPANISH = "aeoáéóíú";
const WEAK_SPANISH = "iuüy";

/** "canción" → 2: weak vowels join their neighbours, strong ones and those with an accent stand for themselves. */
export function spanishSyllables(word) {
  const text = word.replace(/qu(?=[eiéí])/g, "q").replace(/gu(?=[eiéí])/g, "g").replace(/y(?=[aeiouáéíóú])/g, "j");
  return Math.max(1, joined(text, STRONG_SPANISH, WEAK_SPANISH));
}

/** Nuclei where weak vowels glide into a strong one beside them, and weak ones among themselves. */
function joined(text, strong, weak) {
  let count = 0;
  for (const group of text.match(new RegExp(`[${strong}${weak}]+`, "g")) ?? []) {
    const own = [...group].filter((letter) => strong.includes(letter)).length;
    count += Math.max(1, own);
  }
  return count;
}

const APART_ITALIAN = new Map(Object.entries({
  1: "ciao",
  2: "mio mia mie tuo tua tue suo sua sue due zio zia zie via vie dio dia pio pia rio bue spia spie scia",
  3: "paura maria follia bugia bugie magia magie mania addio natio desio oblio brusio ronzio pendio leggio pazzia paure "
    + "oasi viola viole",
  4: "poesia poesie melodia melodie allegria armonia armonie fantasia fantasie nostalgia energia energie gelosia gelosie agonia compagnia "
    + "follie's geometria simpatia teoria sinfonia periferia batteria libreria mormorio luccichio paradiso",
  5: "malinconia filosofia fotografia ipocrisia",
}).flatMap(([count, words]) => words.split(" ").map((word) => [word, Number(count)])));

/** "cielo" → 2, "mia" → 2, "ciao" → 1. An i that only softens c, g or sc before it is not sung. */
export function italianSyllables(word) {
  if (APART_ITALIAN.has(word)) return APART_ITALIAN.get(word);
  const text = word
    .replace(/qu/g, "q")
    .replace(/(c|g|sc|gl)i(?=[aeouàèéòóù])/g, "$1")
    .replace(/i(?=[aeouàèéòóù])/g, "j")
    .replace(/gu(?=[aeioàèéìò])/g, "g")
    .replace(/u(?=[oòaàeèé])/g, "w");
  const nuclei = text.match(/[aeoàèéòóùìí][iu](?![iu])|ui(?![aeo])|[aeiouàèéìíòóùy]/g) ?? [];
  return Math.max(1, nuclei.length);
}

const PORTUGUESE = "aeiouáéíóúâêôàãõü";

/** "coração" → 3, "dia" → 2, "história" → 3: i and u glide after a vowel, and before one at the end where the accent lies earlier. */
export function portugueseSyllables(word) {
  if (word === "ao" || word === "aos") return 1;
  let text = word.replace(/([qg])u(?=[aeioáéíóâêôã])/g, "$1");
  if (/[áéíóúâêôãõ].*[bcdfghjklmnpqrstvwxyzç][iu][aoe]s?$/.test(text)) text = text.replace(/[iu]([aoe]s?)$/, "$1");
  let count = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (!PORTUGUESE.includes(text[at])) continue;
    count += 1;
    if (glides(text, at + 1)) at += 1;
  }
  return Math.max(1, count);
}

/** Whether the letter at `at` is the second half of a falling diphthong. */
function glides(text, at) {
  const before = text[at - 1];
  if (before === "ã" && (text[at] === "o" || text[at] === "e")) return true;
  if (before === "õ" && text[at] === "e") return true;
  if (text[at] !== "i" && text[at] !== "u") return false;
  if (before === text[at]) return false;
  return !/^(?:[iu](?:nh|[mnrlz](?:$|[bcdfgjkpqstvxz])))/.test(text.slice(at)) || (before === "u" && /^it/.test(text.slice(at)));
}

const SILENT_MENT = new Set(("aiment dorment forment ferment charment enferment arment consument allument animent expriment calment fument riment "
  + "ramènent clament nomment blâment germent entament s'enflamment abîment fredonnent").split(" "));
const HEARD_ENT = new Set(("souvent vent dent cent argent parent présent absent accident content lent talent serpent différent innocent urgent "
  + "violent client patient orient occident récent évident ardent torrent couvent prudent ent agent ciment gent jument "
  + "transparent indifférent permanent élégent excellent insolent décent continent auvent paravent adolescent équivalent fréquent "
  + "éloquent équivalent intelligent négligent latent président résident vents dents parents accidents talents serpents couvent").split(" "));

/** "chanson" → 2, "lumière" → 2, "rêvent" → 1: as it is spoken, so the mute e at the end of a word is not counted. */
export function frenchSyllables(word) {
  const plain = word.replace(/^(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu)'(?=.)/, "");
  if (plain === "jean" || plain === "jeans") return 1;
  if (plain === "pays") return 2;
  if (plain === "paysage" || plain === "paysages") return 3;
  const text = withoutMute(plain)
    .replace(/œ/g, "oe")
    .replace(/æ/g, "é")
    .replace(/^y(?=[aeou])/, "j")
    .replace(/qu/g, "q")
    .replace(/gu(?=[eiéèêy])/g, "g")
    .replace(/ge(?=[aouâô])/g, "g")
    .replace(/([aeiouy])y(?=[aeiouéèêâ])/g, "$1j")
    .replace(/([aeiouy])(?:il(?=$|s$|l)|ill)/g, "$1j")
    .replace(/([bcdfgptv][lr])(i|u(?!i))(?=[aeiouéèêâô])/g, "$1$2-")
    .replace(/ou(?=[aeiéèêâ])/g, (pair, at, all) => (/^oui|^ouest|^ouais/.test(all.slice(at)) ? "w" : "ou-"))
    .replace(/u(?=[aoéèêeâ])(?!eu|e[ui])/g, (letter, at, all) => (/[aeo]/.test(all[at - 1] ?? "") ? letter : "u-"))
    .replace(/i(?=[aeoéèêâôu])/g, "j")
    .replace(/ui/g, "i");
  const nuclei = text.match(/eau|oeu|où|aou|aoû|aî|oî|oû|eû|[aeo]u|[ae]i|oi|oy|ay|ey|oe|[aeiouyàâéèêëîïôùûü]/g) ?? [];
  return Math.max(1, nuclei.length);
}

/** Without the e that nobody says at the end: "belle", "choses", "chantent". */
function withoutMute(word) {
  const rest = word.replace(/aient$/, "ai");
  if (rest !== word) return rest;
  if (/ent$/.test(word) && !HEARD_ENT.has(word)) {
    if (!/[^s]ment$/.test(word) || SILENT_MENT.has(word)) return cut(word, 3);
  }
  if (/es$/.test(word)) return cut(word, 2);
  return /e$/.test(word) ? cut(word, 1) : word;
}

function cut(word, letters) {
  const stem = word.slice(0, -letters);
  return /[aeiouyàâéèêëîïôùûüœ]/.test(stem.replace(/^qu|(?<=g)u$|(?<=q)u$/g, "")) ? stem : word;
}

/** "inimă" → 3, "lupi" → 1: an i after a consonant at the end only softens it. */
export function romanianSyllables(word) {
  const text = word.replace(/([aeiouăâî].*[bcdfghjklmnpqsștțvxz])i$/, "$1").replace(/([cg]h?)[ei](?=[aou])/g, "$1");
  const nuclei = text.match(/[eo]a[iu]?|i[aeou]i?|[aăâîeou][iu](?![aeăo])|[aeiouăâîy]/g) ?? [];
  return Math.max(1, nuclei.length);
}
