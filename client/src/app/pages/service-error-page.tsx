import { Button } from "@mantine/core";

import { Centered } from "@/app/pages/centered";
import { useAuth } from "@/shared/auth/auth-context";
import { ErrorNotice } from "@/shared/ui/error-notice";

interface ServiceErrorPageProps {
  error: unknown;
  onRetry: () => void;
  isRetrying: boolean;
}

/** The platform cannot be asked who this is. */
export function ServiceErrorPage({ error, onRetry, isRetrying }: ServiceErrorPageProps) {
  const { signOut } = useAuth();
  return (
    <Centered title="The platform does not answer">
      <ErrorNotice
        error={error}
        title="Your profile could not be loaded."
        kept="You stay signed in, and nothing has been changed."
        onRetry={onRetry}
        isRetrying={isRetrying}
      />
      <Button variant="default" onClick={() => void signOut()} w="fit-content">
        Sign out
      </Button>
    </Centered>
  );
}
