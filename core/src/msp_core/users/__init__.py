"""People: one record for each (tenant, object id) that ever signed in."""
