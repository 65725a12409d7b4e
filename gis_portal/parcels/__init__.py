"""The parcel: everything the portal can tell of one, for its page, its extract and its lot."""
