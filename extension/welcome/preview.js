// What would become of a file, before anything is stored, and what has to be known to read it.

import { el } from "../ui/dom.js";
import { day, time } from "../ui/format.js";
import { field, form, option } from "../ui/forms.js";
import { plural, t } from "../ui/words.js";

/** What stands in the way, or was left out, and the wish that settles it. */
const WISHES = { rows_not_understood: "skip_rows", insufficient_credits: "accept_discrepancy", before_opening: "open_earlier" };

/**
 * A refusal, and the question that would settle it, if it is one.
 * @param {ImportUi} one
 * @param {(wishes: ImportUi["wishes"]) => void} wish
 */
export function question({ refusal, wishes }, wish) {
  const { accounts, code, columns, detail, errors = [], fields, mapping, people } = /** @type {NonNullable<ImportUi["refusal"]>} */ (refusal);
  const known = accounts ?? people?.map((name) => ({ id: name, name })) ?? [];
  const answer = (/** @type {Values} */ { which }) => wish(accounts ? { from_account: which } : { me: which });
  return el("div", { class: "notice warning stack", role: "alert", data: { hook: "import-refusal", code } },
    el("p", {}, detail || t(`problem_${code}`)),
    errors.length > 1 && el("ul", { class: "dots" }, errors.map(({ path, message }) => el("li", {}, `${path}: ${message}`))),
    columns && mappingForm(columns, mapping ?? {}, wishes, wish, fields),
    (accounts ?? people) && form("which-form", answer,
      known.length
        ? field("which", { label: t(accounts ? "import_which" : "import_whose"), options: known.map(({ id, name }) => option(id, name)) })
        : field("which", { label: t("import_whose") }),
      el("button", { data: { hook: "import-which" } }, t("preview"))));
}

/**
 * @param {string[]} columns
 * @param {Record<string, string>} mapping
 * @param {ImportUi["wishes"]} wishes
 * @param {(wishes: ImportUi["wishes"]) => void} wish
 * @param {string[]} [fields]
 */
function mappingForm(columns, mapping, wishes, wish, fields = FIELDS) {
  const [first, last] = [/first|given|vor/i, /last|family|nach/i].map((words) => columns.find((column) => words.test(column)));
  const both = first && last ? [`${first}+${last}`] : [];
  const submit = (/** @type {Values} */ { order, ...values }) => wish({
    dates: order,
    map: fields.filter((name) => values[`column-${name}`]).map((name) => `${name}=${values[`column-${name}`]}`),
  });
  return form("mapping-form", submit,
    el("div", { class: "two" }, fields.map((name) => field(`column-${name}`, {
      label: t(`import_field_${name}`),
      options: [option("", t("import_no_column"), !mapping[name]),
        ...[...columns, ...(name === "name" ? both : [])].map((column) => option(column, column, column === mapping[name]))],
    })),
    field("order", { label: t("import_dates"), options: [option("", t("import_dates_plain")),
      ...["dmy", "mdy"].map((order) => option(order, t(`import_dates_${order}`), order === wishes.dates))] })),
    el("button", { data: { hook: "mapping" } }, t("preview")));
}

const FIELDS = ["name", "profile_url", "sent_at", "cost", "subject", "purpose", "note", "outcome", "outcome_at"];

/**
 * @param {WelcomeContext} context
 * @param {ImportUi} one
 * @param {{wish: (wishes: ImportUi["wishes"]) => void, more: () => void, store: () => void, leave: () => void}} acts
 */
export function preview({ account, now }, one, { leave, more, store, wish }) {
  const zone = account?.account.time_zone ?? "UTC";
  const found = /** @type {ImportPreview} */ (one.found);
  const { actions, adds, balance_now: before, balance_then: then, columns, confirm, in_the_way: obstacles, kind, mapping, next_cursor: next, notes, nothing, not_understood: odd, taken_for: taken } = found;
  const early = found.before_opening || one.wishes.open_earlier ? [{ code: "before_opening", detail: "" }] : [];
  const settled = Object.entries(WISHES).filter(([, name]) => one.wishes[name] && name !== "open_earlier").map(([code]) => ({ code, detail: "" }));
  const wanted = [...obstacles, ...settled.filter(({ code }) => !obstacles.some((other) => other.code === code)), ...early];
  const when = (/** @type {string} */ at) => `${day(new Date(at), zone, now)}, ${time(new Date(at), zone)}`;
  const leaveOut = (/** @type {number} */ line) => () => {
    one.leaveOut = one.leaveOut.includes(line) ? one.leaveOut.filter((other) => other !== line) : [...one.leaveOut, line];
    wish({});
  };
  return el("div", { class: "form", data: { hook: "import-preview" } },
    el("h3", {}, t("import_preview", found.file)),
    el("p", {}, el("b", {}, t("import_adds", plural("import_inmails", adds.inmails), plural("import_answers", adds.answers))), " ",
      confirm && t("rules_preview", before, then)),
    notes.map(({ arguments: { file }, code }) => el("p", { class: "mute", data: { hook: "import-note", code } }, t(`import_note_${code}`, file))),
    el("ul", { class: "dots" },
      actions.filter(({ action }) => action !== "add").map(({ action, inmails }) => el("li", {}, t(`import_${action}`, inmails))),
      taken.filter((row) => !["inmail", "answer", "not_understood"].includes(row.kind)).map(({ rows, meaning, lines }) =>
        el("li", {}, t("import_rows", plural("import_rows_count", rows), meaning), " ", el("span", { class: "hint" }, t("import_lines", shorten(lines)))))),
    odd.length > 0 && el("details", { open: odd.length < 6 }, el("summary", {}, t("import_odd")),
      el("ul", { class: "dots" }, odd.map(({ line, reason }) => el("li", {}, t("import_odd_row", line, reason))))),
    wanted.map(({ code, detail }) => {
      const name = WISHES[/** @type {keyof typeof WISHES} */ (code)];
      return el("div", { class: "stack" }, detail && el("p", {}, detail),
        el("label", { class: "choice" },
          el("input", { type: "checkbox", checked: Boolean(one.wishes[name]), data: { hook: name }, on: { change: () => wish({ [name]: one.wishes[name] ? "" : "true" }) } }),
          el("span", {}, t(`import_${name}`, found.before_opening))));
    }),
    kind === "csv" && mapping && el("details", {}, el("summary", {}, t("import_columns")), mappingForm(columns, mapping, one.wishes, wish)),
    found.items.length > 0 && el("div", { class: "wide", tabindex: 0, role: "group", "aria-label": t("import_table") }, el("table", {},
      el("caption", { class: "unseen" }, t("import_table")),
      el("thead", {}, el("tr", {}, ["import_take", "import_line", "name", "import_sent", "import_becomes"].map((key) => el("th", { scope: "col" }, t(key, zone))))),
      el("tbody", {}, found.items.map(({ action, cost, line, outcome, recipient, sent_at: sent, why }) => el("tr", { data: { id: line, action } },
        el("td", {}, (action === "add" || action === "left_out") && el("input", { type: "checkbox", checked: action === "add", "aria-label": t("import_take_one", recipient.name, line), on: { change: leaveOut(line) } })),
        el("td", {}, line),
        el("td", {}, recipient.name),
        el("td", {}, when(sent)),
        el("td", {}, [t(`import_is_${action}`), cost ? "" : t("cost_free").toLowerCase(), outcome === "pending" ? "" : t(`outcome_${outcome}`).toLowerCase()].filter(Boolean).join(", "),
          el("span", { class: "hint line" }, why))))))),
    next && el("button", { class: "quiet", data: { hook: "import-more" }, on: { click: more } }, t("import_more")),
    el("div", { class: "row" },
      confirm && el("button", { class: "main", disabled: Boolean(one.doing), data: { hook: "import-store" }, on: { click: store } }, t("import_store", plural("import_inmails", adds.inmails))),
      el("button", { class: "quiet", data: { hook: "import-leave" }, on: { click: leave } }, t(confirm ? "import_leave" : "close"))),
    nothing && el("p", { class: "mute", data: { hook: "import-nothing" } }, nothingWords(nothing)));
}

/**
 * Why nothing would be added.
 * @param {ImportNote} nothing
 */
function nothingWords({ arguments: given, code }) {
  if (code !== "nothing_new") return t(code === "no_inmails" && !given.owner ? "import_nothing_sent" : `import_nothing_${code}`, given.owner ?? "");
  const parts = ["already_there", "twice_in_file", "before_opening", "left_out"].filter((action) => given[action]);
  return t("import_nothing_new", parts.map((action) => t(`import_${action}`, given[action])).join(", "));
}

/** @param {string} lines which may be thousands */
const shorten = (lines) => (lines.length > 60 ? `${lines.slice(0, lines.lastIndexOf(",", 60))}, …` : lines);
