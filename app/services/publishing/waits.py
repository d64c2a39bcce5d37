"""What a run says while it stands still: message keys, apart from everything heavy, for the window's first paint."""

LIMITED, LIMITED_UNTIL, USED_UP = "publishing.rate_limited", "publishing.rate_limited_until", "publishing.quota_used_up"
IN_REVIEW, PAUSED, OUT_OF_REACH = "publishing.waits_for_review", "publishing.store_paused", "publishing.out_of_reach"
WAITS = frozenset({LIMITED, LIMITED_UNTIL, USED_UP, IN_REVIEW, PAUSED, OUT_OF_REACH})
"""Worth a place even where there is little room."""
