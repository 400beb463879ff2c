// The heading and frame of a section of the page.

import { t } from "../text/words.js";
import { el } from "../ui/dom.js";

/**
 * @param {WelcomeContext} context
 * @param {string} id
 * @param {Frame} frame
 * @param {...(Child | Child[])} children
 */
export function section({ setup, account }, id, { step, state = "open", title, done }, ...children) {
  const stage = setup && step ? state : null;
  const shown = { open: children, done: [done && el("p", { class: "mute" }, done)], later: [] }[stage ?? "open"];
  return el(
    "section",
    {
      id,
      class: stage ? `step ${stage}` : "part",
      "aria-labelledby": `${id}-title`,
      data: { part: id, step: stage, account: account?.account.id },
    },
    el(
      "h2",
      { id: `${id}-title` },
      stage && el("span", { class: "mark", "aria-hidden": "true" }, stage === "done" ? "✓" : step),
      title,
      stage === "done" && el("span", { class: "unseen" }, `: ${t("done")}`),
    ),
    ...shown,
  );
}
