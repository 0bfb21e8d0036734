/** Studio: make music from words, and change what was made, with every setting that the backend knows. */

import { replace } from "../dom.js";
import { Studio } from "../studio/studio.js";

export const title = "Studio";

export async function mount(root, app, here) {
  const studio = new Studio(app, here.signal);
  replace(root, studio.element);
  const show = (params) => studio.open(params).catch((error) => { if (error.name !== "AbortError") app.problem(error); });
  await show(here.params);
  return { show };
}
