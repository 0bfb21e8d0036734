// A Max that holds our device: the bundled script in a context of its own, without anything of Node, between a fake Live
// and a wire. `engine` "js" is the old one: nothing newer than ECMAScript 5, ids as text, undefined for what is not there.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import vm from "node:vm";
import { makeFiles } from "./disk.mjs";
import { makeLiveAPI } from "./live_api.mjs";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const NEWER = `
  ["Promise", "Map", "Set", "WeakMap", "WeakSet", "Symbol", "Proxy", "Reflect", "Intl", "WebAssembly", "BigInt",
   "globalThis", "Atomics", "SharedArrayBuffer", "queueMicrotask"].forEach(function (name) { delete this[name]; }, this);
  ["find", "findIndex", "includes", "fill", "flat", "flatMap", "from", "of", "at", "entries", "keys", "values"]
    .forEach(function (name) { delete Array.prototype[name]; delete Array[name]; });
  ["includes", "startsWith", "endsWith", "repeat", "padStart", "padEnd", "normalize", "trimStart", "trimEnd", "codePointAt",
   "at", "matchAll", "replaceAll"].forEach(function (name) { delete String.prototype[name]; });
  ["assign", "entries", "values", "fromEntries", "is"].forEach(function (name) { delete Object[name]; });
  ["isInteger", "isFinite", "isNaN", "isSafeInteger"].forEach(function (name) { delete Number[name]; });
  ["trunc", "sign", "log2", "log10", "hypot", "fround"].forEach(function (name) { delete Math[name]; });
`;

let text = null;

/** The bundled script; DAWBRIDGE_SCRIPT names a file with it, otherwise our Python makes it. */
export function script() {
  if (text !== null) return text;
  const path = process.env.DAWBRIDGE_SCRIPT;
  const make = 'import sys; from daw_scripts.max.script import bundle; sys.stdout.buffer.write(bundle("0.0.0").encode())';
  text = path ? readFileSync(path, "utf8") : execFileSync(process.env.PYTHON ?? "python3", ["-c", make], { cwd: ROOT, encoding: "utf8", maxBuffer: 1e7 });
  return text;
}

/**
 * `set` (a FakeSet), `clock`, `disk`, `wire` ({send(atoms), bind(port)}), `devicePath`, `engine`, `shared` (one object for
 * all devices of a Live), `cost` (ms of one call into Live), `heavyCalls` (ms of one that makes something).
 */
export class Max {
  constructor(options) {
    Object.assign(this, { engine: "v8", cost: 0.1, heavyCalls: 0, answersIds: true, shared: {} }, options);
    this.console = this.set.console;
    this.ui = {};
    this.told = [];
    this.launched = [];
    this.symbols = [];
    this.isReady = false;
    this.inObserver = false;
    this.slices = [];
    this.work = [];
    this.tasks = [];
    this.errors = [];
    this.load();
  }

  spend(units) {
    this.clock.spend(units * this.cost);
  }

  print(line) {
    this.console.push(line);
  }

  /** Runs a callback of Max and notes how long Live stood still for it. */
  run(action) {
    const before = this.clock.now;
    const cpu = process.cpuUsage();
    try {
      action();
    } catch (error) {
      this.errors.push(error);
    }
    this.slices.push(this.clock.now - before);
    const { user, system } = process.cpuUsage(cpu);
    this.work.push((user + system) / 1_000);
  }

  /** Observers are told a moment later, in the middle of Live's own work: it may not be changed then. */
  observe(callback) {
    this.clock.after(0, () => {
      if (this.isGone) return;
      this.inObserver = true;
      this.run(callback);
      this.inObserver = false;
    });
  }

  load() {
    const max = this;
    const context = vm.createContext({});
    const inner = { list: (bytes) => vm.runInContext("(function (text) { return JSON.parse(text); })", context)(JSON.stringify([...bytes])) };
    const { File, Folder } = makeFiles(this.disk, inner);
    const RealDate = vm.runInContext("Date", context);
    class Task {
      constructor(callback) {
        this.callback = callback;
        max.tasks.push(this);
      }

      schedule(ms) {
        this.timer = max.clock.after(ms, () => { if (!max.isGone) max.run(this.callback); });
      }

      cancel() {
        if (this.timer) max.clock.cancel(this.timer);
      }
    }
    Object.assign(context, {
      File, Folder, Task, LiveAPI: makeLiveAPI(this), inlets: 1, outlets: 1, autowatch: 0, messagename: "",
      Global: function Global(name) { return (max.shared[name] ??= vm.runInContext("({})", context)); },
      Date: class extends RealDate { getTime() { return Math.floor(max.clock.now); } },
      post: (line) => this.print(line),
      outlet: (number, atoms) => this.out(number, atoms),
      messnamed: (...words) => this.launched.push(words),
      patcher: { filepath: this.devicePath },
    });
    if (this.engine === "js") vm.runInContext(NEWER, context);
    vm.runInContext(script(), context, { filename: "dawbridge.js" });
    this.context = context;
  }

  out(number, atoms) {
    const list = Array.isArray(atoms) || typeof atoms === "object" ? Array.from(atoms) : [atoms];
    if (list.some((atom) => typeof atom !== "string" && typeof atom !== "number")) throw new Error(`no atom: ${JSON.stringify(list)}`);
    if (number === 0) this.show(list);
    else if (number === 1) this.wire.send(this, list);
    else if (number === 2) this.wire.bind(this, list[1]);
    else if (number === 3) this.remember(list[0]);
    else this.liveObject(list);
  }

  show([name, message, value]) {
    if (/undefined|NaN|\[object/.test(String(value))) throw new Error(`the strip would show “${value}”`);
    this.told.push([name, message, value]);
    this.ui[message === "set" ? name : `${name}.${message}`] = value;
  }

  /** The hidden parameter says at once what it was told. */
  remember(symbol) {
    if (symbol.length > 32_000) throw new Error("a symbol of Max has less than 32,000 characters");
    this.symbols.push(symbol);
    this.clock.after(0, () => { if (!this.isGone) this.message("memory", symbol); });
  }

  /** [live.object] takes a path with spaces as one symbol. */
  liveObject([word, ...values]) {
    if (word === "target") {
      this.objectTarget = values[0];
      return;
    }
    const owner = this.set.objects.get(Number(this.objectTarget));
    this.spend(1);
    this.viaObject = true;
    const path = String(values[1]);
    const clip = owner.kind === "ClipSlot" ? this.set.importInto(owner.get("canonical_parent"), path, 0, owner) : this.set.importInto(owner, path, Number(values[2]));
    this.viaObject = false;
    if (clip) this.clock.after(1, () => this.message("made", values[0], "id", clip.id));
  }

  /** One message into the inlet, behind [deferlow]. */
  message(name, ...atoms) {
    if (name === "memory") this.parameter = atoms[0];
    this.run(() => {
      this.context.messagename = name;
      this.context.anything(...atoms);
    });
  }

  /** The device is complete. */
  start(symbol) {
    this.isReady = true;
    this.message("rate", 48_000);
    this.message("loaded");
    if (symbol !== undefined) this.message("memory", symbol);
    return this;
  }

  /** The device is deleted, or its set closed; with `hard` Live just died. */
  end(hard = false) {
    if (!hard) this.run(() => this.context.notifydeleted());
    this.isGone = true;
    this.wire.leave(this);
  }

  /** What the set would be saved with. */
  get symbol() {
    return this.symbols.at(-1) ?? this.parameter;
  }

  /** The longest time that Live stood still. */
  get longest() {
    return Math.max(0, ...this.slices);
  }
}
