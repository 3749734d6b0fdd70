"""Graphs of tasks as arrays of integers, made from lazy objects without writing the tasks out."""
