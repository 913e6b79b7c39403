-- The application_name of the replica's connections, so that the others can end them once it is dead.
ALTER TABLE replicas ADD COLUMN session TEXT NOT NULL DEFAULT '';
