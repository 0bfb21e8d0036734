--- What became of results: names of tracks and lanes, and why one was not laid in. Every sentence names the file.
return {
  variants_track = "{track} – variants",
  stems_track = "{track} – stems",
  notes_track = "{track} – notes",
  notes_role_track = "{role}, notes for {track}",
  guest_track = "{verb} – from the panel",
  guest_waits = "“{what}” was chosen for a project that is not open: {project}. It is laid in when that is open again; "
    .. "the take is kept: {path}",
  layer_track = "Layer",
  generated_track = "Dawbridge",
  unnamed_track = "Track {number}",
  lane = "Variant {number}",
  parked = "The track that “{what}” was made for is gone. The take is kept: {path}",
  locked_parked = "What “{what}” was made for is gone or locked. The take is kept: {path}",
  finished_before_cancel = "“{what}” was finished before it could be stopped. It was not laid in; the take is kept: "
    .. "{path}",
  unreadable_take = "The finished take of “{what}” cannot be read: {path}",
  landing_failed = "The finished take of “{what}” could not be laid in ({fault}). It is kept: {path}",
  read_only_parked = "The project cannot be changed, so “{what}” was not laid in. The take is kept: {path}",
  unsaved = "This project is not saved yet, so the takes will lie in Dawbridge's own data folder. Save the project "
    .. "first if you want them beside it. (This is said once.)",
  no_result = "Select a result of Dawbridge first.",
  no_recipe_file = "The file of this result is gone: {path}. Put it back, or choose another result.",
  one_variant = "This result has only one variant.",
}
