"""The other files of LinkedIn's export, which hold no InMails: recognised by their headings, or by their names."""

from __future__ import annotations

import re
from pathlib import PureWindowsPath

from inkeeper.errors import Problem
from inkeeper.reasons import reason
from inkeeper.services.imports.files import a_few

MESSAGES = "messages.csv"


# Name and columns of each file. With `…` behind them there may be more; else these are all. Headings as exports of 2016
# to 2026 have them. `wording.reasons.imports` says what each file holds.
_FILES = """
Ad_Targeting.csv | Member Age,Company Names,Job Titles,…
Ads Clicked.csv | Ad clicked Date,Ad Title/Id
Certifications.csv | Name,Url,Authority,Started On,Finished On,License Number
Comments.csv | Date,Link,Message
Company Follows.csv | Organization,Followed On
Connections.csv | First Name,Last Name,Company,Position,Connected On,…
Contacts.csv | Source,FirstName,LastName,Companies,Title,Emails,…
Imported Contacts.csv | First Name,Last Name,Companies,Title,Email Address,Phone Numbers,…
Courses.csv | Name,Number
Education.csv | School Name,Start Date,End Date,…
Email Addresses.csv | Email Address,Confirmed,Primary,Updated On
Endorsement_Given_Info.csv | Endorsement Date,Skill Name,Endorsee First Name,…
Endorsement_Received_Info.csv | Endorsement Date,Skill Name,Endorser First Name,…
Events.csv | Event Name,Event Time,Status,External Url
Hashtag_Follows.csv | HashtagName,CreatedTime,State,…
Inferences_about_you.csv | Category,Type of inference,Description,Inference
InstantReposts.csv | Date,Link
Invitations.csv | From,To,Sent At,Message,Direction,…
Job Applicant Saved Answers.csv | Question,Answer
Job Applications.csv | Application Date,Company Name,Job Title,…
Job Seeker Preferences.csv | Locations,Industries,Preferred Job Types,Job Titles,…
LAN Ads Engagement.csv | Action,Date,Ad Title/Id,Page/App
Languages.csv | Name,Proficiency
Learning.csv | Content Title,Content Description,Content Type,…
Logins.csv | Login Date,IP Address,User Agent,Login Type
Member_Follows.csv | Date,Status,FullName
Notes.csv | Connection First Name,Connection Last Name,Note,…
PhoneNumbers.csv | Extension,Number,Type
Positions.csv | Company Name,Title,Description,Location,Started On,Finished On
Private_identity_asset.csv | Private Identity Asset Name,Private Identity Asset Raw Text
Profile Summary.csv | Profile Summary
Profile.csv | First Name,Last Name,Headline,Summary,Industry,…
Projects.csv | Title,Description,Url,Started On,Finished On
Publications.csv | Name,Published On,Description,Publisher,Url
Reactions.csv | Date,Type,Link
Receipts_v2.csv | Transaction Made At,Invoice Number,Total Amount,…
Recommendations_Given.csv | First Name,Last Name,Company,Job Title,Text,Creation Date,Status
Recommendations_Received.csv | First Name,Last Name,Company,Job Title,Text,Creation Date,Status
Registration.csv | Registered At,Registration Ip,Subscription Types
Registration.csv | Registration Date,Registration IP,Subscription Type,…
Rich_Media.csv | Date/Time,Media Description,Media Link
SavedJobAlerts.csv | ALERT_PARAMETERS,QUERY_CONTEXT,SAVED_SEARCH_ID
Saved Jobs.csv | Saved Date,Job Url,Job Title,Company Name
Saved_Items.csv | savedItem,CreatedTime
SearchQueries.csv | Time,Search Query
Security Challenges.csv | Challenge Date,IP Address,User Agent,Country,Challenge Type
Shares.csv | Date,ShareLink,ShareCommentary,…
Skills.csv | Name
Verifications.csv | First name,Last name,Verification type,Verified date,…
Votes.csv | Date,Link,OptionText
Whatsapp Phone Numbers.csv | Number,Extension,Is_WhatsApp_Number
"""

_ROBOTS = """
coach_messages.csv
guide_messages.csv
learning_coach_messages.csv
LearningCoachMessages.csv
learning_role_play_messages.csv
"""
"""These have the heading of messages.csv and are recognised by name only."""

_LONGEST_NAME = 100
_COLUMNS_TO_RECOGNISE = 3
_COPY = re.compile(r"(?:_[0-9]{1,12}| ?\([0-9]{1,3}\))?\.csv")


def _rows(text: str) -> list[list[str]]:
    return [[part.strip() for part in line.split("|")] for line in text.strip().splitlines()]


def _plain(name: str) -> str:
    """The name without folders, a member's number (`Comments_123.csv`) and a browser's (`Skills (1).csv`)."""
    return _COPY.sub("", PureWindowsPath(name).name[:_LONGEST_NAME].lower()).replace("_", " ")


_BY_HEADING = [
    (frozenset(columns.lower().split(",")) - {"…"}, columns.endswith("…"), name) for name, columns in _rows(_FILES)
]
_BY_NAME = {_plain(name): name for name, *_ in _rows(_FILES) + _rows(_ROBOTS)}
_ROBOT_NAMES = {_plain(name) for (name,) in _rows(_ROBOTS)}


def by_heading(heading: list[str], name: str) -> str | None:
    """The name of the file that has this heading; None where none of these has. One or two columns prove it only with
    the name.
    """
    named = frozenset(column.lower() for column in heading if column)
    for columns, may_have_more, file in _BY_HEADING:
        if len(columns) < _COLUMNS_TO_RECOGNISE and _plain(file) != _plain(name):
            continue
        if columns == named or (may_have_more and columns <= named):
            return file
    return None


def by_name(name: str) -> str | None:
    """The file of this name; None where none of these has it."""
    return _BY_NAME.get(_plain(name))


def of_robots(name: str) -> str | None:
    """The file of this name, if it has the heading of messages.csv and holds what is exchanged with a program."""
    return _BY_NAME[_plain(name)] if _plain(name) in _ROBOT_NAMES else None


def no_inmails_in(file: str, found: str) -> Problem:
    """422: the file is another one of LinkedIn's export than the one with the messages."""
    return Problem(
        "other_linkedin_file",
        reason(
            "import.other_linkedin_file",
            file=file,
            name=found,
            what=reason(f"import.holds.{found}"),
            messages=MESSAGES,
        ),
        status=422,
        linkedin_file=found,
        take=MESSAGES,
    )


def no_messages_in(file: str, found: list[str]) -> Problem:
    """422: the zip is LinkedIn's export and has no messages in it."""
    names = a_few(found)
    return Problem(
        "no_messages",
        reason("import.no_messages", file=file, messages=MESSAGES, names=names),
        status=422,
        take=MESSAGES,
    )
