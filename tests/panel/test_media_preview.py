"""Half-way of a take on the page: a player as soon as the event tells of it, and no new one with every progress."""

from __future__ import annotations

from tests.panel.browser import Tab

SHOWN = """
async () => {
  const { JobProgress } = await import("/js/audition/progress.js");
  const { Jobs } = await import("/js/jobs.js");
  const hearing = {};
  const wire = { on: (kind, fn) => { hearing[kind] = fn; }, ask: async () => ({ jobs: [] }) };
  const jobs = new Jobs(wire);
  jobs.all.set("job-0001", { job: "job-0001", task: "repaint", state: "running", fraction: 0, stage: "", takes: [] });
  const shown = new JobProgress({ jobs, wire }, "job-0001", new AbortController().signal);
  const players = () => [...shown.element.querySelectorAll("audio")].map((audio) => audio.getAttribute("src"));
  const seen = [players()];
  hearing.preview({ job: "job-0001", number: 1 });
  seen.push(players());
  const player = shown.element.querySelector("audio");
  hearing.progress({ job: "job-0001", fraction: 0.7 });
  seen.push(player === shown.element.querySelector("audio"));
  hearing.preview({ job: "job-0001", number: 2 });
  seen.push(players());
  hearing.done({ job: "job-0001", takes: [] });
  seen.push(players());
  return seen;
}
"""


def test_a_preview_is_heard_while_the_take_is_made(tab: Tab) -> None:
    tab.forgiven += ["404"]  # the jobs are invented, and so nobody has their previews
    one, two = ("/api/takes/job-0001/1/preview", "/api/takes/job-0001/2/preview")
    assert tab.page.evaluate(SHOWN) == [[], [one], True, [two], []]
