// The account's name, the menu of accounts, and the server's pages that there are.

/** @type {AppPage[]} */
const PAGES = ["people", "history", "report", "settings"];

/** @param {PopupBase} base */
export function headerState({ account, ui, view }) {
  return {
    account: account && { id: account.account.id, name: account.account.name },
    isDemo: view.server.demo,
    isOpen: ui.menu,
    pages: account ? PAGES.filter((page) => page !== "people" || account.targets) : [],
    // Balances are not added up: credits of two accounts cannot be combined.
    menu:
      account && ui.menu
        ? view.accounts.map(({ account: { id, name }, productTitle, projection }) => ({
            id,
            name,
            product: productTitle === name ? "" : productTitle,
            count: projection?.balance ?? "–",
            isCurrent: id === account.account.id,
          }))
        : [],
  };
}
