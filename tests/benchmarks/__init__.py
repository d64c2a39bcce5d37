"""Measurements: `python -m tests.benchmarks [NAME …]`. Every figure is held against a floor of the same run."""
