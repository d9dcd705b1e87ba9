// Builds ../static: one stylesheet, the scripts, the fonts and the images, each
// named by its content, with brotli copies of what compresses, and a manifest.
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createRequire } from "node:module";
import * as esbuild from "esbuild";
import * as sass from "sass";

// Another directory may be named, to compare a fresh build with the committed one.
const out = process.argv[2] ?? "../static";
const work = `.build-${process.pid}`;
// The package chooses its build for Node only when it is required, not imported.
const brotli = createRequire(import.meta.url)("brotli-wasm");
const names = {};

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });

// emit writes one asset under its hashed name, with a brotli copy where that helps.
function emit(logical, bytes, compress) {
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 12);
  const name = logical.replace(/(\.\w+)$/, `-${hash}$1`);
  writeFileSync(join(out, name), bytes);
  if (compress) writeFileSync(join(out, `${name}.br`), brotli.compress(bytes, { quality: 11 }));
  names[logical] = name;
}

function fonts() {
  const dir = "node_modules/@fontsource-variable/atkinson-hyperlegible-next/files";
  for (const part of ["latin", "latin-ext"]) {
    emit(`font-${part}.woff2`, readFileSync(`${dir}/atkinson-hyperlegible-next-${part}-wght-normal.woff2`), false);
  }
}

function images() {
  emit("mark.svg", readFileSync("images/mark.svg"), true);
  emit("blank.svg", readFileSync("images/blank.svg"), true);
}

// The licences ask to travel with what they cover, so the binary carries them.
function notices() {
  emit("notices.txt", readFileSync("../../../../NOTICE"), true);
}

// icon emits one of the plain icons that the stylesheet asks for.
function icon(name) {
  if (!/^icon-[\w-]+\.svg$/.test(name)) fail(`no image ${name}`);
  names[name] || emit(name, readFileSync(`node_modules/@ministryofjustice/frontend/moj/assets/images/${name}`), true);
  return names[name];
}

// styles compiles against a copy of govuk-frontend whose palette is ours.
function styles() {
  rmSync(work, { recursive: true, force: true });
  const scssOnly = (from) => !/\.\w+$/.test(from) || from.endsWith(".scss");
  for (const dir of ["govuk-frontend/dist/govuk", "@ministryofjustice/frontend/moj"]) {
    cpSync(`node_modules/${dir}`, `${work}/node_modules/${dir}`, { recursive: true, filter: scssOnly });
  }
  const palette = `${work}/node_modules/govuk-frontend/dist/govuk/settings/_colours-palette--internal.scss`;
  if (!existsSync(palette)) fail("govuk-frontend no longer keeps its palette where we replace it");
  cpSync("scss/_palette.scss", palette);
  const { css } = sass.compile("scss/clew.scss", { loadPaths: [work], style: "compressed", quietDeps: true });
  rmSync(work, { recursive: true, force: true });
  const named = css
    .replace(/%font-latin%/, names["font-latin.woff2"])
    .replace(/%font-latin-ext%/, names["font-latin-ext.woff2"])
    .replace(/url\(\.\/([\w-]+\.svg)\)/g, (_, name) => `url(${icon(name)})`);
  refuse(named);
  const small = esbuild.transformSync(named, { loader: "css", minify: true, legalComments: "none", target: ["es2020"] });
  emit("clew.css", Buffer.from(small.code), true);
}

// refuse stops the build when something of another identity, or something that
// our content security policy forbids, is left in the stylesheet.
function refuse(css) {
  for (const bad of [/GDS Transport/i, /crown|crest/i, /#1d70b8/i, /#0b0c0c/i, /#005ea5/i, /#fd0\b/i, /data:/]) {
    if (bad.test(css)) fail(`the stylesheet holds ${bad}: ${css.match(new RegExp(`.{60}${bad.source}.{40}`, "is"))}`);
  }
}

function fail(message) {
  throw new Error(message);
}

async function script(logical, entry, format) {
  const built = await esbuild.build({
    entryPoints: [entry],
    bundle: true,
    minify: true,
    write: false,
    format,
    target: ["es2020"],
    legalComments: "none",
  });
  emit(logical, Buffer.from(built.outputFiles[0].contents), true);
}

// The public's pages have a sheet of their own over the common one.
function door() {
  const { css } = sass.compile("scss/door.scss", { style: "compressed" });
  refuse(css);
  emit("door.css", Buffer.from(css), true);
}

fonts();
images();
door();
notices();
styles();
await script("early.js", "js/early.js", "iife");
await script("clew.js", "js/clew.js", "esm");
await script("door.js", "js/door.js", "iife");
await script("call.js", "js/call.js", "esm");
await script("autocomplete.js", "js/autocomplete.js", "esm");
writeFileSync(join(out, "manifest.json"), `${JSON.stringify(names, Object.keys(names).sort(), 2)}\n`);

// axe-core is for tests only and is kept as it comes.
if (!process.argv[2]) for (const file of ["axe.min.js", "LICENSE"]) {
  cpSync(`node_modules/axe-core/${file}`, `../../../browser/axe/${file}`);
}
