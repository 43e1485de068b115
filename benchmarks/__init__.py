"""The benchmarks: `python -m benchmarks.merge` from the root of a checkout runs one, `benchmarks.run_all` runs all."""
