"""From a surveyor's file to a staged version. Knows layers, never tiles."""
