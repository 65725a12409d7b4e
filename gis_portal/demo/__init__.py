"""The demo province: writes files as offices send them, then imports them the ordinary way."""
