// The error for a problem that the user can act on; `problem` has its code and details.

export class Refusal extends Error {
  /** @param {Partial<Problem> & {code: string}} problem */
  constructor(problem) {
    super(problem.detail || problem.code);
    /** @type {Problem} */
    this.problem = { detail: "", status: 0, ...problem };
  }
}
