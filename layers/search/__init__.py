"""One search box: what a person typed → parcels, places, lots, coordinates, other features.

`fold` and `coordinates`, `parcel_query` read the text and touch no database; `parcels`, `places`,
`features` ask it; `answer` puts the results in order and explains an empty answer. Served by
`layers.api.search`.
"""
