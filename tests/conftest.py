"""Fixtures for every suite: the two clouds, and a Jupyter server."""

pytest_plugins = ["pytest_jupyter.jupyter_server", "tests.conftest_clouds"]
