--- Sentences that speak of Ardour's own menus and words.
return {
  no_session = "No session is open.",
  sandboxed = "Ardour does not let scripts read and write files. Switch the preference “Sandbox all Lua Scripts” off "
    .. "(Edit: Preferences), restart Ardour, and run the action again.",
  no_watcher = "The job was handed over, but the watcher that lays results in is not at work. Switch it on once: Edit: "
    .. "Lua Scripts: Script Manager: Action Hooks: New Hook, and choose “Dawbridge: Watcher”.",
  no_watcher_for_panel = "The watcher, which opens the panel, is not at work. Switch it on once: Edit: Lua Scripts: "
    .. "Script Manager: Action Hooks: New Hook, and choose “Dawbridge: Watcher”.",
  nothing_selected = "Nothing is selected. Select a range on a track (tool “Range”, or drag over the track with the "
    .. "smart tool), or a region, and run the action again.",
  no_range = "No range is selected. Select a range with the tool “Range”, or set the loop range, and run the action "
    .. "again.",
  no_track = "The selected range is on no track. Select it on the track that is meant.",
  no_audio_track = "What is selected is on no audio track. Bounce MIDI to audio first (Region: Bounce).",
  several_tracks = "{count} tracks are selected. Select the range on one of them.",
  too_short = "The selected range is shorter than a tenth of a second. Select a longer one.",
  silent = "Nothing sounds in the selected range. To have new music there, use Generate.",
  compound = "A region there is combined from others, or has no file of its own. Bounce or uncombine it first.",
  offline = "The file of a region is not there: {path}. Connect its drive, or put the file back.",
  no_other_tracks = "No track sounds in the selected range, so there is nothing to fit a layer to. Use Generate.",
  read_only = "The session's folder cannot be written, so the takes will lie in Dawbridge's own data folder, and "
    .. "results cannot be laid in. Save the session elsewhere first if you want them in it.",
  ardour_ask_replace = "Cover the original",
  ardour_ask_midi = "Notes on MIDI tracks too",
  ardour_ask_draft = "First a draft in few steps",
  ardour_ask_refine = "Finish the draft in all steps",
  ardour_ask_reference = "Reference (an audio file)",
  ardour_ask_timbre = "Only the sound of the reference",
  ardour_ask_mode = "Keep the melody",
  ardour_ask_strength = "Strength (1: all new)",
  ardour_ask_variance = "Variance (0: the same)",
  ardour_ask_variants = "Variants",
  any_role = "by the style",
  about_tempo = "{bpm} bpm",
  choose_question = "Variant",
  variant = "Variant {number}",
  variant_kept = "Variant {number} (kept)",
  cancel_question = "Job",
  cancel_done = "“{what}” is being stopped.",
  discard_question = "Take away what is selected of Dawbridge's results? The files stay, and one undo brings it back.",
  next_question = "And now",
  next_nothing = "nothing",
  watcher_is_off = "The watcher is not at work: results are not laid in. Edit: Lua Scripts: Script Manager: Action "
    .. "Hooks: New Hook, “Dawbridge: Watcher”.",
  bridge_is_off = "The bridge is not running.",
  unavailable = "{verb}: {reason}",
}
