import { Text } from "@mantine/core";
import { useEffect, useState } from "react";

/** Counts down to when it is worth trying again. */
export function Countdown({ seconds }: { seconds: number }) {
  const [until] = useState(() => Date.now() + seconds * 1000);
  const [left, setLeft] = useState(seconds);

  useEffect(() => {
    const timer = setInterval(() => {
      const now = Math.max(0, Math.ceil((until - Date.now()) / 1000));
      setLeft(now);
      if (now === 0) {
        clearInterval(timer);
      }
    }, 250);
    return () => {
      clearInterval(timer);
    };
  }, [until]);

  return (
    // Not read out each second, although it stands in a message that is.
    <Text size="sm" role="timer" aria-live="off">
      {left === 0 ? "You can try again now." : `Try again in ${left} ${left === 1 ? "second" : "seconds"}.`}
    </Text>
  );
}
