"""What a user does with an account's credits: InMails, balances, plan changes, and what is read of them."""
