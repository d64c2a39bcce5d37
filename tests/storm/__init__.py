"""A fault storm over the publish queue: every class of fault, programs killed at any point, judged by the market.

Short in the suite (`tests/e2e/test_fault_storm.py`), long as a benchmark (`python run.py bench storm`).
"""
