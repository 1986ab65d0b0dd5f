// Runs in every page that the bench opens, before its own scripts: what a person would see, and when.
(() => {
  const seen = { commits: 0, longTaskMs: 0, largestPaint: 0, keyAt: null, keyPainted: null, frames: null };

  // React tells this hook of every commit, in production builds too.
  globalThis.__REACT_DEVTOOLS_GLOBAL_HOOK__ = {
    supportsFiber: true,
    inject: () => 1,
    onCommitFiberRoot: () => (seen.commits += 1),
    onCommitFiberUnmount: () => undefined,
    onPostCommitFiberRoot: () => undefined,
  };

  const observe = (type, each) =>
    new PerformanceObserver((list) => list.getEntries().forEach(each)).observe({ type, buffered: true });
  observe("largest-contentful-paint", ({ startTime }) => (seen.largestPaint = startTime));
  observe("longtask", ({ duration }) => (seen.longTaskMs += duration));

  /** Resolves with the moment once the frame that is being made is handed to the screen. */
  const painted = () =>
    new Promise((resolve) => {
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => resolve(performance.now());
        port2.postMessage(null);
      });
    });

  /** A title, so many of something in sight, and nothing that is still loading. */
  const isShown = ({ title, selector, count }) =>
    (title === null || document.querySelector("main h1")?.textContent === title) &&
    document.querySelectorAll(selector).length >= count &&
    document.querySelector("main [aria-busy]") === null;

  const shown = (content) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        observer.disconnect();
        reject(new Error(`${JSON.stringify(content)} did not show within 20 s.`));
      }, 20_000);
      const look = () => {
        if (isShown(content)) {
          clearTimeout(timer);
          observer.disconnect();
          resolve(painted());
        }
      };
      const observer = new MutationObserver(look);
      observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
      look();
    });

  // From the key, not from when the page comes to it: waiting behind other work counts.
  addEventListener("keydown", ({ timeStamp }) => (seen.keyAt = timeStamp), true);
  addEventListener(
    "input",
    () => {
      const from = seen.keyAt;
      seen.keyPainted = painted().then((moment) => moment - from);
    },
    true,
  );

  const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

  globalThis.bench = {
    seen,
    shown,
    pause,
    /** Milliseconds from a click to the content that it leads to. */
    go: async (selector, text, content) => {
      const target = [...document.querySelectorAll(selector)].find((one) => one.textContent.includes(text));
      if (target === undefined) {
        throw new Error(`There is no ${selector} “${text}” to click.`);
      }
      const from = performance.now();
      target.click();
      return (await shown(content)) - from;
    },
    /** Milliseconds of each frame while something is scrolled, a step per frame. */
    scroll: async (selector, step, count) => {
      const scroller = document.querySelector(selector);
      const frames = [];
      let last = await new Promise(requestAnimationFrame);
      for (let turn = 0; turn < count; turn += 1) {
        scroller.scrollTop += step;
        const now = await new Promise(requestAnimationFrame);
        frames.push(now - last);
        last = now;
      }
      return frames;
    },
    loaded: async () => {
      // The browser tells of its paints a little later.
      while (seen.largestPaint === 0) {
        await pause(20);
      }
      await pause(100);
      const [paint] = performance.getEntriesByName("first-paint");
      const [contentful] = performance.getEntriesByName("first-contentful-paint");
      const files = performance.getEntriesByType("resource");
      return {
        firstPaint: paint?.startTime ?? 0,
        firstContentful: contentful?.startTime ?? 0,
        largest: seen.largestPaint,
        longTaskMs: seen.longTaskMs,
        transferredKiB: files.reduce((sum, { transferSize }) => sum + transferSize, 0) / 1024,
      };
    },
  };
})();
