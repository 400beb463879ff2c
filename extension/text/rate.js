// A pace in words.

import { plural, t } from "./words.js";

/**
 * A pace that can be kept with whole InMails.
 * @param {number} perDay credits a working day
 * @param {number} credits
 */
export function rateWords(perDay, credits) {
  if (credits === 1) return t("rate_single");
  if (Number.isInteger(perDay)) return t("rate_whole", perDay);
  if (perDay > 1) return t("rate_between", Math.floor(perDay), Math.ceil(perDay));
  return plural("rate_every", Math.floor(1 / perDay));
}
