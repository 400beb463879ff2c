"""The app: pages for people, rendered by the server. `web` calls services as `api` does, and knows no SQL.

How a page is answered
- A direct visit brings no token, so it gets `document.html` without data: the shell. `app.js` signs in and asks for the
  page again with htmx, which sends the token; that answer is the page's fragment (`<main id="main">` and the frame
  around it, out of band).
- Each page's view is registered with `blueprint.page`, every other route with `blueprint.get` or `blueprint.post`
  (`blueprint.upload` where a file comes). All of them need a token.

How to add a page
1. View: a module here, imported in `views.py`, with `@blueprint.page("/people")`. Read the query with
   `forms.read_query`, open `store().read()`, call services, answer with `pages.page("app/people.html", title=...,
   here="people", seats=seats, ...)`. `seats.read(query.get("account"))` gives the owner's accounts and the chosen one.
2. Template: `templates/app/people.html`, `{% extends layout %}`, block `content`. Macros for links, fields, forms and
   buttons are in `macros.html`. No inline script, no `style=""`, no `hx-on`, no `js:`: the policy forbids them.
3. Form: a schema based on `forms.FormSchema` (its fields are those of `api.schemas_base`), a template with
   `{% call form(...) %}`, a view that calls `forms.read_form`. If `form.errors`, answer the same template again with
   `forms.refused(...)` (status 422): htmx swaps it in, what was typed stays, each error stands at its field. Write with
   `forms.save_once`: a double submit does nothing twice.
4. Concurrency: render `version=forms.version_of(values)` into the form, call `forms.check_version` inside the write.
   A stale form raises `forms.Stale`; answer with both states.
5. Words: what people read is worded in templates and in `words.py`, by code. A service's English is never shown.
6. Names of people belong in no title, no pushed URL and no log line. Typed fields carry `autocomplete="off"`.
7. Tests: `tests/web/` calls the routes; `tests/api/test_every_route.py` needs a line for each route that takes a form;
   `e2e/test_app_*.py` opens the page in a browser through `e2e.harness.app`.
"""
