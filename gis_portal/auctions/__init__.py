"""Auction lots as dated histories: stages, what people enter, the list and a lot's page."""
