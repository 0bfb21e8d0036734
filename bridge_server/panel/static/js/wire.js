/**
 * The protocol of docs/PROTOCOL.md over one WebSocket: requests out, events in, and back again after every break.
 *
 * wire.on("take", fn, signal)     events by their word; panel-only ones as "panel:marked"; "*" is all of them
 * wire.on("open" | "lost", fn)    the connection; "open" carries the bridge's `welcome`
 * await wire.ask({request: "cancel", job})   the answer; a refusal is thrown as a Problem
 * await wire.submit({request: "repaint", …}) the `accepted` of a new job; its id is made here unless given
 */

import { Bell } from "./bell.js";
import { Problem } from "./problem.js";

const FIRST_WAIT = 250;
const LONGEST_WAIT = 8000;
const ANSWER_WITHIN = 15000;
const SESSION_ENDED = 1008;
const JOBS = new Set(["generate", "repaint", "extend", "edit", "retake", "layer", "accompany", "separate", "again"]);

const NO_BRIDGE = {
  code: "no_bridge",
  message: "The bridge does not answer.",
  hint: "The panel tries again by itself; start the bridge with `dawbridge up` if it was stopped.",
};
const NO_ANSWER = {
  code: "no_answer",
  message: "The bridge did not answer in time.",
  hint: "Try again; `dawbridge doctor` says where its log lies.",
};
const LOST = {
  code: "no_bridge",
  message: "The connection to the bridge was lost.",
  hint: "What was accepted goes on; the panel connects again by itself.",
};

export class Wire extends Bell {
  status = "connecting";
  /** The latest `welcome` of the bridge, or null. */
  welcome = null;
  #socket = null;
  #wait = FIRST_WAIT;
  #timer = 0;
  #last = -1;
  #asked = new Map();
  #count = 0;
  /** All tabs of a browser are one client, so their questions must not be mistaken for one another's. */
  #tab = randomHex(4);

  constructor(url = wireUrl()) {
    super();
    this.url = url;
    window.addEventListener("online", () => this.#soon(0));
    document.addEventListener("visibilitychange", () => { if (!document.hidden && this.status === "lost") this.#soon(0); });
  }

  connect() {
    clearTimeout(this.#timer);
    const socket = (this.#socket = new WebSocket(this.url));
    socket.onopen = () => this.#greet();
    socket.onmessage = (message) => this.#hear(JSON.parse(message.data));
    socket.onclose = (closing) => { if (socket === this.#socket) this.#lost(closing.code); };
  }

  /** Ask a question, and get its answer: an event, or a thrown Problem. */
  ask(request) {
    this.#count += 1;
    return this.#send({ id: `${this.#tab}-${this.#count}`, ...request }, "id");
  }

  /** Send a job; resolves with its `accepted`. The same job sent twice runs once. */
  submit(request) {
    if (!JOBS.has(request.request)) return Promise.reject(new TypeError(`${request.request} is not a job`));
    return this.#send({ job: freshJob(request.request), ...request }, "job");
  }

  #send(message, by) {
    return new Promise((resolve, reject) => {
      if (this.#socket?.readyState !== WebSocket.OPEN) {
        reject(new Problem(NO_BRIDGE));
        return;
      }
      const key = message[by];
      const timer = setTimeout(() => this.#settle(key, "reject", new Problem(NO_ANSWER)), ANSWER_WITHIN);
      this.#asked.set(key, { resolve, reject, timer });
      this.#socket.send(JSON.stringify(message));
    });
  }

  #settle(key, how, value) {
    const asked = this.#asked.get(key);
    if (!asked) return;
    this.#asked.delete(key);
    clearTimeout(asked.timer);
    asked[how](value);
  }

  async #greet() {
    try {
      const welcome = await this.ask({ request: "hello", watch: "all", after: this.#last });
      if (this.#last < 0) this.#last = welcome.seq ?? 0;
      this.#wait = FIRST_WAIT;
      this.welcome = welcome;
      this.status = "open";
      this.ring("open", welcome);
    } catch (problem) {
      console.debug("wire: no welcome", problem);
      this.#socket?.close();
    }
  }

  #hear(event) {
    if (event.seq > this.#last && this.#last >= 0) this.#last = event.seq;
    if (event.event === "refused") this.#settle(event.id || event.job, "reject", new Problem(event.error));
    else if (event.event === "accepted") this.#settle(event.job, "resolve", event);
    else if (event.id) this.#settle(event.id, "resolve", event);
    if (event.event === "engine") this.#again();
    if (event.event === "models" && this.welcome) this.welcome.models = event.models ?? [];
    this.ring(event.panel ? `panel:${event.panel}` : event.event, event);
  }

  /** The engine came up, died or found other backends: ask what it can do now. */
  async #again() {
    try {
      this.welcome = await this.ask({ request: "hello", watch: "all" });
      this.ring("engine-known", this.welcome);
    } catch (problem) {
      console.debug("wire: no second welcome", problem);
    }
  }

  #lost(code) {
    for (const key of [...this.#asked.keys()]) {
      this.#settle(key, "reject", new Problem(LOST));
    }
    this.status = code === SESSION_ENDED ? "ended" : "lost";
    this.ring("lost", this.status);
    if (this.status === "ended") return;
    this.#soon(this.#wait);
    this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT);
  }

  #soon(wait) {
    if (this.#socket && this.#socket.readyState <= WebSocket.OPEN) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.connect(), wait);
  }
}

function wireUrl() {
  return `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/wire`;
}

/** An id for a new job, as the protocol wants it: eight random digits, then the word. */
export function freshJob(word) {
  return `${randomHex(4)}-${word}`;
}

function randomHex(bytes) {
  return [...crypto.getRandomValues(new Uint8Array(bytes))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
