"""Fixtures for every suite: the two clouds."""

pytest_plugins = ["tests.conftest_clouds"]
