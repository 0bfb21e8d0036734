import { h } from "../dom.js";
import { devicesPane } from "../engine/devices.js";
import { doctorPane } from "../engine/doctor.js";
import { memoryPane } from "../engine/memory.js";
import { modelsPane } from "../engine/models.js";

export const title = "Engine";

/** Which model is loaded and on what, which can be had, what is wrong and what to do. */
export function mount(root, app, { signal }) {
  const memory = memoryPane(app);
  const models = modelsPane(app, signal);
  const doctor = doctorPane(app, signal);
  const devices = devicesPane(app, signal);
  root.append(h("div.page-head", {}, h("h1", {}, "Engine")), h("div.engine-grid", {}, h("div.stack", {}, memory, doctor, devices), models));
  app.wire.on("models", () => memory.show(), signal);
  app.wire.on("open", () => { memory.show(); models.refresh(); }, signal);
  app.wire.on("engine-known", () => { memory.show(); models.refresh(); }, signal);
  app.wire.on("engine", (event) => {
    Object.assign(app.wire.welcome, { engine: event.state, engine_problem: event.problem ?? null });
    memory.show();
  }, signal);
  memory.show();
  models.refresh();
  doctor.examine();
  devices.refresh();
}
