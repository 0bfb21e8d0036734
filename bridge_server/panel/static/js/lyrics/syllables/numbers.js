/** Syllables of figures, as they are said: 24 is "twenty-four" in English, "vierundzwanzig" in German. */

/** From one digit: 0 … 12 or more as they stand, then tens 20 … 90, hundred, thousand, and what stands between tens and ones. */
const SAID = {
  en: { ones: [2, 1, 1, 1, 1, 1, 1, 2, 1, 1, 1, 3, 1, 2, 2, 2, 2, 3, 2, 2], tens: [2, 2, 2, 2, 2, 3, 2, 2], hundred: 2, thousand: 2, isOneSaid: true },
  de: { ones: [1, 1, 1, 1, 1, 1, 1, 2, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2], tens: [2, 2, 2, 2, 2, 2, 2, 2], hundred: 2, thousand: 2, between: 1, isOneSaid: true },
  fr: { ones: [2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 1, 1, 2, 2, 2], tens: [1, 1, 2, 2, 2, 3, 2, 3], hundred: 1, thousand: 1 },
  es: { ones: [2, 2, 1, 1, 2, 2, 1, 2, 2, 2, 1, 2, 2, 2, 3, 2, 4, 5, 5, 5], tens: [2, 2, 3, 3, 3, 3, 3, 3], hundred: 2, thousand: 1, between: 1 },
  it: { ones: [2, 2, 2, 1, 3, 3, 2, 2, 2, 2, 3, 3, 3, 3, 5, 3, 3, 4, 3, 5], tens: [2, 2, 3, 4, 3, 3, 3, 3], hundred: 2, thousand: 2 },
  pt: { ones: [2, 1, 1, 1, 2, 2, 1, 2, 2, 2, 1, 2, 2, 2, 3, 2, 4, 4, 3, 4], tens: [2, 2, 3, 3, 3, 3, 3, 3], hundred: 2, thousand: 1, between: 1 },
  ja: { ones: [2, 2, 1, 2, 2, 1, 2, 2, 2, 2, 3, 5, 4, 5, 5, 4, 5, 5, 5, 5], tens: [4, 5, 5, 4, 5, 5, 5, 6], hundred: 3, thousand: 2 },
  ko: { ones: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2], tens: [2, 2, 2, 2, 2, 2, 2, 2], hundred: 1, thousand: 1 },
  zh: { ones: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2], tens: [2, 2, 2, 2, 2, 2, 2, 2], hundred: 1, thousand: 1, isOneSaid: true },
};

/** `{ count, sure }` for a text of digits. Above a million each digit is said alone; other languages are guessed. */
export function numberSyllables(digits, language) {
  const words = SAID[language];
  const value = Number(digits);
  if (words && value < 1_000_000 && !/^0./.test(digits)) return { count: said(value, words), sure: true };
  const each = (words ?? SAID.en).ones;
  return { count: [...digits].reduce((sum, digit) => sum + each[digit], 0), sure: Boolean(words) };
}

function said(value, words) {
  if (value < 20) return words.ones[value];
  if (value < 100) {
    const [ten, one] = [Math.floor(value / 10), value % 10];
    return words.tens[ten - 2] + (one ? words.ones[one] + (words.between ?? 0) : 0);
  }
  const [size, name] = value < 1000 ? [100, words.hundred] : [1000, words.thousand];
  const [many, rest] = [Math.floor(value / size), value % size];
  return (many > 1 || words.isOneSaid ? said(many, words) : 0) + name + (rest ? said(rest, words) : 0);
}
