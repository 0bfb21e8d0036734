/** What holds for all versions: the song's language, the voice, how many seeds, who sings; and the button that renders them. */

import { field, h, replace, say } from "../dom.js";
import { icon } from "../icons.js";
import { MOST_SEEDS } from "./draft.js";
import { COUNTED, languageOptions } from "./languages.js";

/** `onChange` is told after a field of the draft changed; `onCodes` which languages can be sung. */
export function makeSettings(draft, rendering, source, { onChange, onCodes }) {
  const changed = (name, read) => (event) => { draft[name] = read(event.target.value); onChange(name); };
  const language = h("select", { onchange: changed("language", String) });
  const tags = h("input", { type: "text", value: draft.tags, placeholder: source.tags || "as it is", onchange: changed("tags", (text) => text.trim()) });
  const seeds = h("input", { type: "number", min: 1, max: MOST_SEEDS, step: 1, value: String(draft.seeds), onchange: changed("seeds", (text) => Math.max(1, Math.min(MOST_SEEDS, Math.round(Number(text)) || 1))) });
  const backend = h("select", { onchange: changed("backend", String) });
  const who = field("Sung by", backend);
  const go = h("button.main", { type: "button", title: "Render (Ctrl+Enter)", onclick: () => rendering.render() });
  const stop = h("button", { type: "button", hidden: true, onclick: () => rendering.cancel() }, icon("close"), "Cancel");
  const element = h("div.pane.lyric-settings", {},
    field("Language of the song", language),
    field("Voice and style", tags),
    field("Takes of each", seeds),
    who,
    h("div.row.lyric-go", {}, stop, go));
  let shown = "";

  function show() {
    const { backends, capabilities, plan, obstacle } = rendering;
    who.hidden = backends.length < 2;
    const codes = capabilities?.languages?.length ? capabilities.languages : [...COUNTED];
    const key = JSON.stringify([backends.map((one) => one.backend), codes, capabilities?.backend]);
    if (key !== shown) {
      shown = key;
      replace(language, languageOptions(codes.includes(draft.language) || !draft.language ? codes : [...codes, draft.language], "found out line by line").map(([value, text]) => h("option", { value }, text)));
      replace(backend, h("option", { value: "" }, `what suits it: ${capabilities?.backend ?? "nothing yet"}`), backends.map((one) => h("option", { value: one.backend }, one.backend)));
      onCodes(codes);
    }
    language.value = draft.language;
    backend.value = draft.backend;
    seeds.value = String(draft.seeds);
    go.disabled = Boolean(obstacle) || !plan.versions.length || rendering.isSending || !capabilities;
    stop.hidden = !rendering.isBusy;
    say(go, wordsOf(plan, draft.seeds));
  }
  return { element, show };
}

/** "Render A and B, 2 takes each" */
function wordsOf({ versions, areNewSeeds }, seeds) {
  if (!versions.length) return "Render";
  const names = versions.map((version) => version.name);
  const which = names.length > 1 ? `${names.slice(0, -1).join(", ")} and ${names.at(-1)}` : names[0];
  const each = `${seeds} ${seeds === 1 ? "take" : "takes"}${names.length > 1 ? " each" : ""}`;
  return areNewSeeds ? `Render ${which} with new seeds, ${each}` : `Render ${which}, ${each}`;
}
