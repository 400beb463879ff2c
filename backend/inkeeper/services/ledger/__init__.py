"""The ledger of an account: InMails, observed balances, plan changes, and the views of them."""
