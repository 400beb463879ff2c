"""Renders the codes and numbers of `rules` as sentences. `rules` contains no sentences.

Modules for calendars and e-mails (`warnings`, `agenda`, and the modules that they use) support all languages of
`language`. Modules for the API, its exports and `doctor` are in English: `advice`, `journal`, `plan_changes`,
`refusals`, `report`.
"""
