// The one error that carries a problem which the user can act on.

export class Refusal extends Error {
  /** @param {Partial<Problem> & {code: string}} problem */
  constructor(problem) {
    super(problem.detail || problem.code);
    /** @type {Problem} */
    this.problem = { detail: "", status: 0, ...problem };
  }
}
