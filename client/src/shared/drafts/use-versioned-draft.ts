import { useState } from "react";

import type { Versioned } from "@/api/answers";
import { ApiError } from "@/api/api-error";
import type { Difference, DraftWords } from "@/shared/drafts/three-way";
import { conflictsOf, rebased } from "@/shared/drafts/three-way";

interface VersionedDraftOptions<V, T> {
  loaded: Versioned<V>;
  draftOf: (value: V) => T;
  words: DraftWords<T>;
  /** Reads the thing again, after somebody else changed it. */
  reload: () => Promise<Versioned<V> | undefined>;
}

/** What is typed about something that others may change meanwhile: nothing typed is lost. */
export function useVersionedDraft<V, T extends object>(options: VersionedDraftOptions<V, T>) {
  const { loaded, draftOf, words, reload } = options;
  const [draft, setDraft] = useState(() => draftOf(loaded.value));
  // The version that saving names, and the one before it if somebody else came in between.
  const [latest, setLatest] = useState(loaded);
  const [before, setBefore] = useState<T | null>(null);
  const theirs = draftOf(latest.value);

  return {
    draft,
    setDraft,
    /** What saving is compared with. */
    theirs,
    etag: latest.etag,
    /** Null while nobody else changed it. */
    conflicts: before === null ? null : (conflictsOf(words, before, theirs, draft) as readonly Difference[]),
    takeTheirs: () => setDraft(theirs),
    /** Call with the error of saving; `onMet` once their version is at hand and the form goes on with it. */
    meetTheirs: (error: unknown, onMet: () => void) => {
      if (!(error instanceof ApiError) || error.status !== 412) {
        return;
      }
      // Reading again reports its own failures; until it works, the refusal stays on show.
      void reload().then((now) => {
        if (now !== undefined) {
          setDraft((typed) => rebased(words, theirs, draftOf(now.value), typed));
          setBefore(theirs);
          setLatest(now);
          onMet();
        }
      });
    },
  };
}
