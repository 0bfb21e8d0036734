/** The keys of the audition: it is played like an instrument. */

const NEXT_LOOP = { region: "all", all: "off", off: "region", own: "region" };

export function bindBoardKeys(board, keys, signal) {
  const bind = (key, what, act, given) => keys.bind(key, what, act, signal, given);
  const { hearing } = board;
  const selection = () => hearing.selection ?? board.audition.span;
  const onTake = (act) => async () => {
    const take = board.heardTake;
    if (take && !board.isHidden && (await act(take)) !== false) board.refresh();
  };
  bind(" ", "Play and pause", () => board.toggle());
  bind("0", "Hear the original", () => board.hearNumber(0));
  bind("1", "Hear take 1; 2 to 9 the others", () => board.hearNumber(1));
  for (let number = 2; number <= 9; number += 1) bind(String(number), "", () => board.hearNumber(number), { hidden: true });
  bind("ArrowUp", "Hear the one above", () => hearing.step(-1, board.order));
  bind("ArrowDown", "Hear the one below", () => hearing.step(1, board.order));
  bind("ArrowLeft", "Back by a beat, or a second", () => board.nudge(-1));
  bind("ArrowRight", "On by a beat, or a second", () => board.nudge(1));
  bind("Home", "Back to the beginning", () => board.seek(0));
  bind("r", "To the start of the region", () => board.seek(board.audition.span.start / board.audition.frames));
  bind("l", "Loop: region, with context, off", () => hearing.setLoop(NEXT_LOOP[hearing.looping]));
  bind("i", "Loop from here", () => hearing.select({ ...selection(), start: hearing.player.position }));
  bind("o", "Loop to here", () => hearing.select({ ...selection(), end: hearing.player.position }));
  bind("g", "Level match", () => hearing.setLevelled(!hearing.isLevelled));
  bind("c", "Context on and off", () => hearing.setBed(!hearing.isBedOn));
  bind("b", "Blind comparison", () => board.toggleBlind());
  bind("p", "Blind: prefer the one that is heard", () => board.isHidden && board.prefer(hearing.heard));
  bind("t", "Stems of the take", () => board.toggleStems());
  bind("s", "Star", onTake((take) => board.actions.star(take)));
  bind("k", "Keep", onTake((take) => board.actions.keep(take)));
  bind("x", "Discard, or bring back", onTake((take) => board.actions.discard(take)));
  bind("Enter", "Send to the DAW", onTake((take) => board.send(take)));
}
