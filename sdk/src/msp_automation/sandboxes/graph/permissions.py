"""What a call needs: a permission of the application and, for the service account, a role over it.

Source: https://learn.microsoft.com/entra/identity/role-based-access-control/permissions-reference
"""

from __future__ import annotations

READ_USERS = "User.Read.All"
WRITE_USERS = "User.ReadWrite.All"
ASSIGN_LICENCES = "LicenseAssignment.ReadWrite.All"
READ_GROUPS = "Group.Read.All"
WRITE_MEMBERS = "GroupMember.ReadWrite.All"
READ_ORGANIZATION = "Organization.Read.All"
READ_RELATIONSHIPS = "DelegatedAdminRelationship.Read.All"
CONSENTED = (READ_USERS, WRITE_USERS, ASSIGN_LICENCES, READ_GROUPS, WRITE_MEMBERS, READ_ORGANIZATION)

GLOBAL_ADMINISTRATOR = "62e90394-69f5-4237-9190-012177145e10"
GLOBAL_READER = "f2ef992c-3afb-46b9-b7cf-a126ee74c451"
DIRECTORY_READERS = "88d8e3e3-8f55-4a1e-953a-9b9898b8876b"
USER_ADMINISTRATOR = "fe930be7-5e62-47db-91af-98c3a49a38b1"
LICENSE_ADMINISTRATOR = "4d6ac14f-3453-41d0-bef9-a3e0c569773a"
GROUPS_ADMINISTRATOR = "fdd7a751-b60b-444a-984c-02652fe8fa1c"

_WRITERS = {
    WRITE_USERS: frozenset({GLOBAL_ADMINISTRATOR, USER_ADMINISTRATOR}),
    ASSIGN_LICENCES: frozenset({GLOBAL_ADMINISTRATOR, USER_ADMINISTRATOR, LICENSE_ADMINISTRATOR}),
    WRITE_MEMBERS: frozenset({GLOBAL_ADMINISTRATOR, USER_ADMINISTRATOR, GROUPS_ADMINISTRATOR}),
}
_READERS = frozenset({GLOBAL_READER, DIRECTORY_READERS}).union(*_WRITERS.values())
_READ = frozenset({READ_USERS, READ_GROUPS, READ_ORGANIZATION})


def allows(roles: frozenset[str], permission: str) -> bool:
    """Whether somebody with these roles may do what the permission is for."""
    if permission in _READ:
        return bool(roles & _READERS)
    return bool(roles & _WRITERS.get(permission, frozenset()))
