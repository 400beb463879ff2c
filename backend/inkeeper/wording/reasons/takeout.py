"""Why an export cannot be restored, what `inkeeper doctor` finds, and where erased words are left."""

from __future__ import annotations

from inkeeper.wording.language import gettext_noop
from inkeeper.wording.reasons.message import Message

_OF_EXPORTS: dict[str, Message] = {
    "in_line": gettext_noop("%(file)s, line %(line)s"),
    "in_member": gettext_noop("%(file)s, %(member)s"),
    "damaged": gettext_noop("%(place)s: The export is damaged: %(reason)s. Nothing was restored."),
    "refused": gettext_noop("%(file)s: %(reason)s Nothing was restored."),
    "not_empty": gettext_noop("The database holds data already. Restore into a new one: name it with --database."),
    "too_large": gettext_noop(
        "%(file)s: The file is not a zip, as every export of this size is. Nothing was restored."
    ),
    "no_export": gettext_noop("%(file)s: The file is not an export of Inkeeper. Nothing was restored."),
    "newer": gettext_noop(
        "%(file)s: The export was made by a newer version of Inkeeper. Install that version. Nothing was restored."
    ),
    # What is damaged
    "order": gettext_noop("its tables are not in order"),
    "checksum": gettext_noop("its checksum does not fit its content"),
    "rows_of": gettext_noop("rows are missing to which rows of %(table)s belong"),
    "columns": gettext_noop("columns are missing"),
    "row": gettext_noop("this row of %(table)s does not fit the rows before it, or its own columns"),
    "no_name": gettext_noop("a row of %(table)s has no name"),
    "no_link": gettext_noop("a row of %(table)s has no link to a person"),
    "instant": gettext_noop("%(value)s is no instant"),
    "value": gettext_noop("%(value)s is not what the column %(column)s holds"),
    "steps": gettext_noop("its steps are not names"),
    "version": gettext_noop("its version is no number"),
    "no_json": gettext_noop("it is neither a zip nor JSON"),
    "tables": gettext_noop("tables are missing"),
    "line": gettext_noop("this line is longer than any row"),
    "not_whole": gettext_noop("it is not whole"),
    "other_table": gettext_noop("it holds a table that is none of Inkeeper's"),
    "rows": gettext_noop("rows are missing"),
}

_OF_FAULTS: dict[str, Message] = {
    "unreadable": gettext_noop("What is stored cannot be read: %(error)s."),
    "target": gettext_noop("Target %(target)s is not as its InMails, person and campaign say: %(columns)s."),
    "list": gettext_noop("The list of people of the owner %(owner)s cannot be read: %(error)s."),
    "derived": gettext_noop("The %(column)s of the %(table)s %(row)s does not fit its %(source)s."),
    "replay": gettext_noop("The facts cannot be replayed: %(reason)s"),
    "in_steps": gettext_noop("Replaying in steps gives another result than replaying at once."),
    "order": gettext_noop("The order in which the facts are read changes the result."),
    "state": gettext_noop("The state saved for %(at)s is not what the facts give."),
    "sheet": gettext_noop("The sheet saved for the period from %(at)s is not what the facts give."),
    "not_sent": gettext_noop("An InMail is listed that no fact tells of."),
    "date_or_cost": gettext_noop("The listed InMail and its fact differ in date or cost."),
    "retracted": gettext_noop("The listed InMail and the facts differ on whether it was taken back."),
    "replaces": gettext_noop("The listed InMail replaces one that was not taken back for it."),
    "outcome": gettext_noop("The listed InMail and the facts differ on its outcome."),
    "not_listed": gettext_noop("An InMail was sent that is not listed."),
    "last_fact": gettext_noop("The account names another as its last fact, so new ones may come before it."),
    "ahead.opened": gettext_noop(
        "The clock was ahead when this was stored. The account opens on %(day)s (UTC), and shows until then what it"
        " will be. Open it anew, or date its opening back: `inkeeper import FILE --open-earlier`."
    ),
    "ahead.sent": gettext_noop(
        "The clock was ahead when this was stored. This InMail is dated %(day)s (UTC), and takes no credit until then."
        " Remove it and log it again."
    ),
    "ahead.observed": gettext_noop(
        "The clock was ahead when this was stored. This balance is dated %(day)s (UTC), and will replace the one of"
        " that day. Take it back and enter it again."
    ),
    "ahead.outcome_recorded": gettext_noop(
        "The clock was ahead when this was stored. This result is dated %(day)s (UTC), and does not count until then."
        " Set it to pending and enter it again."
    ),
}

_OF_ERASING: dict[str, Message] = {
    "left_in_log": gettext_noop(
        "A server has the database open; what its log still holds is gone once the server has been stopped."
    ),
    "left_on_server": gettext_noop(
        "PostgreSQL's files hold the old rows until it uses their space again (VACUUM FULL removes them at once); so do"
        " its log (WAL), where that is archived, and its base backups and dumps: delete those when you can."
    ),
}

MESSAGES: dict[str, Message] = {
    **{f"erased.{code}": message for code, message in _OF_ERASING.items()},
    **{f"export.{code}": message for code, message in _OF_EXPORTS.items()},
    **{f"fault.{code}": message for code, message in _OF_FAULTS.items()},
}
"""The message of each code."""
