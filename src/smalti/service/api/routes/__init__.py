"""One module a subject; each has a `router`, whose every route names who may call it."""
