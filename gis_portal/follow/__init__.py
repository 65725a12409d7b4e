"""Following lots: feeds for readers and calendars, and mails for who confirmed an address."""
