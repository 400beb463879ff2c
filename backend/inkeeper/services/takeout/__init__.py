"""Operations on all data: export, restore, erasing a person, checking the database."""
