--- The bridge and its backends: not there, not able, started by us.
return {
  open_by_hand = "The panel could not be opened from here. Type this address into your browser; it works once: "
    .. "{address}",
  no_backend_can = "No backend that is installed can do this.",
  start_question = "The Dawbridge bridge is not running. Start it now?",
  starting = "The bridge was started; the job goes on as soon as it answers.",
  start_failed = "The bridge could not be started. Start it with `dawbridge up` in a terminal.",
  no_start_file = "Nobody has written down how to start the bridge. Start it with `dawbridge up` in a terminal; from "
    .. "then on it can be started from here.",
  bad_start_file = "The file start.json in {path} cannot be understood. Start the bridge with `dawbridge up` in a "
    .. "terminal: that writes it anew.",
  start_by_hand = "The bridge lies at a path with quotes of all kinds in it: {word}. Start it with `dawbridge up` in a "
    .. "terminal.",
  script_fault = "The Dawbridge script met an error of its own and stopped. The jobs go on; run the action again to "
    .. "pick them up. Details: {path}",
}
