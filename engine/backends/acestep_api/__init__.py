"""The backend `acestep-api`: an ACE-Step 1.5 server of the user's own, mostly on another machine, asked over HTTP.

configured    which server the user has named
capabilities  what it can do, from what it said when it was asked last; asks nobody
backend       what the worker calls: load, render
offer         asking the server what it can do now
score         a request in the server's words
excerpt       the part of the context that is sent, and where the region lies in it
form          words and sound as one multipart body
errand        handing work in, waiting for it, fetching it
sound         what came back, checked and brought into place
envelope      the server's answers, unwrapped; its refusals as errors of ours
exchange      one question and one answer over HTTP, which a cancel ends at once
patience      how long is waited for what
__main__      what `dawbridge server check` runs

Source: the documentation and sources of the API server of ACE-Step 1.5 (GitHub ace-step/ACE-Step-1.5), 2026.
"""
