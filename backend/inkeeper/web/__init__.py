"""The app: HTML pages rendered by the server. `web` calls services, as `api` does, and contains no SQL.

How a page is served
- A direct visit has no token, so the response is the shell: `document.html` without data. `app.js` signs in and
  requests the page again with htmx, which sends the token. This response is the page's fragment (`<main id="main">`,
  and the frame around it out of band).
- Each page's view is registered with `blueprint.page`, every other route with `blueprint.get` or `blueprint.post`
  (`blueprint.upload` for a form with a file). All of them need a token.

How to add a page
1. View: a module here, imported in `views.py`, with `@blueprint.page("/people")`. Read the query with
   `forms.read_query`, open `store().read()`, call services, answer with `pages.page("app/people.html", title=...,
   here="people", seats=seats, ...)`. `seats.read(query.get("account"))` gives the owner's accounts and the chosen one.
2. Template: `templates/app/people.html`, `{% extends layout %}`, block `content`. Macros for links, fields, forms and
   buttons are in `macros.html`. No inline script, no `style=""`, no `hx-on`, no `js:`: the policy forbids them.
3. Form: a schema based on `forms.FormSchema` (its fields are those of `api.schemas_base`), a template with
   `{% call form(...) %}`, a view that calls `forms.read_form`. If `form.errors`, render the same template again with
   the form and status 422: htmx swaps it in, with the typed values and an error at each field. Write with
   `forms.save_once`, which ignores a double submit.
4. Concurrency: render `version=forms.version_of(values)` into the form, call `forms.check_version` inside the write.
   A stale form raises `forms.Stale`; show both states.
5. Words: texts for users are in templates and in `words.py`, by code. English texts of services are never shown; their
   reasons (`inkeeper.reasons`) are put into words by `|said`.
   - A message is a whole sentence with named places. Never join parts of one, never compare or change translated text
     (`== "today"`, `|lower`), never write a number as `{:,}` (use `|number`).
   - Days: `|day` in lists, `|on_day` in sentences that say when something happens.
   - Two meanings of one English text are two messages, or have a context (`pgettext`).
   - `tests/web/test_language.py` walks the pages in a pseudo-language and names each text that is in no message.
6. Never put names of people in a title, a pushed URL or a log line. Text fields have `autocomplete="off"`.
7. Tests: `tests/web/` calls the routes; `tests/api/test_every_route.py` needs a line for each route that takes a form;
   `e2e/test_app_*.py` opens the page in a browser through `e2e.harness.app`.
"""
