/**
 * Carries letters to the bridge over UDP and events back. Datagrams get lost, come twice, and come in any order: so what
 * was asked is sent again until it is answered, and an event that came already is acknowledged once more and dropped.
 *
 * States: `looking` for connection.json → `knocking` (a port of our own is opened and told, and hello said) → `open`.
 * A second device cannot have the port of the first, and only Max's console says so: if no welcome comes within a second,
 * the next try takes another port.
 */
var connection = require("./connection");
var envelope = require("./envelope");
var files = require("./files");
var ids = require("./ids");
var json = require("./json");
var letter = require("./letter");
var protocol = require("./protocol");

var WELCOME_MS = 1000;
var RESEND_MS = 1000;
var SLOWEST_RESEND_MS = 15000;
var LOOK_AGAIN_MS = 3000;
var SILENT_WITH_WORK_MS = 5000;
var SILENT_IDLE_MS = 15000;
var WRONG_KEY_MS = 300;
var KNOCKS = 5;
var EVENT_FILE_BYTES = 1048576;
var REMEMBERED_EVENTS = 512;

/**
 * `desk` is the device around it: `out.udp(atoms)`, `out.port(number)`, `now()`, `slices`, `log(text)`, `client()`,
 * `after()`: the highest `seq` dealt with, `isWaiting()`: whether an event is hoped for, `hear(event)`, `changed()`.
 */
exports.open = function (desk) {
  return new Courier(desk);
};

function Courier(desk) {
  this.desk = desk;
  this.home = null;
  this.state = "looking";
  this.missing = "no_bridge";
  this.due = 0;
  this.knocks = 0;
  this.connection = null;
  this.welcome = null;
  this.heardAt = 0;
  this.letters = [];
  this.seen = [];
}

/** Looks for the bridge now, and not in a while: the user has asked for something. */
Courier.prototype.hurry = function () {
  if (this.state !== "looking") return;
  this.due = 0;
  this.tick();
};

/** Called a few times a second; does nothing until it is known who speaks. */
Courier.prototype.tick = function () {
  var now = this.desk.now();
  if (this.desk.client() === "") return;
  if (this.state === "looking") {
    if (now >= this.due) this.look(now);
  } else if (this.state === "knocking") {
    if (now >= this.due) this.knock(now);
  } else {
    var patience = this.desk.isWaiting() ? SILENT_WITH_WORK_MS : SILENT_IDLE_MS;
    if (now - this.heardAt >= patience && now >= this.due) this.greet(now);
    this.resend(now);
  }
};

Courier.prototype.look = function (now) {
  var found = connection.read(this.home);
  this.due = now + LOOK_AGAIN_MS;
  if (!found.connection) return this.lose(found.missing);
  this.connection = found.connection;
  this.knocks = 0;
  this.state = "knocking";
  this.knock(now);
};

Courier.prototype.lose = function (missing) {
  this.state = "looking";
  this.missing = missing;
  this.welcome = null;
  this.desk.changed();
};

/** Opens a fresh port and says hello from it; after some tries nobody is there behind an old connection.json. */
Courier.prototype.knock = function (now) {
  var found = this.knocks > 0 ? connection.read(this.home).connection : null;
  if (found && found.key !== this.connection.key) {
    this.connection = found;
    this.knocks = 0;
  }
  if (this.knocks === KNOCKS) {
    this.due = now + LOOK_AGAIN_MS;
    return this.lose("silent");
  }
  this.knocks += 1;
  this.port = ids.port();
  this.desk.out.port(this.port);
  this.desk.out.host(this.connection.osc.host || "127.0.0.1", this.connection.osc.port);
  this.greet(now);
};

Courier.prototype.greet = function (now) {
  if (this.state === "open") {
    this.unanswered = (this.unanswered || 0) + 1;
    if (this.unanswered > 2) return this.startOver(0);
  }
  this.due = now + WELCOME_MS;
  this.desk.out.udp([protocol.osc.port, this.connection.key, this.desk.client(), this.port]);
  this.send({ request: "hello", id: ids.digits(12), after: this.desk.after() });
};

/** The bridge may have been started anew, with another key and another port. */
Courier.prototype.startOver = function (ms) {
  this.unanswered = 0;
  this.due = this.desk.now() + ms;
  this.lose("silent");
};

Courier.prototype.send = function (message) {
  var body = letter.body(message);
  this.desk.out.udp(letter.datagram(message.request, body, this.connection.key, this.desk.client()));
};

/** Sends the question `message` until `answered(its id)` is called. */
Courier.prototype.ask = function (message) {
  this.post({ word: message.request, name: message.id, body: letter.body(message), file: null });
};

/** Sends a letter, as envelope.js makes it, until `answered(its name)` is called. `body` is "" if only its file is left. */
Courier.prototype.post = function (one) {
  if (this.letters.some(function (other) { return other.name === one.name; })) return;
  this.letters.push({ word: one.word, name: one.name, body: one.body, file: one.file, due: 0, tries: 0 });
  this.hurry();
  if (this.state === "open") this.resend(this.desk.now());
};

/** Ends the repeats of the letter called `name`: the job id, or the id of a question. */
Courier.prototype.answered = function (name) {
  this.letters = this.letters.filter(function (one) { return one.name !== name; });
};

Courier.prototype.resend = function (now) {
  for (var index = 0; index < this.letters.length; index += 1) {
    if (this.letters[index].due <= now) return this.hand(this.letters[index], now);
  }
};

Courier.prototype.hand = function (one, now) {
  one.tries += 1;
  one.due = now + Math.min(RESEND_MS * Math.max(1, one.tries - 3), SLOWEST_RESEND_MS);
  var datagram = one.body && letter.datagram(one.word, one.body, this.connection.key, this.desk.client());
  if (datagram) return this.desk.out.udp(datagram);
  if (one.file && (!one.body || files.isThere(one.file))) return this.tell(one.file);
  this.writeLetter(one);
};

/** The folder was not known when the letter was made, or somebody has cleared it. */
Courier.prototype.writeLetter = function (one) {
  var self = this;
  var path = envelope.path(this.connection.home, this.desk.client());
  if (one.isBeingWritten) return;
  one.isBeingWritten = true;
  this.desk.slices.start(function (work) {
    files.write(work, path, one.body, function (isWritten) {
      one.isBeingWritten = false;
      if (!isWritten) return void self.desk.log("letter.unwritable path=" + path);
      one.file = path;
      self.tell(path);
    });
  });
};

Courier.prototype.tell = function (path) {
  this.desk.out.udp(letter.fileDatagram(path, this.connection.key, this.desk.client())); // [U udp-utf8]
};

/** A datagram of the bridge, as Max hands it over: an address and its arguments. */
Courier.prototype.receive = function (address, atoms) {
  var prefix = protocol.osc.prefix;
  if (address.slice(0, prefix.length) !== prefix || !this.connection) return;
  var word = address.slice(prefix.length);
  if (word === "progress") {
    this.take({ event: "progress", job: String(atoms[0]), fraction: Number(atoms[1]), stage: String(atoms[2] || "") });
  } else if (word === "file") {
    this.fetch(atoms.map(String).join(" "));
  } else if (protocol.events[word]) {
    this.takeText(atoms.map(String).join(" "));
  }
};

Courier.prototype.fetch = function (path) {
  var self = this;
  this.desk.slices.start(function (work) {
    files.read(work, path, EVENT_FILE_BYTES, function (text) {
      if (text === null) self.desk.log("event.unreadable path=" + path);
      else self.takeText(text);
    });
  });
};

Courier.prototype.takeText = function (text) {
  var event = json.read(text);
  if (event && typeof event === "object" && protocol.events[event.event]) this.take(event);
  else this.desk.log("event.unreadable text=" + text.slice(0, 80));
};

Courier.prototype.take = function (event) {
  this.heardAt = this.desk.now();
  this.unanswered = 0;
  if (event.seq > 0 && protocol.events[event.event].kept) {
    this.send({ request: "ack", id: "ack-" + event.seq, seq: event.seq });
    if (this.seen.indexOf(event.seq) >= 0) return;
    this.seen.push(event.seq);
    if (this.seen.length > REMEMBERED_EVENTS) this.seen.shift();
  }
  if (event.event === "welcome") this.open(event);
  else if (event.event === "refused" && event.error.code === "wrong_key") this.startOver(WRONG_KEY_MS);
  else this.desk.hear(event);
};

Courier.prototype.open = function (welcome) {
  var isNew = this.state !== "open";
  this.state = "open";
  this.welcome = welcome;
  this.due = 0;
  if (isNew) this.letters.forEach(function (one) { one.due = 0; });
  this.desk.changed();
  this.resend(this.desk.now());
};
