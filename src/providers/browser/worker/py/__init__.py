"""The Python side of a browser kernel, over pyodide_kernel's IPython shell.

Nothing here is imported by users' code. `install.install` is the one entry,
called by the worker (kernel.ts) with the functions that lead to the page.
"""
