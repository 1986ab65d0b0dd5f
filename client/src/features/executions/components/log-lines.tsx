import { useVirtualizer } from "@tanstack/react-virtual";
import type { KeyboardEvent, ReactNode } from "react";
import { memo, useEffect, useRef, useState } from "react";

import { CutValue } from "@/features/executions/components/cut-value";
import classes from "@/features/executions/components/log-view.module.css";
import type { LogLine } from "@/features/executions/model/execution";
import { dataText } from "@/features/executions/model/log-filter";
import { asCut } from "@/features/executions/model/result-shape";
import { Time } from "@/shared/ui/time";

// Up to here a browser shows every line; beyond, only those in sight are part of the page.
const mostPlainLines = 500;
const lineHeight = 22;

function LineData({ line }: { line: LogLine }) {
  const cut = asCut(line.data);
  return cut === null ? (
    <span className={classes.data}> {dataText(line)}</span>
  ) : (
    <CutValue cut={cut} label={`the data of line ${line.sequence}`}>
      {(whole) => <span className={classes.data}> {JSON.stringify(whole, null, 2)}</span>}
    </CutValue>
  );
}

// Scrolling renders the list for each frame; lines that stay in sight need not.
const LineText = memo(function LineText({ line }: { line: LogLine }) {
  return (
    <>
      <span className={classes.time}>
        <Time value={line.timestamp} format="clock" />
      </span>
      <span className={classes.level}>{line.level}</span>
      <div className={classes.message}>
        {line.message}
        {dataText(line) !== "" && <LineData line={line} />}
      </div>
    </>
  );
});

function PlainLines({ lines }: { lines: readonly LogLine[] }) {
  return (
    <ol className={classes.lines}>
      {lines.map((line) => (
        <li key={line.sequence} className={classes.line} data-level={line.level}>
          <LineText line={line} />
        </li>
      ))}
    </ol>
  );
}

interface VirtualLinesProps {
  lines: readonly LogLine[];
  isFollowing: boolean;
  scroller: HTMLElement | null;
}

function VirtualLines({ lines, isFollowing, scroller }: VirtualLinesProps) {
  // eslint-disable-next-line react-hooks/incompatible-library -- the list it belongs to is not compiled
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller,
    estimateSize: () => lineHeight,
    getItemKey: (index) => lines[index]?.sequence ?? index,
    overscan: 20,
  });

  useEffect(() => {
    if (isFollowing && lines.length > 0) {
      virtual.scrollToIndex(lines.length - 1, { align: "end" });
    }
  }, [lines.length, isFollowing, virtual, scroller]);

  const items = virtual.getVirtualItems();
  return (
    <div className={classes.canvas} style={{ height: virtual.getTotalSize() }}>
      <ol className={classes.window} style={{ transform: `translateY(${items[0]?.start ?? 0}px)` }}>
        {items.map((item) => {
          const line = lines[item.index];
          return line === undefined ? null : (
            <li
              key={item.key}
              ref={virtual.measureElement}
              data-index={item.index}
              className={classes.line}
              data-level={line.level}
              aria-setsize={lines.length}
              aria-posinset={item.index + 1}
            >
              <LineText line={line} />
            </li>
          );
        })}
      </ol>
    </div>
  );
}

const backwards = ["ArrowUp", "PageUp", "Home"];

interface LogLinesProps {
  lines: readonly LogLine[];
  isFollowing: boolean;
  /** Called when somebody scrolls back: the end is no longer what they read. */
  onScrollBack: () => void;
  children: ReactNode;
}

/** The lines, however many; scrolled by keyboard too. */
export function LogLines({ lines, isFollowing, onScrollBack, children }: LogLinesProps) {
  const box = useRef<HTMLDivElement>(null);
  // As state too: the lines inside render before their scroller is there.
  const [scroller, setScroller] = useState<HTMLDivElement | null>(null);
  const isVirtual = lines.length > mostPlainLines;

  // Scrolling is not part of what React renders.
  useEffect(() => {
    setScroller(box.current);
    if (isFollowing && !isVirtual && box.current !== null) {
      box.current.scrollTop = box.current.scrollHeight;
    }
  }, [lines.length, isFollowing, isVirtual]);

  return (
    <div
      ref={box}
      className={classes.scroller}
      tabIndex={0}
      role="log"
      // Lines that come into sight by scrolling are no news.
      aria-live={isVirtual ? "off" : undefined}
      aria-label="Log lines"
      onWheel={(event) => {
        if (event.deltaY < 0) {
          onScrollBack();
        }
      }}
      onKeyDown={(event: KeyboardEvent) => {
        if (backwards.includes(event.key)) {
          onScrollBack();
        }
      }}
    >
      {isVirtual ? (
        <VirtualLines lines={lines} isFollowing={isFollowing} scroller={scroller} />
      ) : (
        <PlainLines lines={lines} />
      )}
      {children}
    </div>
  );
}
