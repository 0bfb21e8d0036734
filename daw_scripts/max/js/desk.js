/**
 * The device: what comes in from the strip, from Live and from the bridge, and what it does about it. It owns the parts
 * and passes itself to them as `desk`.
 */
var abilities = require("./abilities");
var asking = require("./asking");
var connection = require("./connection");
var courier = require("./courier");
var device = require("./device");
var face = require("./face");
var files = require("./files");
var ids = require("./ids");
var jobs = require("./jobs");
var live = require("./live");
var memory = require("./memory");
var page = require("./page");
var paths = require("./paths");
var presence = require("./presence");
var range = require("./range");
var settling = require("./settling");
var slices = require("./slices");
var subject = require("./subject");
var text = require("./text");

var BUSY_TICK_MS = 100;
var IDLE_TICK_MS = 1000;
var GLANCE_MS = 250;
var NEEDS_LIVE = ["send", "cancel", "pick", "keep", "discard", "page", "words_open", "open_panel"];
var WATCHED = [
  ["live_set", "loop_start"], ["live_set", "loop_length"], ["live_set view", "selected_track"],
  ["live_set view", "detail_clip"]
];

/** `host`: out (see main.js), later(ms, callback), tickLater(ms, callback), now(), log(text), devicePath(), launch(address). */
exports.open = function (host) {
  return new Desk(host);
};

function Desk(host) {
  var self = this;
  this.host = host;
  this.out = host.out;
  this.now = host.now;
  this.log = host.log;
  this.token = ids.digits(12);
  this.session = ids.digits(12);
  this.held = {
    tags: "", words: "", seed: "", variants: 1, strength: 100, role: "", bars: 4, source: "brace", operation: "repaint",
    from: 0, stems: false, notes: false, draft: false, reference: ""
  };
  this.rate = 0;
  this.isLoaded = false;
  this.results = [];
  this.watches = [];
  this.jobs = jobs.open();
  this.face = face.open(function (atoms) { host.out.ui(atoms); });
  this.memory = memory.open(this);
  this.slices = slices.open(host.later, host.now);
  this.courier = courier.open({
    out: host.out, now: host.now, slices: this.slices, log: host.log,
    client: function () { return self.memory.client; },
    after: function () { return self.jobs.missedFrom(); },
    isWaiting: function () { return self.jobs.running().length > 0; },
    hear: function (event) { self.hear(event); },
    changed: function () { self.welcomed(); }
  });
}

/** One message of the patcher: its name and its atoms. Unknown ones are not ours. */
Desk.prototype.receive = function (name, atoms) {
  if (!messages[name]) return this.log("message.unknown name=" + name);
  if (!this.isLoaded && NEEDS_LIVE.indexOf(name) >= 0) return undefined;
  try {
    messages[name](this, atoms);
    if (this.isLoaded) this.face.show(this);
  } catch (error) {
    this.fail(error);
  }
};

/** A Refusal is said to the user; anything else is a slip of ours, and is said too. */
Desk.prototype.fail = function (error) {
  if (error && error.sentence) return this.face.say(text.say(error.sentence, error.values));
  this.log("script.fault " + (error && error.stack ? error.stack : error));
  this.face.say(text.say("fault", { fault: String((error && error.message) || error) }));
};

Desk.prototype.say = function (name, values) {
  this.face.say(text.say(name, values));
};

var messages = {};
exports.messages = messages;

/** The device is complete; comes again after a preset, so everything is closed before it is opened. */
messages.loaded = function (desk) {
  if (desk.waking) desk.waking.stop();
  desk.waking = desk.slices.start(function (work) {
    abilities.read(work, function (able) { desk.abilities = able; });
    desk.watch(work);
    work.then(function () {
      desk.isLoaded = true;
      desk.face.refresh();
      desk.memory.begin();
      desk.tick();
      desk.glanceSoon();
    });
  }, function (error) { desk.fail(error); });
};

messages.memory = function (desk, atoms) {
  desk.memory.told(joined(atoms));
};

messages.osc = function (desk, atoms) {
  desk.courier.receive(String(atoms[0]), atoms.slice(1));
};

messages.rate = function (desk, atoms) {
  if (Number(atoms[0]) > 0) desk.rate = Math.round(Number(atoms[0]));
};

/** The answer of [live.object]: the clip itself shows in the set, where lay.js looks for it. */
messages.made = function (desk, atoms) {
  desk.log("live_object.made " + atoms.join(" "));
};

messages.source = function (desk, atoms) {
  desk.held.source = range.SOURCES[Number(atoms[0])] || range.SOURCES[0];
  desk.glanceSoon();
};

messages.operation = function (desk, atoms) {
  desk.held.operation = device.values.operation[Number(atoms[0])] || device.values.operation[0];
};

messages.role = function (desk, atoms) { desk.held.role = device.values.role[Number(atoms[0])] || ""; };
messages.bars = function (desk, atoms) { desk.held.bars = Math.max(1, Math.round(Number(atoms[0]) || 1)); };
messages.strength = function (desk, atoms) { desk.held.strength = Number(atoms[0]) || 0; };
messages.variants = function (desk, atoms) { desk.held.variants = (Number(atoms[0]) || 0) + 1; };
messages.stems = function (desk, atoms) { desk.held.stems = Number(atoms[0]) === 1; };
messages.notes = function (desk, atoms) { desk.held.notes = Number(atoms[0]) === 1; };
messages.draft = function (desk, atoms) { desk.held.draft = Number(atoms[0]) === 1; };
messages.reference = function (desk, atoms) { desk.held.reference = device.values.reference[Number(atoms[0])] || ""; };
messages.tags = function (desk, atoms) { desk.held.tags = joined(atoms); };
messages.words = function (desk, atoms) { desk.held.words = joined(atoms); };
messages.seed = function (desk, atoms) { desk.held.seed = joined(atoms); };
messages.words_from = function (desk, atoms) { desk.held.from = Number(atoms[0]) || 0; };

messages.words_open = function (desk) {
  var path = asking.wordsPath(desk);
  if (!path) return desk.say("no_home");
  if (!files.isThere(path) && !files.writeNow(path, "[verse]\n")) return desk.say("no_words_file", { path: path });
  return open(desk, path);
};

messages.page = function (desk) {
  var path = page.write(desk);
  if (!path) return desk.say("no_page");
  return open(desk, path);
};

/** Opens a file in the program that the system has for it. */
function open(desk, path) {
  return desk.host.launch(paths.address(path)); // [U launch]
}

/** A link into the panel works once, and is no secret of anybody else's: what is no page is not opened. */
function openLink(desk, url) {
  if (!/^https?:\/\/[\w.\-:\[\]]+\/[!#-;=?-Z_a-z~]*$/.test(url)) return desk.say("open_by_hand", { address: url });
  return desk.host.launch(url);
}

messages.open_panel = function (desk) { asking.openPanel(desk); };
messages.send = function (desk) { asking.send(desk); };
messages.cancel = function (desk) { asking.cancel(desk); };
messages.pick = function (desk, atoms) { settling.pick(desk, (Number(atoms[0]) || 0) + 1); };
messages.keep = function (desk) { settling.keep(desk); };
messages.discard = function (desk) { settling.discard(desk); };

/** Text of a field: one symbol, or words that Max took apart; a text of digits comes as a number. */
function joined(atoms) {
  return atoms.map(String).join(" ");
}

/** An event of the bridge that has not been seen before. */
Desk.prototype.hear = function (event) {
  var job = this.jobs.hear(event);
  if (event.job && event.event !== "place") this.courier.answered(event.job);
  if (event.id) this.courier.answered(event.id);
  if (event.event === "engine" && this.courier.welcome) this.courier.welcome.engine = event.state;
  else if (event.event === "place") settling.place(this, event.take);
  else if (event.event === "panel_link") openLink(this, event.url);
  else if (event.event === "refused" && !job) this.face.say(text.problem(event.error));
  if (job && event.event !== "progress") this.memory.keepSoon();
  settling.settle(this);
  this.face.show(this);
};

/** The bridge was found or lost. */
Desk.prototype.welcomed = function () {
  var welcome = this.courier.welcome;
  if (welcome) this.jobs.welcomed(welcome.seq || 0);
  if (this.isLoaded) this.face.show(this);
};

Desk.prototype.watch = function (work) {
  var self = this;
  this.watches.forEach(live.unwatch);
  this.watches = [];
  WATCHED.forEach(function (one) {
    work.then(function () {
      self.watches.push(live.watch(one[0], one[1], function () { self.glanceSoon(); }));
    });
  });
};

/** Looks at the range in a moment: Live may not be asked in the middle of telling something. */
Desk.prototype.glanceSoon = function () {
  this.glanceDue = this.now() + GLANCE_MS;
  this.arm(GLANCE_MS);
};

Desk.prototype.glance = function () {
  var self = this;
  this.glanceDue = null;
  this.slices.start(function (work) {
    subject.glance(work, self.held.source, function (seen) {
      self.face.subject(text.say("subject", subject.words(seen)));
    });
  }, function (error) {
    if (!error.sentence) return self.fail(error);
    return self.face.subject(text.say("no_subject", { reason: text.say(error.sentence, error.values) }));
  });
};

Desk.prototype.arm = function (ms) {
  var self = this;
  var due = this.now() + ms;
  if (!this.isLoaded || (this.tickDue && this.tickDue <= due)) return;
  this.tickDue = due;
  this.host.tickLater(ms, function () {
    self.tickDue = null;
    self.tick();
  });
};

Desk.prototype.tick = function () {
  try {
    if (this.memory.isReady()) {
      presence.say(this.memory.client, this.token, this.now());
      this.courier.tick();
      settling.settle(this);
    }
    if (this.glanceDue && this.now() >= this.glanceDue) this.glance();
    this.memory.tick();
    this.face.show(this);
  } catch (error) {
    this.fail(error);
  }
  this.arm(this.isBusy() ? BUSY_TICK_MS : IDLE_TICK_MS);
};

Desk.prototype.isBusy = function () {
  var isKnocking = this.courier.state === "knocking";
  return isKnocking || this.glanceDue || this.jobs.list.length > 0 || this.slices.isBusy() || !this.memory.isReady();
};

/** The folder of Dawbridge, looked for until it is known. */
Desk.prototype.findHome = function (songPath, remembered) {
  this.courier.home = connection.home(this.host.devicePath(), songPath, remembered);
  return this.courier.home;
};

/** The device goes away: it was deleted, or the set was closed. Live may be half gone already. */
Desk.prototype.close = function () {
  this.isLoaded = false;
  try {
    this.memory.keep();
    this.watches.forEach(live.unwatch);
  } catch (error) {
    this.log("close.fault " + error);
  }
  this.watches = [];
  presence.leave(this.memory.client, this.token);
};
