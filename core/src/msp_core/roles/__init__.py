"""Roles of client users: who has them, and which forms they open."""
