"""The sentences for the codes that the rules give. The rules themselves hold none.

Families that people read in calendars and mails (`warnings`, `agenda`, and what these are made of) say them in any of
the languages (`language`). Those that only the API, its exports and `doctor` show are English: `advice`, `journal`,
`plan_changes`, `refusals`, `report`.
"""
