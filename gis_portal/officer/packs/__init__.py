"""What an officer's phone takes along: packs of a commune, made once a version, and their deltas.

`parts` says which parts a pack has and by what they are known, `making` makes those that are
missing, `store` keeps them by their hash, `views` hands them out to whoever may read the unit,
`delta` tells two versions apart, `held` who has what. What is in a part: `rows`, `private`,
`public_layers`, `pyramid`, `handbook/`. Decision 0035.
"""
