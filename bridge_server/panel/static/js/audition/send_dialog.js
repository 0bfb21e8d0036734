/** Nobody's DAW asked for this take: which program shall lay it on its timeline? */

import { h } from "../dom.js";
import { hostName } from "./format.js";

/** Returns the client's name, or null if the musician would rather not. */
export async function askHost(actions, app) {
  let hosts = [];
  try {
    hosts = await actions.hosts();
  } catch (error) {
    app.problem(error);
    return null;
  }
  if (hosts.length === 1) return hosts[0];
  const words = hosts.length
    ? h("p", {}, "Which program shall lay it on its timeline?")
    : h("p", {}, "No DAW has spoken to the bridge yet. Open Dawbridge in your DAW and try again, or drag the file over.");
  const buttons = hosts.map((client) => h("button", { value: client }, hostName(client)));
  const close = h("button.plain", { value: "" }, hosts.length ? "Not now" : "Close");
  const dialog = h("dialog", { "aria-label": "Send to the DAW" }, h("h2", {}, "Send to the DAW"),
    h("form.stack", { method: "dialog" }, words, h("div.row", {}, buttons, close)));
  document.body.append(dialog);
  dialog.showModal();
  await new Promise((resolve) => dialog.addEventListener("close", resolve, { once: true }));
  dialog.remove();
  return dialog.returnValue || null;
}
