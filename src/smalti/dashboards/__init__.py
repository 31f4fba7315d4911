"""The pages analysts look at: a Streamlit application over the HTTP API, for whoever is signed in there.

It holds no key of its own: each question carries the session of the person who looks, and what they may not
see is refused by the service, not hidden here.

    server.py   its process: Streamlit behind the gate, as `smalti up` starts it
    gate.py     who is let through to Streamlit, and what browsers are told
    theme.py    how Streamlit looks
    app.py      the script Streamlit runs: who is there, which page, what every page has around it
    session.py  who is signed in, and the client that asks as them
    page.py     what a view is given: client, person, edition, moment
    place.py    what the address says (issuer, moment, evidence), and links to other views
    memory.py   answers kept for one person, one edition and one moment
    parts/      what views are made of: numbers, citations, tables, charts, states
    views/      a module a page: `show(page)`
"""
