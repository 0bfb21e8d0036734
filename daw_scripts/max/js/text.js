/** Every sentence that a musician reads. Values stand in braces; sentences are never glued together. */
var protocol = require("./protocol");
var verbs = require("./verbs");

exports.english = {
  // why a range or a clip cannot be used, each with what to do
  no_brace: "The loop brace has no length. Select in the Arrangement, press Ctrl/Cmd+L, then Send.",
  no_locators: "The playhead is not between two locators. Move it there, or choose another source.",
  no_clip_shown: "No clip is shown in Clip View. Click a clip, then Send.",
  midi_clip: "“{clip}” holds MIDI. Bounce or freeze it to audio first.",
  midi_track: "“{track}” is a MIDI track. Bounce it to audio first, or select an audio track.",
  group_track: "“{track}” is a group. Select one audio track in it.",
  return_track: "“{track}” is a return or the main track; no clips lie there. Select an audio track.",
  no_track: "No track is selected. Select an audio track.",
  no_clip: "No audio sounds on “{track}” between bar {start} and bar {end}. Move the loop brace over a clip that is not "
    + "muted, or select the track that has one.",
  no_tracks: "No audio track sounds between bar {start} and bar {end}. A layer needs other tracks to listen to.",
  no_file: "This clip has no file. Save the set or bounce the clip first.",
  no_markers: "Live does not tell how a clip in the range is warped. Bounce the clip first, or switch its Warp off.",
  offline: "The file of a clip is not there: {path}. Connect its drive, or find it in Live's File Manager.",
  recording: "Live is recording. Stop recording first.",
  too_short: "The range is shorter than a tenth of a second. Choose a longer one.",
  nothing_before: "The clip begins at bar 1, so there is no room before it. Move the clip to the right first.",
  generate_needs_brace: "Generate fills an empty range: choose “Loop brace” or “Two locators” as the source.",
  layer_needs_brace: "A layer listens to the Arrangement: choose “Loop brace” as the source.",
  no_result: "Click a result of Dawbridge first, so that it is shown in Clip View.",
  // what stands in the fields
  no_reference_clip: "Show the audio clip that is to be followed in Clip View, or choose “No reference”.",
  no_reference_here: "The engine follows no reference. Choose “No reference”.",
  no_timbre_here: "The engine cannot take only the sound of a reference. Choose “Follow clip” or “No reference”.",
  bad_seed: "The seed must be a whole number from 0 to 9007199254740991, or empty; it is “{given}”.",
  long_tags: "The style has {count} characters; at most {most} are read.",
  long_lyrics: "The words have {count} characters; at most {most} are read.",
  long_chords: "The chords have {count} characters; at most {most} are read.",
  no_lyrics: "Type the new words first: “Words …”, or the text file.",
  no_words_file: "The text file with the words could not be read: {path}. Press “Open text file”, write, and save.",
  // the bridge
  no_home: "Dawbridge's folder is not known here. Run `dawbridge install ableton` in a terminal and load the device anew.",
  no_bridge: "Dawbridge does not run. Start it with `dawbridge up` in a terminal; Live's devices may not do that.",
  silent: "Dawbridge does not answer. Start it anew with `dawbridge up` in a terminal.",
  other_version: "Device and bridge are of different versions. Run `dawbridge install ableton` and load the device anew.",
  no_backend_can: "No backend that is installed can do this.",
  knocking: "Looking for Dawbridge …",
  engine_ready: "Engine ready",
  engine_starting: "Engine is starting",
  engine_down: "Engine is down",
  open_by_hand: "The panel could not be opened. Type this address into your browser; it works once: {address}",
  no_page: "The page could not be written. `dawbridge jobs` and `dawbridge takes` in a terminal show what there is.",
  page_jobs: "At work",
  page_no_jobs: "No job of this device is running.",
  page_job: "{verb}: {percent} %. {state}",
  page_takes: "Takes",
  page_no_takes: "This device has laid nothing into the set yet.",
  page_kept: "Variant {number}, kept",
  page_again: "The page shows how it was when you opened it. Press “Open page” again for how it is now.",
  // how a job is getting on
  reading: "Listening to the set …",
  sending: "Handing over …",
  too_large: "The range holds more clips than one request can tell of. Choose a shorter one, or bounce the tracks first.",
  letter_gone: "A request of an earlier time was never answered, and its file is gone. Send it again.",
  waits_for_bridge: "The job waits. {reason}",
  queued: "In the queue",
  queued_behind: "In the queue, {count} before it",
  rendering: "At work: {stage}",
  rendering_first: "At work",
  cancelling: "Stopping …",
  cancelled: "Stopped. Nothing was laid in.",
  nothing_to_cancel: "No job is running, so there is nothing to stop.",
  busy: "Still listening to the set. Press Send again in a moment.",
  landing: "Laying it in …",
  sent_several: "{count} versions are made, with one seed, so that only the words differ.",
  range: "{track}, bars {start} to {end}",
  subject: "Source: {track}, bars {start} to {end}",
  no_subject: "Source: {reason}",
  tempo_varies: "The tempo of this set is automated, and Live does not tell how: the result may not sit to the sample.",
  unsaved: "The set is not saved, so takes lie in Dawbridge's own folder. Save it first if you want them beside it.",
  // results
  landed: "Done: {range}. It lies on “{name}”; the original plays too until you mute it.",
  landed_session: "Done. It lies in the next empty slot of “{name}”.",
  wait_recording: "Finished; it is laid in when the recording stops.",
  wait_set: "Finished; it is laid in when its set is open again.",
  old_live: "Live {version} cannot import audio for a device; 11.3.25 or 12.0.5 can. Drag the file in: {path}",
  outside_set: "The result would begin outside the set. Drag the file in: {path}",
  live_refused: "Live did not take the file, and does not say why. Drag it in: {path}",
  unreadable_take: "The file of the result is gone: {path}",
  some_refused: "Live did not take all files. Drag in what is missing: {path}",
  elsewhere: "Live laid it at another place than it was told. It belongs to {range}; move it there.",
  still_warped: "Live left Warp on. Switch Warp off in the clip, so that it keeps its own tempo.",
  other_length: "The clip has another length than its file. Check its end.",
  finished_before_cancel: "It was finished before it could be stopped. It was not laid in; the file is kept: {path}",
  result_track: "{verb} of {track} · {mark}",
  variant_track: "{verb} {number} of {track} · {mark}",
  stem_track: "{role} for {track} · {mark}",
  stem_clip: "{role} · {mark}",
  notes_track: "{role}, notes for {track} · {mark}",
  notes_clip: "{role}, notes, Variant {number} · {mark}",
  notes_need_newer: "Done, without its notes: this Live makes no MIDI clips for devices; 12.2 does. Drag them in: {path}",
  notes_refused: "Done, but Live did not take all notes. Drag them in: {path}",
  lane: "Variant {number}",
  clip_name: "{verb} {number} · {mark}",
  clip_name_tags: "{verb} {number} · {tags} · {mark}",
  draft_name: "{name} (draft)",
  remarked: "{sentence} Remarks: {remarks}",
  guest_track: "{verb} from the panel · {mark}",
  guest_place: "the panel",
  guest_elsewhere: "“{verb}” was chosen for another set, which is not open: {project}. Its file: {path}",
  one_variant: "This result has only one variant.",
  no_variant: "There is no variant {number} of this result.",
  pick_by_hand: "This result has several clips on its track. Choose among the take lanes by hand.",
  session_pick: "Variants of a Session clip lie in slots of their own: launch the one you want.",
  place_taken: "“{clip}” lies where the variant belongs. Move it away first.",
  result_gone: "The tracks of this result are gone. Its file is kept: {path}",
  picked: "Variant {number} plays.",
  kept: "Variant {number} is kept.",
  discarded: "Taken back. The files stay on the disk.",
  discarded_clips: "Our clips are taken back; tracks with things of yours on them stay. The files stay on the disk.",
  nothing_to_discard: "Nothing of this result lies in the set any more.",
  fault: "The device met an error of its own: {fault}. Please report it; the jobs go on."
};

/** The sentence `name` with `values` put in. Throws for an unknown name: a missing sentence is a slip of ours. */
exports.say = function (name, values) {
  var sentence = exports.english[name];
  if (sentence === undefined) throw new Error("no text named " + name);
  return sentence.replace(/\{([a-z]+)\}/g, function (whole, key) { return String((values || {})[key]); });
};

/** What went wrong and what to do about it. A problem without a hint gets that of its code. */
exports.problem = function (problem) {
  var known = protocol.errors[problem.code];
  var hint = problem.hint || (known && known.hint) || "";
  return hint ? problem.message + " " + hint : problem.message;
};

exports.verb = function (id) {
  return verbs.get(id).title;
};

/** `text` cut to `most` characters, with … where something was cut; never inside a character. */
exports.shortened = function (text, most) {
  if (text.length <= most) return text;
  var cut = text.slice(0, most - 1);
  return cut.replace(/[\ud800-\udbff]$/, "") + "…";
};
