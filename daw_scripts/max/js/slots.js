/** Results for the Session: the next empty slots below the clip that was worked on, never one that holds something. */
var lay = require("./lay");
var live = require("./live");

/** Lays `landing.pieces` into empty slots; without that track any more, into those of a new one. */
exports.fill = function (work, desk, landing, then) {
  var list = [];
  var begin = 0;
  work.then(function () {
    var slot = landing.place.session === desk.session ? live.by(landing.place.slot) : null;
    var track = landing.source;
    if (track && (!track.flag("has_audio_input") || track.flag("is_frozen"))) track = null;
    if (track) return void take(track, slot);
    var id = live.at("live_set").call("create_audio_track", -1)[0];
    track = live.by(id || 0);
    if (!track) return undefined;
    landing.made.push({ id: track.id, name: track.text("name"), devices: 0 });
    take(track, null);
    return undefined;
  });
  function take(track, slot) {
    landing.slotTrack = track;
    list = track.ids("clip_slots");
    begin = slot ? list.indexOf(slot.id) + 1 : 0;
  }
  landing.pieces.forEach(function (piece) {
    work.then(function () { findEmpty(work, landing, list, begin, function (slot, index) {
      begin = index + 1;
      if (!slot) return;
      piece.position = undefined;
      lay.into(work, desk, slot, piece, function (clip, oddity) {
        piece.isLaid = Boolean(clip);
        landing.oddity = landing.oddity || oddity;
      });
    }); });
  });
  work.then(then);
};

function findEmpty(work, landing, list, begin, found) {
  var index = begin;
  work.then(function () {
    if (index >= list.length) return void addScene(work, landing, index, found);
    var slot = live.by(list[index]);
    if (slot && !slot.flag("has_clip")) return void found(slot, index);
    index += 1;
    return { again: 0 };
  });
}

function addScene(work, landing, index, found) {
  work.then(function () {
    if (!landing.slotTrack) return void found(null, index);
    live.at("live_set").call("create_scene", -1);
    var list = landing.slotTrack.ids("clip_slots");
    found(live.by(list[list.length - 1] || 0), list.length - 1);
  });
}
