/** A song that is being reworded: the words as they were, versions of them, and what was rendered of each. Kept by the browser. */

const KEY = "dawbridge.lyrics.";
const KEPT = 20;
export const MOST_VERSIONS = 8;
export const MOST_SEEDS = 8;
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/** A new draft from what is known of the source: its lyrics are the original, and version A starts as a copy of them. */
export function newDraft({ lyrics = "", language = "", tags = "" } = {}) {
  return { original: lyrics, language, tags, backend: "", seeds: 2, seed: null, versions: [newVersion([], lyrics)] };
}

/** The next free letter; removed ones come back, so that keys and names stay short. */
export function newVersion(versions, text = "") {
  const taken = new Set(versions.map((version) => version.name));
  return { name: [...LETTERS].find((letter) => !taken.has(letter)) ?? String(versions.length + 1), text, isIn: true, render: null };
}

/** What a render of a version was made of: while that stays the same, rendering it again would give the same takes. */
export function stamp(draft, version) {
  return JSON.stringify([version.text, draft.original, draft.language, draft.tags, draft.backend, draft.seeds, draft.seed]);
}

/** Versions that would sound different from what was rendered last, or were never rendered; `isLost` tells whose render came to nothing. */
export function changedVersions(draft, isLost = () => false) {
  return versionsIn(draft).filter((version) => version.render?.stamp !== stamp(draft, version) || isLost(version));
}

/** Versions that are to be rendered at all. */
export function versionsIn(draft) {
  return draft.versions.filter((version) => version.isIn && version.text.trim());
}

/** "A2" for the second take of version A's render; "" for a take of something else. */
export function nameOfTake(draft, { job, number }) {
  const version = draft.versions.find((one) => one.render?.job === job);
  return version ? `${version.name}${number}` : "";
}

export function versionOfTake(draft, take) {
  return draft.versions.find((one) => one.render?.job === take?.job) ?? null;
}

/**
 * The jobs that render these versions: `edit` with mode only_lyrics over the same span, the same seeds for all of them, so that
 * nothing but the words is different. `source` is what `sources.js` found.
 */
export function renders(draft, versions, source, capabilities, freshJob) {
  return versions.map((version) => ({
    request: "edit",
    job: freshJob("edit"),
    mode: "only_lyrics",
    source: { path: source.reference },
    span: source.span,
    ...(source.timeline !== null && source.timeline !== undefined ? { timeline: source.timeline } : {}),
    ...(source.project ? { project: source.project } : {}),
    ...(Object.keys(source.music ?? {}).length ? { music: source.music } : {}),
    ...(capabilities ? { backend: capabilities.backend } : {}),
    ...(draft.tags ? { tags: draft.tags, source_tags: source.tags || draft.tags } : {}),
    ...(draft.original.trim() ? { source_lyrics: draft.original } : {}),
    ...(draft.language && (!capabilities || (capabilities.settings ?? []).includes("language")) ? { language: draft.language } : {}),
    lyrics: version.text,
    seed: draft.seed,
    variants: draft.seeds,
  }));
}

/** Drafts in the browser's own storage, by the reference of their source. */
export class Drafts {
  #storage;

  constructor(storage = globalThis.localStorage) {
    this.#storage = storage;
  }

  /** The draft kept for a source, or null. */
  find(reference) {
    try {
      return JSON.parse(this.#storage.getItem(KEY + reference))?.draft ?? null;
    } catch (error) {
      console.debug("draft: cannot be read", error);
      return null;
    }
  }

  /** Keep it; the oldest beyond a few are forgotten. */
  keep(reference, draft, about = {}) {
    try {
      this.#storage.setItem(KEY + reference, JSON.stringify({ draft, about, at: Date.now() }));
      for (const old of this.list().slice(KEPT)) this.forget(old.reference);
      return true;
    } catch (error) {
      console.debug("draft: not kept in this window", error);
      return false;
    }
  }

  /** Call `hear` when another tab has kept a draft of that source. */
  watch(reference, hear, signal) {
    globalThis.addEventListener?.("storage", (event) => { if (event.key === KEY + reference && event.newValue) hear(); }, { signal });
  }

  forget(reference) {
    this.#storage.removeItem(KEY + reference);
  }

  /** [{ reference, at, about, versions }] newest first. */
  list() {
    const found = [];
    for (let at = 0; at < this.#storage.length; at += 1) {
      const key = this.#storage.key(at);
      if (!key.startsWith(KEY)) continue;
      try {
        const kept = JSON.parse(this.#storage.getItem(key));
        found.push({ reference: key.slice(KEY.length), at: kept.at, about: kept.about ?? {}, versions: kept.draft.versions.length });
      } catch (error) {
        console.debug("draft: skipped", error);
      }
    }
    return found.sort((a, b) => b.at - a.at);
  }
}
