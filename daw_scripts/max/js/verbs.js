/** What a musician can ask for: the same verbs, in the same order and words, in every host (see shared/verbs.lua). */

/**
 * request  the word of the request that it becomes
 * needs    audio: a range of something that sounds; edge: a clip that is continued; room: a range;
 *          tracks: a range where tracks sound; take: a result of ours
 */
exports.list = [
  { id: "repaint", request: "repaint", needs: "audio", title: "Repaint" },
  { id: "extend_left", request: "extend", needs: "edge", title: "Extend to the left", side: "left" },
  { id: "extend_right", request: "extend", needs: "edge", title: "Extend to the right", side: "right" },
  { id: "generate", request: "generate", needs: "room", title: "Generate" },
  { id: "retake", request: "retake", needs: "take", title: "Retake" },
  { id: "layer", request: "layer", needs: "tracks", title: "Add a layer" },
  { id: "edit", request: "edit", needs: "audio", title: "Edit lyrics" },
  { id: "again", request: "again", needs: "take", title: "Make again" }
];

exports.get = function (id) {
  return exports.list.filter(function (verb) { return verb.id === id; })[0] || exports.list[0];
};
