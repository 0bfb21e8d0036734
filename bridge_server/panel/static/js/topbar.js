/** The right end of the top bar: what runs, how the engine is, light or dark, the keys. */

import { h, replace, say } from "./dom.js";
import { icon } from "./icons.js";

const THEMES = [["auto", "system", "As the system has it"], ["light", "sun", "Light"], ["dark", "moon", "Dark"]];
const LAMPS = {
  ready: "Engine ready",
  starting: "Engine starting",
  down: "Engine down",
  lost: "No bridge",
  ended: "Logged out",
  connecting: "Connecting",
};

export function mountTopbar(root, app) {
  const lamp = h("span.lamp", { "aria-hidden": "true" });
  const words = h("span", {}, "Connecting");
  const engine = h("a.engine", { href: "#/engine", "aria-live": "polite" }, lamp, words);
  const bar = h("progress", { max: 1, "aria-label": "How far the job is" });
  const doing = h("span", {}, "");
  const work = h("a.work", { href: "#/queue", hidden: true }, doing, bar);
  const showKeys = { type: "button", title: "Keys (?)", "aria-label": "Keys", onclick: () => app.keys.show() };
  const keys = h("button.plain.icon", showKeys, icon("keyboard"));
  replace(root, work, engine, themeButton(), keys);

  function showEngine() {
    const state = app.wire.status === "open" ? app.wire.welcome.engine : app.wire.status;
    lamp.className = `lamp ${state}`;
    say(words, LAMPS[state] ?? state);
    engine.title = app.wire.welcome?.engine_problem?.message ?? "";
  }
  function showWork() {
    const busy = app.jobs.unfinished;
    const running = busy.find((job) => job.state === "running");
    work.hidden = busy.length === 0;
    bar.hidden = !running;
    if (running) bar.value = running.fraction;
    const waiting = busy.length - (running ? 1 : 0);
    say(doing, [running?.task, waiting && `${waiting} waiting`].filter(Boolean).join(" · "));
  }
  app.wire.on("engine", (event) => {
    if (app.wire.welcome) app.wire.welcome.engine = event.state;
    showEngine();
  });
  for (const kind of ["open", "lost", "engine-known"]) app.wire.on(kind, showEngine);
  for (const kind of ["changed", "listed"]) app.jobs.on(kind, showWork);
  showEngine();
}

function themeButton() {
  const button = h("button.plain.icon", { type: "button", onclick: () => set((at() + 1) % THEMES.length) });
  const at = () => Math.max(0, THEMES.findIndex(([name]) => name === (document.documentElement.dataset.theme ?? "auto")));
  function set(index) {
    const [name] = THEMES[index];
    if (name === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = name;
    try {
      localStorage.setItem("dawbridge.theme", name);
    } catch (error) {
      console.debug("theme: not kept in this window", error);
    }
    show();
    window.dispatchEvent(new Event("themechange"));
  }
  function show() {
    const [, picture, words] = THEMES[at()];
    button.title = `Colours: ${words.toLowerCase()}`;
    button.setAttribute("aria-label", `Colours: ${words.toLowerCase()}. Change`);
    replace(button, icon(picture));
  }
  show();
  return button;
}
