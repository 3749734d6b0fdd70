"""What Galata needs of the demo's JupyterLab; only ever for tests on this machine."""

from pathlib import Path

import jupyterlab.galata

c = get_config()  # noqa: F821 - Jupyter puts it there

c.LabServerApp.extra_labextensions_path = str(Path(jupyterlab.galata.__file__).parent)
c.LabApp.expose_app_in_browser = True
