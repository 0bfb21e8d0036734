/** Blind comparison: who is who is drawn by lot, and a preference is counted before it is told. Pure but for chance. */

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

export class Blind {
  /** Ids in the order of their letters. */
  order = [];
  /** Whether the letters have been explained. */
  isOpen = false;
  /** How often each id was preferred, over all rounds. */
  tally = new Map();
  rounds = 0;

  constructor(ids, chance = Math.random) {
    this.ids = [...ids];
    this.chance = chance;
    this.deal();
  }

  /** A new round: new letters (Fisher and Yates' shuffle). */
  deal() {
    this.isOpen = false;
    this.order = [...this.ids];
    for (let i = this.order.length - 1; i > 0; i -= 1) {
      const other = Math.floor(this.chance() * (i + 1));
      [this.order[i], this.order[other]] = [this.order[other], this.order[i]];
    }
  }

  letter(id) {
    return LETTERS[this.order.indexOf(id)] ?? "?";
  }

  /** This one is liked best: count it, and tell who it was. */
  prefer(id) {
    if (this.isOpen) return;
    this.tally.set(id, (this.tally.get(id) ?? 0) + 1);
    this.rounds += 1;
    this.isOpen = true;
  }
}
