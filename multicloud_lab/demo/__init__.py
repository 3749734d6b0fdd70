"""Two clouds on one machine: object stores, Dask Gateways, and JupyterLab set up for them."""
