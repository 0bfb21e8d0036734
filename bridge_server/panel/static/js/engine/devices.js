/** Who may use the panel: browsers on this machine, paired devices, and a code for the next one. */

import { coded, h, replace } from "../dom.js";
import { icon } from "../icons.js";
import { problemBox } from "../notices.js";

const DAY = { dateStyle: "medium", timeStyle: "short" };

/** Returns the element, with `refresh()`. */
export function devicesPane(app, signal) {
  const where = h("p.small");
  const code = h("div", { role: "status" });
  const list = h("ul.devices", { "aria-label": "Browsers that were let in" });
  const pair = h("button", { type: "button", onclick: showCode }, icon("plus"), "Pair a device");
  const root = h("section.pane.stack", { "aria-label": "Other devices" }, h("div.row.apart", {}, h("h2", {}, "Who may use this panel"), pair), where, code, list);

  async function refresh() {
    try {
      const told = await app.api.get("/api/devices", {}, signal);
      const here = told.devices.find((device) => device.is_this)?.is_local;
      pair.hidden = !told.address || !here;
      replace(where, told.address ? `Other devices reach it at ${told.address}.` : coded(told.problem || "Only this machine: `dawbridge up --share-lan` lets paired tablets and phones in."));
      replace(list, told.devices.map((device) => rowOf(device, here)));
    } catch (error) {
      if (error.name !== "AbortError") replace(list, h("li", {}, problemBox(error)));
    }
  }

  async function showCode() {
    try {
      const { code: digits, address, fingerprint, seconds } = await app.api.post("/api/devices/pair");
      replace(code, h("p", {}, `On the other device, open ${address} and type `, h("strong.code", {}, digits), `. The code is good for ${Math.round(seconds / 60)} minutes and one device.`),
        h("p.small.quiet", {}, "The device warns that it does not know the certificate. It is the right one if its SHA-256 fingerprint is ", h("span.code", {}, fingerprint)));
    } catch (error) {
      replace(code, problemBox(error));
    }
  }

  function rowOf(device, here) {
    const seen = new Date(device.seen * 1000).toLocaleString([], DAY);
    const name = device.is_this ? `${device.name} (this one)` : device.name;
    const deed = device.is_this ? "Log out" : "Shut out";
    const out = h("button", { type: "button", onclick: () => shutOut(device), "aria-label": `${deed} ${name}` }, deed);
    return h("li.row.apart", {}, h("span.stack.close", {}, h("strong", {}, name), h("span.small.quiet", {}, `${device.is_local ? "on this machine" : "paired"}, last seen ${seen}`)), (here || device.is_this) && out);
  }

  async function shutOut(device) {
    try {
      await app.api.post(`/api/devices/${device.id}/revoke`);
      if (device.is_this) location.reload();
      else refresh();
    } catch (error) {
      app.problem(error);
    }
  }

  app.wire.on("panel:devices", () => { replace(code); refresh(); }, signal);
  return Object.assign(root, { refresh });
}
