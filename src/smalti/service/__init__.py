"""The composition root: the pipeline of stages and the command line."""
