"""The documentation as a site: the HTTP reference written from OpenAPI, then Zensical."""
