import { Text } from "@mantine/core";

import { ApiError } from "@/api/api-error";
import type { Problems } from "@/features/forms/builder/model/problems";
import { ErrorNotice } from "@/shared/ui/error-notice";
import { Notice } from "@/shared/ui/notice";

/** Why the last save did not work; what is wrong with a part of the form shows there. */
export function SaveFailure({ error, problems }: { error: unknown; problems: Problems }) {
  if (error === null || error === undefined) {
    return null;
  }
  if (error instanceof ApiError && Object.keys(error.fields).length > 0) {
    return Object.keys(problems).length === 0 ? null : (
      <Notice tone="failure" title="The form was not saved. What you built is kept." announce="alert">
        <Text size="sm">The lines with a warning sign say what is wrong, and where.</Text>
      </Notice>
    );
  }
  return <ErrorNotice error={error} title="The form was not saved." kept="What you built is kept." />;
}
