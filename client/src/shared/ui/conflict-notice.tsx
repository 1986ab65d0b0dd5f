import { Button, Text } from "@mantine/core";

import type { Difference } from "@/shared/drafts/three-way";
import { Notice } from "@/shared/ui/notice";
import { TheirsBesideYours } from "@/shared/ui/theirs-beside-yours";
import { Time } from "@/shared/ui/time";

/** What the button of a dialog says while saving would replace what somebody else saved. */
export const replaceTheirs = "Replace theirs";

interface ConflictNoticeProps {
  /** What was changed, as in "this organization". */
  what: string;
  /** Lines that say the same on both sides are left out; null where theirs is that they deleted it. */
  differences: readonly Difference[] | null;
  changedAt?: string;
  onTakeTheirs: () => void;
}

/** A dialog may be scrolled to where this cannot be seen. */
function intoView(element: HTMLElement | null) {
  element?.scrollIntoView({ block: "nearest" });
}

function nextStep(open: readonly Difference[] | null): string {
  if (open === null) {
    return "Saving again makes it anew.";
  }
  return open.length === 0 ? "Nothing of yours stands against it: save again." : "Saving again replaces theirs.";
}

/** Somebody else saved meanwhile: theirs beside yours; nothing typed is lost, and nothing of it saved. */
export function ConflictNotice({ what, differences, changedAt, onTakeTheirs }: ConflictNoticeProps) {
  const open = differences?.filter(({ theirs, yours }) => theirs !== yours) ?? null;
  return (
    <Notice
      tone="warning"
      title={`Somebody ${differences === null ? "deleted" : "changed"} ${what} meanwhile.`}
      announce="alert"
    >
      <Text size="sm">
        {changedAt !== undefined && (
          <>
            Last changed: <Time value={changedAt} isWithin />.{" "}
          </>
        )}
        What you typed is kept, and nothing of it is saved yet. {nextStep(open)}
      </Text>
      {open !== null && open.length > 0 && <TheirsBesideYours differences={open} />}
      {open?.length !== 0 && (
        <Button ref={intoView} size="xs" variant="default" w="fit-content" onClick={onTakeTheirs}>
          {differences === null ? "Leave it deleted" : "Take theirs"}
        </Button>
      )}
    </Notice>
  );
}
