"""Renders the codes and numbers of `rules` and `services` as sentences. Neither contains sentences.

Modules for calendars and e-mails (`warnings`, `agenda`, and the modules that they use) and for reasons (`reasons`,
`refusals`) support all languages of `language`. Modules for the API and its exports are in English: `advice`,
`journal`, `plan_changes`, `report`.
"""
