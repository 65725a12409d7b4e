"""Pictures of the ground under the map: tiles cut from the kept pictures of imagery layers.

`scenes` knows which pictures a version has on which date, `pictures` keeps them open, `choosing`
bounds what one square may cost, `cut` reads and packs it, `described` writes TileJSON and the list
of dates, `views` answers.
`layers.imagery` says what a scene is; `importers.imagery` makes the pictures (docs/decisions/0017).
"""
