"""200 requests a second on one core: processor time, not the clock on the wall, so that a busy machine fails nothing.

Measured on two shared cores in November 2026, market alone: a create 1.0 ms, a detail 0.5 ms, a list of twenty 1.3 ms,
one of 99 3.3 ms, twenty orders 2.1 ms. Here the client's share is counted, too.
"""

from __future__ import annotations

import time

from tests.unit.practice_market.client import OFFER_POST, OFFER_QUERY, SOLUTION_LIST, Client, offer

BUDGET_S = 1 / 200
ROUNDS, CALLS = 3, 60


async def test_two_hundred_calls_a_second_on_one_core(full: Client) -> None:
    """A day's mixture: creates, details, lists; the best of three rounds."""
    await full.switch(qps={})
    product_id = (await full.ids())[0]
    query = {"aeop_a_e_product_list_query": {"product_status_type": "onSelling", "page_size": 20}}
    calls = [
        (OFFER_POST, {"aeop_a_e_product": offer()}),
        (OFFER_QUERY, {"product_id": product_id}),
        (SOLUTION_LIST, query),
    ]
    spent = []
    for _ in range(ROUNDS):
        start = time.thread_time()
        for number in range(CALLS):
            assert "error_response" not in await full.call(*calls[number % len(calls)])
        spent.append((time.thread_time() - start) / CALLS)
    assert min(spent) < BUDGET_S
