import type { PermissionFlagsRead } from "@/api/generated/management-api/types.gen";

export interface MyOrganization {
  id: string;
  name: string;
  permissions: PermissionFlagsRead;
}

export interface Me {
  id: string;
  name: string;
  email: string;
  userType: "MSP" | "ORG";
  isAdmin: boolean;
  /** Those this person may work with, by name. */
  organizations: MyOrganization[];
}
