"""The first page: pictures in, readings out, corrections in."""
