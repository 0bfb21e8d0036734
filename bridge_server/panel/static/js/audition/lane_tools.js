/** What can be done with the take of a lane: keep, send, star, discard, stems, its folder, its file. */

import { h } from "../dom.js";
import { icon } from "../icons.js";
import { fileLink, partOf } from "./files.js";

/** The two rows of buttons. `lane` has `board`, `track` and `toggleStems`. */
export function laneTools(lane) {
  const { board, board: { actions, hearing }, track: { id, take } } = lane;
  const after = (act) => async () => {
    if (await act(take)) board.refresh();
  };
  const main = [
    wordButton("keep", take.chosen ? "Kept" : "Keep", "Keep this take (K)", after((one) => actions.keep(one)), {
      picture: "check",
      "aria-pressed": String(take.chosen),
    }),
    wordButton("send", "Send", "Lay it on the DAW's timeline (Enter)", () => board.send(take), { picture: "send" }),
  ];
  const more = [
    pictureButton("star", take.starred ? "Take the star away" : "Star (S)", take, after((one) => actions.star(one)), {
      picture: icon("star", take.starred),
      class: take.starred ? "starred" : "",
      "aria-pressed": String(take.starred),
    }),
    pictureButton("discard", take.discarded ? "Bring back (X)" : "Discard (X)", take, after((one) => actions.discard(one)), {
      picture: icon(take.discarded ? "restore" : "bin"),
      "aria-pressed": String(take.discarded),
    }),
    take.stems.length > 1 && pictureButton("stems", "Stems (T)", take, () => lane.toggleStems(), {
      picture: icon("stems"),
      "aria-expanded": String(hearing.stems.has(id)),
    }),
    pictureButton("reveal", "Show in folder", take, () => actions.reveal(take), { picture: icon("folder") }),
    fileLinks(actions, take),
  ];
  return [h("div.row.lane-main", {}, main), h("div.row.lane-more", {}, more)];
}

/** In a blind round: the one button that is fair, and once that was pressed, the count. */
export function blindTools({ board, board: { blind }, track: { id } }) {
  if (!blind.isOpen) {
    const prefer = { type: "button", dataset: { tool: "prefer" }, onclick: () => board.prefer(id) };
    return [h("button.small", prefer, icon("check"), `Prefer ${blind.letter(id)}`)];
  }
  const times = blind.tally.get(id) ?? 0;
  return [h("span.tag", { class: times ? "on" : "" }, `preferred ${times} of ${blind.rounds}`)];
}

function wordButton(tool, word, title, onclick, { picture, ...more }) {
  return h("button.small", { type: "button", dataset: { tool }, title, onclick, ...more }, icon(picture), word);
}

function pictureButton(tool, title, take, onclick, { picture, ...more }) {
  const given = { type: "button", dataset: { tool }, title, "aria-label": `${title}: take ${take.number}`, onclick, ...more };
  return h("button.plain.small.icon", given, picture);
}

/** What continues a clip to both sides is two files. */
function fileLinks(actions, take) {
  const sides = take.sides ?? [];
  if (sides.length < 2) return fileLink(actions, take, `take ${take.number}`);
  const file = (side) => (side === "left" ? take : partOf(take, "side", side));
  return sides.map((side) => fileLink(actions, file(side), `the ${side} side of take ${take.number}`));
}
