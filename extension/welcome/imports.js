// Bringing in InMails from a file: choose it, see what would become of it, import it, and take a whole import back.

import { ask } from "../core/messages.js";
import { send } from "../core/transfer.js";
import { run, say } from "../ui/act.js";
import { el } from "../ui/dom.js";
import { day } from "../ui/format.js";
import { field } from "../ui/forms.js";
import { plural, refusalWords, t } from "../ui/words.js";
import { preview, question } from "./preview.js";
import { section } from "./section.js";

/** @type {Omit<ImportUi, "accountId" | "items">} */
const NOTHING = { takingBack: null, file: null, doing: "", wishes: {}, leaveOut: [], found: null, refusal: null };

/** @param {WelcomeContext} context */
export function imports(context) {
  const { account, ui, paint } = context;
  if (!account || ui.adding) return null;
  const { id } = account.account;
  if (ui.imports?.accountId !== id) {
    ui.imports = { ...NOTHING, accountId: id, items: [] };
    list(ui.imports, paint);
  }
  const one = ui.imports;
  const choose = (/** @type {Event & {currentTarget: HTMLInputElement}} */ event) => {
    const [file = null] = event.currentTarget.files ?? [];
    Object.assign(one, NOTHING, { file });
    if (file) look(one, paint);
    else paint();
  };
  return section(context, "imports", { title: t("import_title") },
    el("p", {}, t("import_why")),
    field("import-file", { label: t("import_file"), hint: t("import_file_hint"), type: "file", accept: ".zip,.csv,text/csv,application/zip", disabled: Boolean(one.doing), on: { change: choose } }),
    one.doing && el("div", { class: "stack", data: { hook: "import-progress" } },
      el("p", { role: "status" }, t(one.doing, one.file?.name ?? "")),
      el("progress", { "aria-label": t(one.doing, one.file?.name ?? "") })),
    one.refusal && question(one, (wishes) => wish(one, wishes, paint)),
    one.found && preview(context, one, {
      wish: (wishes) => wish(one, wishes, paint),
      more: () => look(one, paint, one.found?.next_cursor),
      store: () => store(one, paint),
      leave: () => { Object.assign(one, NOTHING); clear(); paint(); },
    }),
    earlier(context, one));
}

/** A file field shows its file until it is told otherwise. */
const clear = () => { /** @type {HTMLInputElement} */ (document.getElementById("import-file")).value = ""; };

/**
 * Looks again, with what the user said.
 * @param {ImportUi} one
 * @param {ImportUi["wishes"]} wishes
 * @param {() => void} paint
 */
function wish(one, wishes, paint) {
  Object.assign(one.wishes, wishes);
  return look(one, paint);
}

/**
 * @param {ImportUi} one
 * @param {Record<string, string>} step
 */
function pathOf({ accountId, file, leaveOut, wishes }, step) {
  const query = new URLSearchParams({ ...step, file: file?.name ?? "" });
  for (const [name, value] of Object.entries(wishes)) for (const each of [value].flat()) if (each) query.append(name, String(each));
  if (leaveOut.length) query.set("leave_out", leaveOut.join());
  return `/accounts/${accountId}/imports?${query}`;
}

/**
 * @param {ImportUi} one
 * @param {() => void} paint
 * @param {string | null} [cursor] where to go on
 */
async function look(one, paint, cursor) {
  const before = cursor ? (one.found?.items ?? []) : [];
  const found = await upload(one, "import_reading", { preview: "true", ...(cursor && { cursor }) }, paint);
  if (found) Object.assign(one, { found: { ...found, items: [...before, ...found.items] } });
  paint();
}

/**
 * @param {ImportUi} one
 * @param {() => void} paint
 */
async function store(one, paint) {
  const answer = await upload(one, "import_storing", { confirm: one.found?.confirm ?? "" }, paint);
  if (answer) {
    say(t("import_done", plural("import_inmails", answer.import?.inmails ?? 0), answer.balance));
    Object.assign(one, NOTHING);
    clear();
    await ask("refresh", {});
    await list(one, paint);
  }
  paint();
}

/**
 * @param {ImportUi} one
 * @param {string} doing
 * @param {Record<string, string>} step
 * @param {() => void} paint
 * @returns {Promise<any>} null after a refusal, which is then shown
 */
async function upload(one, doing, step, paint) {
  const { file } = one;
  if (!file) return null;
  Object.assign(one, { doing, refusal: null });
  paint();
  try {
    return await send(pathOf(one, step), file);
  } catch (error) {
    Object.assign(one, { found: null, refusal: /** @type {any} */ (error).problem ?? { code: "unexpected", detail: refusalWords(error) } });
    return null;
  } finally {
    one.doing = "";
  }
}

/**
 * @param {ImportUi} one
 * @param {() => void} paint
 */
async function list(one, paint) {
  one.items = (await ask("imports.list", { accountId: one.accountId }).catch(() => ({ items: [] }))).items;
  paint();
}

/**
 * @param {WelcomeContext} context
 * @param {ImportUi} one
 */
function earlier({ account, now, paint }, one) {
  const zone = account?.account.time_zone ?? "UTC";
  if (!one.items.length) return null;
  const undo = (/** @type {Import} */ { id, inmails }) => async () => {
    if (one.takingBack !== id) one.takingBack = id;
    else if (await run("imports.undo", { accountId: one.accountId, importId: id })) {
      say(t("import_undone", plural("import_inmails", inmails)));
      await list(one, paint);
    }
    paint();
  };
  return [
    el("h3", {}, t("import_earlier", zone)),
    el("ul", { class: "list" }, one.items.map((item) => {
      const words = t("import_was", day(new Date(item.created_at), zone, now), t(`import_kind_${item.kind}`), plural("import_inmails", item.inmails), plural("import_answers", item.answers));
      const isAsking = one.takingBack === item.id;
      return el("li", { class: "foot", data: { id: item.id } },
        el("span", {}, words),
        item.retracted_at
          ? el("span", { class: "mute" }, t("import_taken_back"))
          : el("button", { class: isAsking ? "danger" : "quiet", "aria-label": t("of_person", t("import_undo"), words), data: { hook: "undo-import" }, on: { click: undo(item) } }, t(isAsking ? "import_undo_sure" : "import_undo")));
    })),
  ];
}
