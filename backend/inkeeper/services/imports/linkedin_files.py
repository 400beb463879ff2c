"""The other files of LinkedIn's export, which hold no InMails: recognised by their headings, or by their names."""

from __future__ import annotations

import re
from pathlib import PureWindowsPath
from typing import NamedTuple

from inkeeper.errors import Problem

MESSAGES = "messages.csv"


class LinkedInFile(NamedTuple):
    """A file of LinkedIn's export: its name, and what it holds."""

    name: str
    what: str


# Name, what it holds, its columns. With `…` behind them there may be more; else these are all. Headings as exports of
# 2016 to 2026 have them.
_FILES = """
Ad_Targeting.csv | what advertisers know of you | Member Age,Company Names,Job Titles,…
Ads Clicked.csv | the ads that you clicked | Ad clicked Date,Ad Title/Id
Certifications.csv | your certificates | Name,Url,Authority,Started On,Finished On,License Number
Comments.csv | your comments | Date,Link,Message
Company Follows.csv | the companies that you follow | Organization,Followed On
Connections.csv | your connections | First Name,Last Name,Company,Position,Connected On,…
Contacts.csv | imported contacts | Source,FirstName,LastName,Companies,Title,Emails,…
Imported Contacts.csv | imported contacts | First Name,Last Name,Companies,Title,Email Address,Phone Numbers,…
Courses.csv | your courses | Name,Number
Education.csv | your education | School Name,Start Date,End Date,…
Email Addresses.csv | your e-mail addresses | Email Address,Confirmed,Primary,Updated On
Endorsement_Given_Info.csv | endorsements that you gave | Endorsement Date,Skill Name,Endorsee First Name,…
Endorsement_Received_Info.csv | endorsements that you received | Endorsement Date,Skill Name,Endorser First Name,…
Events.csv | your events | Event Name,Event Time,Status,External Url
Hashtag_Follows.csv | the hashtags that you follow | HashtagName,CreatedTime,State,…
Inferences_about_you.csv | what LinkedIn infers about you | Category,Type of inference,Description,Inference
InstantReposts.csv | your reposts | Date,Link
Invitations.csv | invitations to connect | From,To,Sent At,Message,Direction,…
Job Applicant Saved Answers.csv | your answers to employers | Question,Answer
Job Applications.csv | your job applications | Application Date,Company Name,Job Title,…
Job Seeker Preferences.csv | what jobs you look for | Locations,Industries,Preferred Job Types,Job Titles,…
LAN Ads Engagement.csv | the ads that you looked at | Action,Date,Ad Title/Id,Page/App
Languages.csv | your languages | Name,Proficiency
Learning.csv | your courses | Content Title,Content Description,Content Type,…
Logins.csv | your logins | Login Date,IP Address,User Agent,Login Type
Member_Follows.csv | the people that you follow | Date,Status,FullName
Notes.csv | notes about your connections | Connection First Name,Connection Last Name,Note,…
PhoneNumbers.csv | your phone numbers | Extension,Number,Type
Positions.csv | your positions | Company Name,Title,Description,Location,Started On,Finished On
Private_identity_asset.csv | your files | Private Identity Asset Name,Private Identity Asset Raw Text
Profile Summary.csv | your profile's summary | Profile Summary
Profile.csv | your profile | First Name,Last Name,Headline,Summary,Industry,…
Projects.csv | your projects | Title,Description,Url,Started On,Finished On
Publications.csv | your publications | Name,Published On,Description,Publisher,Url
Reactions.csv | your reactions | Date,Type,Link
Receipts_v2.csv | your receipts | Transaction Made At,Invoice Number,Total Amount,…
Recommendations_Given.csv | recommendations | First Name,Last Name,Company,Job Title,Text,Creation Date,Status
Recommendations_Received.csv | recommendations | First Name,Last Name,Company,Job Title,Text,Creation Date,Status
Registration.csv | your registration | Registered At,Registration Ip,Subscription Types
Registration.csv | your registration | Registration Date,Registration IP,Subscription Type,…
Rich_Media.csv | your pictures and videos | Date/Time,Media Description,Media Link
SavedJobAlerts.csv | your job alerts | ALERT_PARAMETERS,QUERY_CONTEXT,SAVED_SEARCH_ID
Saved Jobs.csv | the jobs that you saved | Saved Date,Job Url,Job Title,Company Name
Saved_Items.csv | what you saved | savedItem,CreatedTime
SearchQueries.csv | your searches | Time,Search Query
Security Challenges.csv | checks of your logins | Challenge Date,IP Address,User Agent,Country,Challenge Type
Shares.csv | your posts | Date,ShareLink,ShareCommentary,…
Skills.csv | your skills | Name
Verifications.csv | your verifications | First name,Last name,Verification type,Verified date,…
Votes.csv | your votes in polls | Date,Link,OptionText
Whatsapp Phone Numbers.csv | your phone numbers | Number,Extension,Is_WhatsApp_Number
"""

_ROBOTS = """
coach_messages.csv | messages to and from LinkedIn's coach
guide_messages.csv | messages to and from LinkedIn's guide
learning_coach_messages.csv | messages to and from LinkedIn's coach
LearningCoachMessages.csv | messages to and from LinkedIn's coach
learning_role_play_messages.csv | messages of exercises
"""
"""These have the heading of messages.csv and are recognised by name only."""

_LONGEST_NAME = 100
_NAMES_SHOWN = 5
_COLUMNS_TO_RECOGNISE = 3
_COPY = re.compile(r"(?:_[0-9]{1,12}| ?\([0-9]{1,3}\))?\.csv")


def _rows(text: str) -> list[list[str]]:
    return [[part.strip() for part in line.split("|")] for line in text.strip().splitlines()]


def _plain(name: str) -> str:
    """The name without folders, a member's number (`Comments_123.csv`) and a browser's (`Skills (1).csv`)."""
    return _COPY.sub("", PureWindowsPath(name).name[:_LONGEST_NAME].lower()).replace("_", " ")


_BY_HEADING = [
    (frozenset(columns.lower().split(",")) - {"…"}, columns.endswith("…"), LinkedInFile(name, what))
    for name, what, columns in _rows(_FILES)
]
_BY_NAME = {_plain(name): LinkedInFile(name, what) for name, what, *_ in _rows(_FILES) + _rows(_ROBOTS)}
_ROBOT_NAMES = {_plain(name) for name, _ in _rows(_ROBOTS)}


def by_heading(heading: list[str], name: str) -> LinkedInFile | None:
    """The file that has this heading; None where none of these has. One or two columns prove it only with the name."""
    named = frozenset(column.lower() for column in heading if column)
    for columns, may_have_more, file in _BY_HEADING:
        if len(columns) < _COLUMNS_TO_RECOGNISE and _plain(file.name) != _plain(name):
            continue
        if columns == named or (may_have_more and columns <= named):
            return file
    return None


def by_name(name: str) -> LinkedInFile | None:
    """The file of this name; None where none of these has it."""
    return _BY_NAME.get(_plain(name))


def of_robots(name: str) -> LinkedInFile | None:
    """The file of this name, if it has the heading of messages.csv and holds what is exchanged with a program."""
    return _BY_NAME[_plain(name)] if _plain(name) in _ROBOT_NAMES else None


def no_inmails_in(file: str, found: LinkedInFile) -> Problem:
    """422: the file is another one of LinkedIn's export than the one with the messages."""
    return Problem(
        "other_linkedin_file",
        f"{file} is LinkedIn's {found.name} with {found.what}, and holds no InMails. Take {MESSAGES} from the same"
        " export, or the whole zip. Nothing was imported.",
        status=422,
        linkedin_file=found.name,
        take=MESSAGES,
    )


def no_messages_in(file: str, found: list[LinkedInFile]) -> Problem:
    """422: the zip is LinkedIn's export and has no messages in it."""
    names = [each.name for each in found[:_NAMES_SHOWN]]
    more = f" and {len(found) - _NAMES_SHOWN} more" if len(found) > _NAMES_SHOWN else ""
    return Problem(
        "no_messages",
        f"{file} is an export of LinkedIn without {MESSAGES}: it holds {', '.join(names)}{more}. Ask LinkedIn for a"
        " copy of your data that includes your messages, and import that zip. Nothing was imported.",
        status=422,
        take=MESSAGES,
    )
