// All sections of the popup in order, and the functions that the popup needs after the first painting.

import { awaiting } from "./awaiting.js";
import { balance } from "./balance.js";
import { elsewhere } from "./elsewhere.js";
import { header } from "./header.js";
import { listForm } from "./listform.js";
import { log } from "./log.js";
import { next } from "./next.js";
import { loss, notes } from "./notices.js";
import { observed } from "./observed.js";
import { needsYou } from "./outbox.js";
import { page } from "./page.js";
import { problem, refusals, waiting } from "./problem.js";
import { questions } from "./questions.js";
import { section } from "./section.js";
import { sent } from "./sent.js";
import { awaitingState } from "./states/awaiting.js";
import { balanceState } from "./states/balance.js";
import { elsewhereState } from "./states/elsewhere.js";
import { headerState } from "./states/header.js";
import { listFormState } from "./states/listform.js";
import { logState } from "./states/log.js";
import { nextState } from "./states/next.js";
import { lossState, notesState } from "./states/notices.js";
import { observedState } from "./states/observed.js";
import { needsYouState } from "./states/outbox.js";
import { pageState } from "./states/page.js";
import { problemState, refusalsState, waitingState } from "./states/problem.js";
import { questionsState } from "./states/questions.js";
import { sentState } from "./states/sent.js";

import { older } from "../ui/older.js";

export { ask } from "../core/messages.js";
export { readPage } from "../core/page/reading.js";
export { say } from "../ui/act.js";
export { dropMisaimedClicks, paintChange } from "./aim.js";
export { takeOverAtOnce } from "./page.js";
export { contextOf } from "./states/context.js";
export { pageState };

/** @type {((context: PopupContext) => HTMLElement | null)[]} */
export const sections = [
  section(headerState, header),
  section(balanceState, balance),
  section(needsYouState, needsYou),
  section(lossState, loss),
  section(problemState, problem),
  section(refusalsState, refusals),
  older,
  section(notesState, notes),
  section(pageState, page),
  section(nextState, next),
  section(logState, log),
  section(listFormState, listForm),
  section(questionsState, questions),
  section(elsewhereState, elsewhere),
  section(sentState, sent),
  section(awaitingState, awaiting),
  section(waitingState, waiting),
  section(observedState, observed),
];
