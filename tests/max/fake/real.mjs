// The same parts with the real world behind them: real time, real UDP, sound files as they lie on the disk.
import dgram from "node:dgram";
import { existsSync, readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";

/** Time that passes by itself. */
export class RealClock {
  get now() {
    return performance.timeOrigin + performance.now();
  }

  after(ms, callback) {
    return setTimeout(callback, ms);
  }

  cancel(timer) {
    clearTimeout(timer);
  }

  spend() {}
}

function oscText(text) {
  const bytes = Buffer.from(`${text}\0`, "utf8");
  return Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
}

/** An OSC message as Max's udpsend makes it: whole numbers as int32, texts as strings. */
export function encode([address, ...atoms]) {
  const tags = `,${atoms.map((atom) => (typeof atom === "number" ? "i" : "s")).join("")}`;
  const parts = atoms.map((atom) => {
    if (typeof atom === "string") return oscText(atom);
    const number = Buffer.alloc(4);
    number.writeInt32BE(atom);
    return number;
  });
  return Buffer.concat([oscText(address), oscText(tags), ...parts]);
}

/** Address and atoms, as Max's udpreceive hands them over. */
export function decode(bytes) {
  let at = 0;
  const text = () => {
    const end = bytes.indexOf(0, at);
    const found = bytes.toString("utf8", at, end);
    at = end + 4 - (end % 4);
    return found;
  };
  const address = text();
  const atoms = [...text().slice(1)].map((tag) => {
    if (tag === "s") return text();
    at += 4;
    return tag === "f" ? bytes.readFloatBE(at - 4) : bytes.readInt32BE(at - 4);
  });
  return [address, ...atoms];
}

/** [udpsend] and [udpreceive]: two sockets of their own. `lose(direction, address)` throws a datagram away. */
export class UdpWire {
  constructor() {
    this.out = dgram.createSocket("udp4").unref();
    this.aim = {};
    this.ears = new Map();
    this.lose = () => false;
    this.sizes = [];
  }

  send(max, atoms) {
    if (atoms[0] === "host" || atoms[0] === "port") {
      this.aim[atoms[0]] = atoms[1];
      return;
    }
    const datagram = encode(atoms);
    this.sizes.push(datagram.length);
    if (!this.lose("out", atoms[0])) this.out.send(datagram, this.aim.port, this.aim.host);
  }

  bind(max, port) {
    this.ears.get(max)?.close();
    const ear = dgram.createSocket("udp4");
    this.ears.set(max, ear);
    ear.on("error", () => max.print(`udpreceive: could not bind to port ${port}`));
    ear.on("message", (bytes) => {
      const [address, ...atoms] = decode(bytes);
      if (!this.lose("in", address)) setImmediate(() => max.message("osc", address, ...atoms));
    });
    ear.bind(port, "127.0.0.1");
  }

  leave(max) {
    this.ears.get(max)?.close();
    this.ears.delete(max);
  }

  close() {
    for (const ear of this.ears.values()) ear.close();
    this.out.close();
  }
}

/** {seconds, rate, frames} of a WAV, or null for what Live could not read. */
export function soundFile(path) {
  if (!existsSync(path)) return null;
  const bytes = readFileSync(path);
  if (bytes.toString("latin1", 0, 4) !== "RIFF") return null;
  let [rate, block, frames] = [0, 0, 0];
  for (let at = 12; at + 8 <= bytes.length; ) {
    const [name, size] = [bytes.toString("latin1", at, at + 4), bytes.readUInt32LE(at + 4)];
    if (name === "fmt ") [rate, block] = [bytes.readUInt32LE(at + 12), bytes.readUInt16LE(at + 20)];
    if (name === "data") frames = size / block;
    at += 8 + size + (size % 2);
  }
  return { seconds: frames / rate, rate, frames };
}
