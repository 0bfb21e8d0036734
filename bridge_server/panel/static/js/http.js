/** The routes of API.md beside the wire: `await api.get("/api/takes", {starred: true})`. Refusals are thrown as Problems. */

import { Problem } from "./problem.js";

async function call(path, given = {}) {
  let answer;
  try {
    answer = await fetch(path, { credentials: "same-origin", ...given });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem({ code: "no_bridge", message: "The bridge does not answer.", hint: "Start it with `dawbridge up`." });
  }
  if (answer.ok) return answer;
  throw new Problem(await problemOf(answer));
}

async function problemOf(answer) {
  if (answer.status === 401) {
    return { code: "wrong_key", message: "This page is not logged in.", hint: "Open it anew with `dawbridge panel`." };
  }
  try {
    const body = await answer.json();
    if (body.error) return body.error;
  } catch (error) {
    console.debug("http: the answer was not JSON", error);
  }
  const message = `The bridge answered with ${answer.status}.`;
  return { code: "page_fault", message, hint: "`dawbridge doctor` says where its log lies." };
}

/** `/api/takes?text=x`: empty, null and undefined values are left out, true is 1. */
export function address(path, query = {}) {
  const words = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === "" || value === null || value === undefined || value === false) continue;
    words.set(name, value === true ? "1" : String(value));
  }
  const text = words.toString();
  return text ? `${path}?${text}` : path;
}

const JSON_BODY = { "content-type": "application/json" };
const RAW_BODY = { "content-type": "application/octet-stream" };

export const api = {
  get: async (path, query, signal) => (await call(address(path, query), { signal })).json(),
  /** The answer's JSON, or null where it has none (204). */
  post: async (path, body = {}) => {
    const answer = await call(path, { method: "POST", headers: JSON_BODY, body: JSON.stringify(body) });
    return answer.status === 204 ? null : answer.json();
  },
  /** A file as it is, e.g. an upload. */
  send: async (path, body, query) => (await call(address(path, query), { method: "POST", headers: RAW_BODY, body })).json(),
  bytes: async (path, signal) => (await call(path, { signal })).arrayBuffer(),
};
