// The form that adds a person to the list whom the page does not identify for certain.

/** @param {PopupContext} context */
export function listFormState({ account, page, ui }) {
  if (!account?.targets || !ui.adding) return null;
  const { isNoPerson, name, profileUrl } = ui.adding;
  const known = name || profileUrl ? ui.adding : page?.person;
  return {
    accountId: account.account.id,
    isNoPerson: Boolean(isNoPerson),
    name: known?.name ?? "",
    link: known?.profileUrl ?? "",
    errors: ui.errors,
  };
}
