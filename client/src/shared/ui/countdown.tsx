import { Text } from "@mantine/core";
import { useEffect, useRef, useState } from "react";

interface CountdownProps {
  seconds: number;
  /** Tries again by itself when the time has come; without it that is the reader's to do. */
  onEnd?: () => void;
}

function words(left: number, isAutomatic: boolean): string {
  const time = `${left} ${left === 1 ? "second" : "seconds"}`;
  if (isAutomatic) {
    return left === 0 ? "Trying again." : `Trying again in ${time}.`;
  }
  return left === 0 ? "You can try again now." : `Try again in ${time}.`;
}

/** Counts down to when it is worth trying again. */
export function Countdown({ seconds, onEnd }: CountdownProps) {
  const [until] = useState(() => Date.now() + seconds * 1000);
  const [left, setLeft] = useState(seconds);
  const end = useRef(onEnd);
  useEffect(() => {
    end.current = onEnd;
  });

  useEffect(() => {
    const timer = setInterval(() => {
      const now = Math.max(0, Math.ceil((until - Date.now()) / 1000));
      setLeft(now);
      if (now === 0) {
        clearInterval(timer);
        end.current?.();
      }
    }, 250);
    return () => {
      clearInterval(timer);
    };
  }, [until]);

  return (
    // Not read out each second, although it stands in a message that is.
    <Text size="sm" role="timer" aria-live="off">
      {words(left, onEnd !== undefined)}
    </Text>
  );
}
