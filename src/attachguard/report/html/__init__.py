"""Reports as one page of HTML: self-contained, without script, with nothing fetched, and with nothing of a message that could become markup."""
