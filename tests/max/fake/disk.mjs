// Disks for Max's File: one in memory for any system's paths, one that is the real disk.
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";

/** Files by path. `room`: bytes that a file may have; `tornAfter`: bytes after which Live dies. */
export class MemoryDisk {
  constructor() {
    this.files = new Map();
    this.folders = new Set();
    this.room = Infinity;
    this.seesEveryWrite = true;
  }

  /** Text or bytes at a path; its folder is there from now on. */
  put(path, content) {
    const bytes = typeof content === "string" ? Buffer.from(content, "utf8") : Buffer.from(content);
    this.files.set(path, bytes);
    this.folders.add(path.replace(/\/[^/]*$/, ""));
  }

  read(path) {
    return this.files.get(path) ?? null;
  }

  text(path) {
    return this.files.get(path)?.toString("utf8") ?? null;
  }

  write(path, bytes) {
    if (!this.folders.has(path.replace(/\/[^/]*$/, ""))) return false;
    this.files.set(path, bytes.subarray(0, this.room));
    return true;
  }

  list(folder) {
    return [...this.files.keys()].filter((path) => path.replace(/\/[^/]*$/, "") === folder.replace(/\/$/, "")).map((path) => path.split("/").at(-1));
  }
}

export class RealDisk {
  constructor() {
    this.room = Infinity;
  }

  read(path) {
    return existsSync(path) && statSync(path).isFile() ? readFileSync(path) : null;
  }

  write(path, bytes) {
    try {
      writeFileSync(path, bytes);
      return true;
    } catch {
      return false;
    }
  }

  list(folder) {
    return existsSync(folder) ? readdirSync(folder) : [];
  }
}

/** Max's File and Folder over a disk: bytes and ASCII, no rename, no delete; writing does not cut what was longer. */
export function makeFiles(disk, inner) {
  class File {
    constructor(path, access) {
      if (path.includes("\\")) throw new Error(`Max takes paths with /: ${path}`);
      const there = disk.read(path);
      this.path = path;
      this.access = access;
      this.bytes = Buffer.from(there ?? []);
      this.position = 0;
      this.isopen = (access === "read" ? there !== null : disk.write(path, this.bytes)) ? 1 : 0;
    }

    get eof() {
      return this.bytes.length;
    }

    set eof(length) {
      this.bytes = this.bytes.subarray(0, length);
      if (disk.seesEveryWrite) disk.write(this.path, this.bytes);
    }

    readbytes(count) {
      const found = this.bytes.subarray(this.position, this.position + Math.min(count, 8192));
      this.position += found.length;
      return inner.list(found);
    }

    writestring(text) {
      if (text.length > 2048) throw new Error("writestring takes 2048 characters");
      if (/[^\x00-\x7f]/.test(text)) throw new Error("writestring writes ASCII");
      const room = Math.max(0, Math.min(disk.room, disk.tornAfter ?? Infinity) - this.position);
      const fresh = Buffer.from(text, "latin1").subarray(0, room);
      this.bytes = Buffer.concat([this.bytes.subarray(0, this.position), fresh, this.bytes.subarray(this.position + fresh.length)]);
      this.position += fresh.length;
      if (disk.seesEveryWrite) disk.write(this.path, this.bytes);
      if (this.position >= disk.tornAfter) throw new Error("Live died");
    }

    close() {
      if (this.access !== "read" && this.isopen) disk.write(this.path, this.bytes);
      this.isopen = 0;
    }
  }

  class Folder {
    constructor(path) {
      this.names = disk.list(path).sort();
      this.index = 0;
    }

    get end() {
      return this.index >= this.names.length ? 1 : 0;
    }

    get filename() {
      return this.names[this.index] ?? "";
    }

    next() {
      this.index += 1;
    }

    close() {}
  }
  return { File, Folder };
}
