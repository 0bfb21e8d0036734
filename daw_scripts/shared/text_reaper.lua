--- Sentences that speak of REAPER's own menus and words: why a selection cannot be used, each with what to do.
return {
  nothing_selected = "Nothing is selected. Make a razor edit or a time selection over an item, or select an item, "
    .. "and run the action again.",
  several_areas = "There are {count} razor areas. Make one razor edit on one track and run the action again.",
  no_item = "No item lies in the selected range. Select the item that you want to repaint, or a range over it.",
  several_items = "{count} items lie in the selected range. Select just one of them; if they belong together, glue "
    .. "them first (Item: Glue items).",
  no_overlap = "The selected item does not reach into the selected range. Select a range over the item.",
  too_short = "The selected range is shorter than a tenth of a second. Select a longer one.",
  silent = "The item has no sound in the selected range. Select a range where its file plays.",
  repeats = "The item repeats its file inside the selected range. Glue the item first, or select a range inside one "
    .. "repetition.",
  repeats_take = "The item repeats its file, so a new take would change every repetition. Glue the item first.",
  empty = "The item is empty. Dawbridge repaints audio items.",
  midi = "The item holds MIDI. Render it to audio first (Item: Apply track/take FX to items).",
  video = "The item is a video or a project. Glue it to audio first.",
  offline = "The file of this item is not there: {path}. Connect its drive, or put the file back.",
  playrate = "The item plays at another speed than its file. Render or glue the item first.",
  pitch = "The item is transposed. Render or glue the item first.",
  channel_mode = "The item plays only some channels of its file. Render or glue the item first.",
  stretch_markers = "The item has stretch markers. Render or glue the item first.",
  take_fx = "The item has its own effects. Render or glue the item first.",
  take_envelopes = "The item has its own envelopes. Render or glue the item first.",
  reversed = "The item plays backwards. Render or glue the item first.",
  locked = "The item is locked. Unlock it, so that a take can be added to it.",
  wait_tab = "finished; laid in when its project tab is in front",
  undo = "Dawbridge: repaint {range}",
  other_lane = "The new variants of {range} lie in lane {lane} of “{track}”; play that lane to hear them.",
}
