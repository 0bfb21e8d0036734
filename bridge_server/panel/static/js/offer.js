/** A DAW, or `dawbridge panel`, has opened a link: a tab that is open already may go there too. */

const WHERE = { audition: "hear its takes", lyrics: "write its words", studio: "make something of it" };

export function offer(app, { page, job, region }) {
  const params = job ? { job } : region ? { region } : null;
  if (!params) return;
  const now = new URLSearchParams(location.hash.split("?")[1] ?? "");
  if (now.get("job") === job || (region && now.get("region") === region)) return;
  const words = region ? "A region has come from your DAW." : "A job was opened.";
  app.say(words, { action: [`Go and ${WHERE[page] ?? "look"}`, () => app.go(page || "audition", params)] });
}
