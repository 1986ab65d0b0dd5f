// Prints what the build weighs, compressed: the start route (the scripts of index.html and of the home page, with all
// they import) and everything. `--json` prints totals in bytes.
import { readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const limitKiB = 290;
const dist = new URL("../dist/", import.meta.url);
const assets = new URL("assets/", dist);
const files = readdirSync(assets).filter((file) => /\.(js|css)$/.test(file));
const read = (file) => readFileSync(new URL(file, assets));
const bytes = new Map(files.map((file) => [file, gzipSync(read(file)).length]));

const start = [...readFileSync(new URL("index.html", dist), "utf8").matchAll(/assets\/([\w.-]+\.(?:js|css))/g)].map(
  (match) => match[1],
);
start.push(...files.filter((file) => /^home-page-.*\.(js|css)$/.test(file)));

const needed = new Set();
const visit = (file) => {
  if (needed.has(file)) {
    return;
  }
  needed.add(file);
  if (file.endsWith(".js")) {
    const source = read(file).toString();
    for (const [, imported] of source.matchAll(/(?:\bfrom|\bimport)\s*["']\.\/([\w.-]+\.js)["']/g)) {
      visit(imported);
    }
  }
};
start.forEach(visit);

const sum = (some, ending) =>
  some.filter((file) => file.endsWith(ending)).reduce((total, file) => total + bytes.get(file), 0);
const totals = (some) => ({ js: sum(some, ".js"), css: sum(some, ".css"), files: some.length });
const later = files.filter((file) => !needed.has(file)).sort((a, b) => bytes.get(b) - bytes.get(a));
const sizes = {
  start: totals([...needed]),
  all: totals(files),
  largestLater: { file: later[0], bytes: bytes.get(later[0]) },
};

if (process.argv.includes("--json")) {
  console.log(JSON.stringify(sizes));
} else {
  const inKiB = (count) => (count / 1024).toFixed(1);
  const words = ({ js, css, files: count }) => `${inKiB(js)} KiB JavaScript, ${inKiB(css)} KiB CSS in ${count} files`;
  for (const file of [...needed].sort()) {
    console.log(`${inKiB(bytes.get(file)).padStart(8)} KiB  ${file}`);
  }
  console.log(`everything: ${words(sizes.all)}; largest of what loads later: ${later[0]} ${inKiB(bytes.get(later[0]))} KiB`);
  console.log(`start route: ${words(sizes.start)}, gzip; at most ${limitKiB} KiB JavaScript`);
}
