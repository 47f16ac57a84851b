"""The tests: unit, scenario, browser, bench."""
