"""The sentences that appear in Live's status bar. Those that other hosts have too are the same there, word for word."""

from __future__ import annotations

ENGLISH = {
    "verb_repaint": "Repaint",
    "verb_extend_left": "Extend to the left",
    "verb_extend_right": "Extend to the right",
    "verb_generate": "Generate",
    "verb_retake": "Retake",
    "verb_layer": "Add a layer",
    "verb_edit": "Edit lyrics",
    "verb_again": "Make again",
    "verb_open_panel": "Open in the panel",
    "title": "Dawbridge",
    "variants_track": "{track} – variants",
    "lane": "Variant {number}",
    "take_name": "{verb} {number}",
    "take_name_tags": "{verb} {number} · {tags}",
    "stem_name": "{verb} {number} · {role}",
    "notes_name": "{verb} {number} · {role}, notes",
    "notes_role_track": "{role}, notes for {track}",
    "draft_name": "{name} (draft)",
    "guest_track": "{verb} – from the panel",
    "open_by_hand": "The panel could not be opened from here. Type this address into your browser; it works once: "
    "{address}",
    "kept": "Variant {number} is kept.",
    "one_variant": "This result has only one variant.",
    "parked": "The track that “{what}” was made for is gone. The take is kept: {path}",
    "landing_failed": "The finished take of “{what}” could not be laid in ({fault}). It is kept: {path}",
    "unsaved": "This project is not saved yet, so the takes will lie in Dawbridge's own data folder. Save the project "
    "first if you want them beside it. (This is said once.)",
    "no_result": "Select a result of Dawbridge first.",
    "no_backend_can": "No backend that is installed can do this.",
    "queued": "in the queue",
    "queued_behind": "in the queue, {count} before it",
    "cancelled": "stopped",
    "cancelling": "stopping …",
    "engine_is_ready": "The engine is ready.",
    "engine_is_starting": "The engine is starting.",
    "engine_is_down": "The engine is down.",
    "no_jobs": "No job is running.",
    "nothing_to_cancel": "No job is running, so there is nothing to stop.",
    "wait_recording": "finished; laid in when the recording stops",
    "wait_project": "finished; laid in when its project is open again",
    "starting": "The bridge was started; the job goes on as soon as it answers.",
    "start_failed": "The bridge could not be started. Start it with `dawbridge up` in a terminal.",
    "no_start_file": "Nobody has written down how to start the bridge. Start it with `dawbridge up` in a terminal; "
    "from then on it can be started from here.",
    "bad_key": "“{given}” is no key. Write it like D minor, F# or Bb major, or leave it empty.",
    "bad_strength": "The strength must be a number from 0 to 1, such as 0.5; you wrote “{given}”.",
    "bad_variance": "The variance must be a number from 0 to 1, such as 0.5; you wrote “{given}”.",
    "bad_variants": "The number of variants must be 1 to 8; you wrote “{given}”.",
    "bad_seed": "The seed must be a whole number from 0 to 9007199254740991, or empty; you wrote “{given}”.",
    "bad_length": "The length must be seconds or bars, such as 8 s or 4 bars; you wrote “{given}”.",
    "bad_mode": "Keep the melody: answer yes or no; you wrote “{given}”.",
    "bad_replace": "Silence the original: answer yes or no; you wrote “{given}”.",
    "bad_midi": "Notes as MIDI items: answer yes or no; you wrote “{given}”.",
    "bad_draft": "First a draft: answer yes or no; you wrote “{given}”.",
    "bad_refine": "Finish the draft: answer yes or no; you wrote “{given}”.",
    "bad_timbre": "Only the sound of the reference: answer yes or no; you wrote “{given}”.",
    "bad_reference": "The reference must be the whole path of an audio file; you wrote “{given}”.",
    "bad_stems": "Stems on tracks of their own: answer yes or no; you wrote “{given}”.",
    "long_tags": "The style has {count} characters; at most {most} are read.",
    "long_lyrics": "The lyrics have {count} characters; at most {most} are read.",
    "long_source_lyrics": "The words as they are now have {count} characters; at most {most} are read.",
    "long_chords": "The chords have {count} characters; at most {most} are read.",
    "long_role": "The instrument has {count} characters; at most {most} are read.",
    "no_change": "Nothing would change: type new words, or a new style.",
    "no_lyrics": "Type the new words. To change only the style, answer “no” to “Keep the melody”.",
    # of Live alone
    "notes_refused": "{title}: Live did not take all notes (12.2 and later do). Drag them in: {path}",
    "not_in_engine": "The engine has no {wish}. Leave it out.",
    "help": "Rename a clip “db:repaint lofi, rhodes”, or send /dawbridge/live/repaint to UDP port {port}.",
    "unknown_verb": "“{given}” is not one of: {verbs}.",
    "unknown_wish": "“{given}” is not one of: {wishes}.",
    "bad_source": "The source is brace, clip or auto; you wrote “{given}”.",
    "nothing_selected": "Nothing is selected. Set the loop brace (select in the Arrangement, Ctrl/Cmd+L) and switch "
    "the loop on, or click a clip.",
    "short_brace": "The selected range is shorter than a tenth of a second. Select a longer one.",
    "no_clip": "No audio clip lies in {range} on “{track}”. Select the track whose clips you mean.",
    "midi": "The clip on “{track}” holds MIDI. Bounce or freeze and flatten it to audio first.",
    "kind_of_track": "“{track}” holds no audio clips. Select an audio track.",
    "session": "The clip lies in the Session View, which has no place on the timeline. Drag it into the Arrangement.",
    "take_lane": "The clip lies in a take lane. Copy it to the main lane of its track first.",
    "offline": "The file of a clip is not there: {path}. Connect its drive, or put the file back.",
    "recording_clip": "The clip is still being recorded. Stop the recording first.",
    "no_bars_left": "Only {bars} bars lie before the clip. Ask for a shorter extension.",
    "no_others": "No other track sounds in {range}.",
    "asked": "{title}: handed over.",
    "tempo_varies": "The tempo is automated, which Live does not tell scripts: the result fits where the tempo stays.",
    "progress": "{title}: {percent} % {stage}",
    "landed": "{title}: {count} on “{track}”. One undo takes it back.",
    "landed_long": "{title}: laid in, but Live shows an end that is {beats} beats off. Switch Warp off in the clip.",
    "tempo_changed": "{title}: the tempo has changed since; the result lies at its beat, and keeps its seconds.",
    "still_warped": "{title}: Live keeps the new clip warped. Switch Warp off in it, so that it is not stretched.",
    "failed": "{title}: {message}",
    "too_old": "This Live takes no files from scripts (11.3.25 or 12.0.5 does). Drag the take in: {path}",
    "not_saved": "Dawbridge cannot remember its jobs: {fault}",
    "slip": "The Dawbridge script met an error of its own; Live's Log.txt has it. The jobs go on.",
    "no_bridge": "The Dawbridge bridge is not running; jobs wait. Start it with db:start, or `dawbridge up` in a "
    "terminal.",
    "bridge_found": "The bridge answers.",
    "discarded": "Taken back: {count} of “{title}”. The files stay.",
    "nothing_left": "Nothing of “{title}” lies here any more.",
    "no_variant": "There is no variant {number}; there are {count}.",
    "port_taken": "Dawbridge's UDP ports {first}–{last} are taken; only clip names work.",
}


def say(sentence_name: str, **values: object) -> str:
    """The sentence with its values. Raises KeyError for one that is not there: a slip of ours."""
    sentence = ENGLISH[sentence_name]
    for key, value in values.items():
        sentence = sentence.replace("{" + key + "}", str(value))
    return sentence


def problem(found: dict[str, str]) -> str:
    """What went wrong and what to do about it, as one line."""
    message, hint = found.get("message", ""), found.get("hint", "")
    return (message + " " + hint).strip() or say("slip")
