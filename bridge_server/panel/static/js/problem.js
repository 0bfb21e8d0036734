/** What went wrong, as the protocol says it: a stable code, one sentence, and what to do. */
export class Problem extends Error {
  constructor({ code = "", message = "Something went wrong.", hint = "" } = {}) {
    super(message);
    this.name = "Problem";
    this.code = code;
    this.hint = hint;
  }
}

/** Any thrown thing, or a problem as the bridge told it, as a Problem; all else is a fault of the page, and says so. */
export function asProblem(error) {
  if (error instanceof Problem) return error;
  if (!(error instanceof Error) && error?.code && error.message) return new Problem(error);
  console.error(error);
  const hint = `Reload the page. (${error?.message ?? error})`;
  return new Problem({ code: "page_fault", message: "The page met an error of its own.", hint });
}
