"""What a product consists of: read from the wire into one record, and shown in each family's shape.

The record is a dict with the field names of `offer.product.post`, normalised: whole numbers are int, prices and
weights are text with fixed decimals, lists are lists, `group_ids` and `image_urls` are lists, picture addresses of
the own photobank are paths (`kf/…`), because the port changes from start to start.
"""
