// Prints what the start route loads, compressed: the scripts of index.html and of the home page, with all they import.
import { readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const limitKiB = 290;
const dist = new URL("../dist/", import.meta.url);
const assets = new URL("assets/", dist);
const read = (file) => readFileSync(new URL(file, assets));

const start = [...readFileSync(new URL("index.html", dist), "utf8").matchAll(/assets\/([\w.-]+\.(?:js|css))/g)].map(
  (match) => match[1],
);
start.push(...readdirSync(assets).filter((file) => /^home-page-.*\.(js|css)$/.test(file)));

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

const totals = { js: 0, css: 0 };
for (const file of [...needed].sort()) {
  const size = gzipSync(read(file)).length;
  totals[file.endsWith(".js") ? "js" : "css"] += size;
  console.log(`${(size / 1024).toFixed(1).padStart(8)} KiB  ${file}`);
}
console.log(
  `start route: ${(totals.js / 1024).toFixed(1)} KiB JavaScript (at most ${limitKiB}), ${(totals.css / 1024).toFixed(1)} KiB CSS, gzip`,
);
