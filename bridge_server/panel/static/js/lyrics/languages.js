/** Names of languages, as the browser knows them. */

const names = new Intl.DisplayNames(["en"], { type: "language" });

export function languageName(code) {
  try {
    return names.of(code) ?? code;
  } catch (error) {
    console.debug("languages: not a code", code, error);
    return code;
  }
}

/** [["", first], ["de", "German"], …] for a select, by name. */
export function languageOptions(codes, first) {
  const named = [...new Set(codes)].map((code) => [code, languageName(code)]);
  return [["", first], ...named.sort((a, b) => a[1].localeCompare(b[1]))];
}

/** What can be chosen while no backend says what it sings: the languages whose syllables are counted. */
export { COUNTED } from "./syllables/count.js";
