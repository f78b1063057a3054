"""What a list can do: columns to choose, export, changes to many, next and previous."""
