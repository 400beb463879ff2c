"""Links to people are unique with the case of their ids, since ids that differ by case lead to different people."""

from typing import Any


def up(migrator: Any, db: Any) -> None:  # noqa: ARG001 (the runner's signature)
    """Make the index on the folded key one that allows equal keys, and add a unique one on the links."""
    db.execute_sql('DROP INDEX "person_link_owner_id_link_key"')
    db.execute_sql('CREATE INDEX "person_link_owner_id_link_key" ON "person_link" ("owner_id", "link_key")')
    db.execute_sql('CREATE UNIQUE INDEX "person_link_owner_id_url" ON "person_link" ("owner_id", "url")')
