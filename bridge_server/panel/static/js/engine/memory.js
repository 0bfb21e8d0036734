/** What the engine can do and what lies in its memory; load and unload. Told by the wire, never asked for again and again. */

import { coded, h, replace } from "../dom.js";
import { icon } from "../icons.js";
import { problemBox } from "../notices.js";
import { size } from "../queue/words.js";

const STATES = { ready: "ready", starting: "starting: jobs are taken meanwhile", down: "down" };

/** Returns the element, with `show()`: what the wire's latest `welcome` says. */
export function memoryPane(app) {
  const root = h("section.pane.stack", { "aria-label": "What can play" });

  async function ask(request, backend) {
    try {
      await app.wire.ask({ request, backend });
    } catch (problem) {
      app.problem(problem);
    }
  }

  function show() {
    const { welcome } = app.wire;
    if (!welcome) return;
    const held = new Map((welcome.models ?? []).map((model) => [model.backend, model]));
    replace(root,
      h("h2", {}, "What can play"),
      h("p", {}, h("span.lamp", { class: welcome.engine, "aria-hidden": "true" }), `The engine is ${STATES[welcome.engine] ?? welcome.engine}.`),
      welcome.engine_problem && problemBox(welcome.engine_problem),
      h("ul.backends", {},
        (welcome.backends ?? []).map((backend) => rowOf(backend, held.get(backend.backend), backend.backend === welcome.default_backend)),
        (welcome.absent ?? []).map(absentRow)));
  }

  function rowOf(backend, model, isDefault) {
    const busy = model?.state === "loading";
    const canLoad = app.wire.welcome.engine === "ready";
    return h("li.backend", { dataset: { backend: backend.backend } },
      h("div.grow.stack.close", {},
        h("div.row", {}, h("strong", {}, backend.backend), isDefault && h("span.tag", {}, "default"), !backend.loads && !model && h("span.tag", {}, "needs no loading"), tagOf(model)),
        h("p.small.quiet", {}, `${backend.model}. ${backend.about}`),
        h("p.small.quiet", {}, `Does ${backend.tasks.join(", ")}${backend.lyrics ? `; sings in ${languages(backend)}` : ""}${backend.max_bytes ? `; needs at most ${size(backend.max_bytes)}` : ""}.`),
        busy && h("progress", { max: 1, value: model.fraction ?? 0, "aria-label": `Loading ${backend.backend}` }),
        busy && h("p.small", {}, model.stage || "loading"),
        model?.problem && problemBox(model.problem)),
      (backend.loads || model) && h("div.row", {},
        model && model.state !== "failed"
          ? h("button", { type: "button", onclick: () => ask("unload", backend.backend), "aria-label": `${busy ? "Stop loading" : "Unload"} ${backend.backend}` }, busy ? "Stop" : "Unload")
          : h("button", { type: "button", disabled: !canLoad, onclick: () => ask("load", backend.backend), "aria-label": `Load ${backend.backend}` }, icon("drag"), "Load")));
  }
  return Object.assign(root, { show });
}

function tagOf(model) {
  if (!model) return null;
  if (model.state === "loading") return h("span.tag.warn", {}, `loading ${Math.round((model.fraction ?? 0) * 100)} %`);
  if (model.state === "failed") return h("span.tag.bad", {}, "could not be loaded");
  const where = [model.device && `on ${model.device}`, model.bytes && size(model.bytes), model.free && `${size(model.free)} free`].filter(Boolean).join(", ");
  return h("span.tag.on", {}, where ? `in memory: ${where}` : "in memory");
}

function languages(backend) {
  const count = backend.languages?.length ?? 0;
  return count > 6 ? `${count} languages` : (backend.languages ?? []).join(", ") || "any language";
}

function absentRow(absent) {
  return h("li.backend.absent", { dataset: { backend: absent.backend } },
    h("div.grow.stack.close", {},
      h("div.row", {}, h("strong", {}, absent.backend), h("span.tag", {}, "not there")),
      h("p.small", {}, coded(absent.problem.message)),
      absent.problem.hint && h("p.small.quiet", {}, coded(absent.problem.hint)),
      absent.tasks?.length > 0 && h("p.small.quiet", {}, `Would do ${absent.tasks.join(", ")}.`)));
}
