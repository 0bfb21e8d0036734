/** Starts the panel: one wire, one list of jobs, one set of keys, and the page that the address names. */

import { api } from "./http.js";
import { Jobs } from "./jobs.js";
import { Keys } from "./keys.js";
import { Notices } from "./notices.js";
import { offer } from "./offer.js";
import { Problem } from "./problem.js";
import { Router } from "./router.js";
import { mountTopbar } from "./topbar.js";
import { Wire } from "./wire.js";

const wire = new Wire();
const jobs = new Jobs(wire);
const notices = new Notices(document.getElementById("notices"));

/** What every page is given. */
const app = {
  wire,
  jobs,
  api,
  keys: new Keys(),
  /** `app.say("Kept.")`; `app.problem(error)` shows message and hint. */
  say: (text, given) => notices.say(text, given),
  problem: (error) => notices.problem(error),
  go: (name, params, given) => router.go(name, params, given),
};
const router = new Router(app, document.getElementById("main"));

wire.on("lost", (how) => {
  if (how !== "ended") return;
  const hint = "Open it anew with `dawbridge panel`.";
  notices.problem(new Problem({ code: "wrong_key", message: "This page is no longer logged in.", hint }));
});
wire.on("panel:open", (event) => offer(app, event));
mountTopbar(document.getElementById("state"), app);
wire.connect();
router.show();
