--- Sentences that speak of REAPER's own menus and words: why a selection cannot be used, each with what to do.
return {
  nothing_selected = "Nothing is selected. Make a razor edit or a time selection over an item, or select an item, "
    .. "and run the action again.",
  no_range = "No range is selected. Make a time selection, or a razor edit on one track, and run the action again.",
  several_areas = "There are {count} razor areas, and they do not agree. Make razor edits of the same range, one a "
    .. "track, and run the action again.",
  several_tracks = "{count} tracks sound in the selected range. Work on each of them by itself?\n\nYes: a result "
    .. "beside each track.\nNo: one result for their mix.",
  several_tracks_edge = "{count} tracks sound in the selected range. Select the one item that is to be continued.",
  no_item = "No item lies in the selected range. Select the item that you want to work on, or a range over it.",
  several_items = "{count} items are selected or lie there. Select just the one that is to be continued; if they "
    .. "belong together, glue them first (Item: Glue items).",
  no_overlap = "The selected item does not reach into the selected range. Select a range over the item.",
  too_short = "The selected range is shorter than a tenth of a second. Select a longer one.",
  silent = "The item has no sound in the selected range. Select a range where its file plays.",
  empty = "The item is empty. Dawbridge works on audio items.",
  midi = "The item holds MIDI. Render it to audio first (Item: Apply track/take FX to items).",
  video = "The item is a video or a project. Glue it to audio first.",
  offline = "The file of this item is not there: {path}. Connect its drive, or put the file back.",
  read_only = "This project was opened read-only, so nothing could be laid into it. Save it under another name first.",
  nothing_to_hear = "No other track plays audio in the selected range, so there is nothing to fit a layer to. Use "
    .. "Generate instead, or select a range where something plays.",
  layer_skipped = "Not everything could be heard for the layer: {tracks}. MIDI, and items with effects or stretch "
    .. "markers of their own, have to be rendered first.",
  listen_gone = "The track of “{what}” is gone, so it could not be listened to.",
  listen_silent = "Nothing sounds in the range of “{what}”.",
  listen_changed = "The track of “{what}” was edited again and again while it was listened to.",
  listen_unreadable = "REAPER could not say how “{what}” sounds.",
  listen_full = "What “{what}” plays could not be written to {path}. The disk may be full or write-protected.",
  listen_hint = "Select the range and ask again.",
  wait_tab = "finished; laid in when its project tab is in front",
  other_lane = "The new variants of {range} lie in lane {lane} of “{track}”; play that lane to hear them.",
  locked_original = "The original of {what} is locked, so it was not silenced.",
}
