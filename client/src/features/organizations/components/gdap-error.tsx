import { Anchor, Text } from "@mantine/core";

import { ApiError } from "@/api/api-error";
import { OrgLink } from "@/shared/session/org-link";
import { ErrorNotice } from "@/shared/ui/error-notice";

interface GdapErrorProps {
  error: unknown;
  title: string;
  isRetrying?: boolean;
  onRetry?: () => void;
}

/** What an admin has to set up or consent to before Microsoft tells about customers. */
function Advice({ status }: { status: number }) {
  if (status === 409) {
    return (
      <>
        Set up Microsoft Graph for all organizations under{" "}
        <Anchor component={OrgLink} to="/settings" inherit>
          Settings
        </Anchor>
        , then try again.
      </>
    );
  }
  if (status === 502) {
    return (
      <>
        If Microsoft speaks of consent or privileges: in your own tenant, the application needs the permission
        DelegatedAdminRelationship.Read.All with an administrator&apos;s consent. Nothing was changed.
      </>
    );
  }
  return "Nothing was changed.";
}

/** Why Microsoft Graph does not tell about customers, and what to do. */
export function GdapError({ error, title, isRetrying, onRetry }: GdapErrorProps) {
  const status = error instanceof ApiError ? error.status : 0;
  return (
    <ErrorNotice
      error={error}
      title={title}
      kept={
        <Text span inherit>
          <Advice status={status} />
        </Text>
      }
      isRetrying={isRetrying}
      onRetry={onRetry}
    />
  );
}
