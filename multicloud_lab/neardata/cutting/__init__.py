"""The placement of tasks whose moves between regions cost least, with a proof of how good it is."""
