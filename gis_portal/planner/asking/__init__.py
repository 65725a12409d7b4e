"""Asking: the API of analyses and runs, the fair queue, limits and cancelling."""
