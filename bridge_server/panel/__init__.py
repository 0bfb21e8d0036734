"""The panel: a page in the browser for hearing variants, choosing one, and trying other words.

A door of the bridge like the others, and one more client of its protocol. `door` and what it imports work without the
extra `panel`; the rest, with Starlette and uvicorn, is loaded when the other doors are open.
"""
