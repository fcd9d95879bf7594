"""Tests of benches/compare: no network, no clock. `python3 -m unittest discover -s tests -t .` runs them."""
