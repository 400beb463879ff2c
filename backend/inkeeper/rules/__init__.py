"""The rules of credits: grants, losses, warnings, planning. Pure: no Flask, no Peewee, no clock, no I/O."""
