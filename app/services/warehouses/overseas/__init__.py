"""The overseas build: variants sent from other countries for data packages and listings (domain.md 8).

`merging` is pure and knows variants and offers only; `sheet` reads the offers of an overseas sheet, `prices` makes them
with a warehouse template; `package_build` and `listing_build` bring the result back to where the variants came from.
"""
