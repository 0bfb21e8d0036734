// UDP between a fake Max and a scripted bridge. The line may lose, double and swap datagrams.

const EPHEMERAL = 50_000;

export class Wire {
  /** `clock`; `lose(direction, address, count)` says whether this one is lost. */
  constructor(clock) {
    this.clock = clock;
    this.sent = [];
    this.bound = new Map();
    this.taken = new Set();
    this.lose = () => false;
    this.doubles = false;
    this.bridge = null;
    this.counts = {};
  }

  send(max, atoms) {
    if (atoms[0] === "host" || atoms[0] === "port") {
      max.aim = { ...max.aim, [atoms[0]]: atoms[1] };
      return;
    }
    const bytes = sizeOf(atoms);
    if (bytes >= 1_400) throw new Error(`a datagram of ${bytes} bytes`);
    this.sent.push({ atoms, at: this.clock.now, port: max.aim?.port, max });
    if (this.isLost("out", atoms[0])) return;
    if (this.bridge && max.aim?.port === this.bridge.port) this.bridge.receive(max, atoms);
    if (this.bridge && this.doubles) this.bridge.receive(max, atoms);
  }

  /** A port that somebody has is not given; Max would only print so. */
  bind(max, port) {
    for (const [number, owner] of this.bound) if (owner === max) this.bound.delete(number);
    if (this.taken.has(port) || this.takesNext > 0) {
      this.takesNext -= 1;
      max.print(`udpreceive: could not bind to port ${port}`);
      return;
    }
    if (!this.bound.has(port)) this.bound.set(port, max);
  }

  leave(max) {
    for (const [number, owner] of this.bound) if (owner === max) this.bound.delete(number);
  }

  isLost(direction, address) {
    const key = `${direction} ${address}`;
    this.counts[key] = (this.counts[key] ?? 0) + 1;
    return this.lose(direction, address, this.counts[key]);
  }

  /** From the bridge to whoever has the port, a moment later. */
  deliver(port, address, ...values) {
    if (this.isLost("in", address)) return;
    const times = this.doubles ? 2 : 1;
    for (let count = 0; count < times; count += 1) {
      this.clock.after(this.delay ? this.delay() : 1, () => this.bound.get(port)?.message("osc", address, ...values));
    }
  }

  /** What was sent to `address`, e.g. "repaint": the JSON of each. */
  letters(word) {
    return this.sent.filter(({ atoms }) => atoms[0] === `/dawbridge/1/${word}`).map(({ atoms }) => JSON.parse(atoms[3]));
  }
}

const padded = (bytes) => (Math.floor(bytes / 4) + 1) * 4;

/** Bytes of an OSC message. */
export function sizeOf(atoms) {
  const tags = `,${atoms.slice(1).map((atom) => (typeof atom === "number" ? "i" : "s")).join("")}`;
  return atoms.concat([tags]).reduce((sum, atom) => sum + (typeof atom === "number" ? 4 : padded(Buffer.byteLength(atom, "utf8"))), 0);
}

/** A bridge that does what a test tells it. By default it welcomes, accepts, and answers questions with ok. */
export class ScriptedBridge {
  constructor(wire, disk, home, { port = 39_951, key = "k".repeat(32) } = {}) {
    Object.assign(this, { wire, disk, home, port, key });
    this.seq = 100;
    this.ports = new Map();
    this.heard = [];
    this.jobs = new Map();
    this.kept = [];
    this.acks = [];
    this.welcome = {};
    this.answers = true;
    wire.bridge = this;
    this.write();
  }

  /** Leaves connection.json, as a bridge does that starts. */
  write() {
    const told = { version: 1, release: "0.1.0", key: this.key, osc: { host: "127.0.0.1", port: this.port }, home: this.home };
    this.disk.put(`${this.home}/connection.json`, JSON.stringify(told));
    this.disk.folders.add(`${this.home}/outbox`);
  }

  receive(max, [address, key, client, value]) {
    if (!this.answers) return;
    const word = address.split("/").at(-1);
    if (word === "port") return void this.ports.set(client, value);
    const message = word === "file" ? JSON.parse(this.disk.text(value)) : { request: word, ...JSON.parse(value) };
    if (key !== this.key) {
      return void this.send(client, { event: "refused", id: message.id, job: message.job, error: { code: "wrong_key", message: "Wrong key." } });
    }
    this.heard.push({ client, message });
    this.answer(client, message);
  }

  answer(client, message) {
    if (message.request === "hello") {
      this.send(client, { event: "welcome", id: message.id, version: 1, release: "0.1.0", engine: "ready", seq: this.seq, ...this.welcome });
      if (message.after >= 0) for (const one of this.kept) if (one.client === client && one.event.seq > message.after) this.send(client, one.event);
    } else if (message.request === "panel") {
      this.send(client, { event: "panel_link", id: message.id, url: this.link ?? "http://127.0.0.1:40123/enter?token=aB3-_x" });
    } else if (message.request === "ack") this.acks.push(message.seq);
    else if (message.job && message.request !== "cancel" && message.request !== "choose") this.accept(client, message);
    else if (message.request === "cancel") {
      this.send(client, { event: "ok", id: message.id });
      this.tell(message.job, { event: "cancelled" });
    } else this.send(client, { event: "ok", id: message.id });
  }

  accept(client, message) {
    const known = this.jobs.get(message.job);
    this.jobs.set(message.job, { client, message });
    if (this.refusal) this.send(client, { event: "refused", job: message.job, error: this.refusal });
    else if (!known) this.tell(message.job, { event: "accepted", position: 0 });
    else this.send(client, this.kept.filter((one) => one.event.job === message.job).at(-1).event);
  }

  /** A kept event of a job. */
  tell(job, event) {
    this.seq += 1;
    const whole = { ...event, job, seq: this.seq };
    const client = this.jobs.get(job)?.client ?? [...this.ports.keys()].at(-1);
    this.kept.push({ client, event: whole });
    this.send(client, whole);
    return whole;
  }

  send(client, event) {
    const port = this.ports.get(client) ?? EPHEMERAL;
    const json = JSON.stringify(event);
    if (json.length <= 1_300) return this.wire.deliver(port, `/dawbridge/1/${event.event}`, json);
    const path = `${this.home}/outbox/${event.seq}.json`;
    this.disk.put(path, json);
    return this.wire.deliver(port, "/dawbridge/1/file", path);
  }

  progress(job, fraction, stage) {
    this.wire.deliver(this.ports.get(this.jobs.get(job).client), "/dawbridge/1/progress", job, fraction, stage);
  }

  /** The last job that was asked for. */
  get last() {
    return [...this.jobs.values()].at(-1)?.message;
  }
}
