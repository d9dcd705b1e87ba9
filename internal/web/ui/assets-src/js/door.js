// The way out of the public's pages, a history without what was sent, and a proof
// of work against floods. All are additions: the way out is a link, forms are
// forms, and what has no proof is taken by a slower way.

// go hides the page at once and puts the other one in its place in the history.
function go() {
  document.documentElement.hidden = true;
  document.title = "";
  for (const form of document.forms) form.reset();
  location.replace(document.querySelector("[data-leave]").dataset.leave);
}

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-leave]")) return;
  event.preventDefault();
  go();
});

// Three times Shift by itself within two seconds; any other key begins anew.
let shifts = [];
document.addEventListener("keyup", (event) => {
  if (event.key !== "Shift") {
    shifts = [];
    return;
  }
  shifts = [...shifts.filter((at) => event.timeStamp - at < 2000), event.timeStamp];
  if (shifts.length === 3) go();
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Shift") shifts = [];
});

// A browser keeps what a form sent with the page that answered, and sends it again
// to whoever goes back and loads that page once more. So a form is sent from here,
// and its answer takes the page's place: the history holds addresses only. What
// was shown lives in this list, and ends with the document.
let shown = [document.body];
let at = 0;
history.replaceState({ at }, "");

function show(body) {
  document.body.replaceWith(body);
  begin();
}

function swap(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  if (!fresh.querySelector("[data-leave]")) throw new Error("not one of these pages");
  document.title = fresh.title;
  shown[++at] = document.adoptNode(fresh.body);
  shown.length = at + 1;
  history.pushState({ at }, "");
  show(shown[at]);
  scrollTo(0, 0);
  const first = document.querySelector(".govuk-error-summary, h1");
  first.tabIndex = -1;
  first.focus();
}

addEventListener("popstate", (event) => {
  const body = shown[event.state?.at];
  if (!body || body === document.body) return;
  at = event.state.at;
  show(body);
});

// A document that the browser keeps for the way back keeps nothing in it.
addEventListener("pagehide", () => {
  shown = [];
  document.body.replaceChildren();
});
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});

// A form is sent once at a time. When that fails, it stays as it is.
let sending = false;
document.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (sending) return;
  sending = true;
  const form = event.target;
  const to = event.submitter?.getAttribute("formaction") ?? form.getAttribute("action");
  const typed = new FormData(form);
  try {
    const answer = await fetch(to, {
      method: "POST",
      body: form.enctype === "multipart/form-data" ? typed : new URLSearchParams(typed),
      cache: "no-store",
      credentials: "omit",
      redirect: "error",
    });
    swap(await answer.text());
  } catch {
    failed();
  }
  sending = false;
});

// failed says above the form that it was not sent.
function failed() {
  const main = document.querySelector("main");
  main.querySelector("[data-not-sent]")?.remove();
  const box = document.createElement("div");
  box.className = "govuk-error-summary";
  box.dataset.notSent = "";
  box.tabIndex = -1;
  const words = document.createElement("p");
  words.className = "govuk-error-message";
  words.textContent = main.dataset.failed;
  box.append(words);
  main.prepend(box);
  box.focus();
}

document.querySelector(".govuk-error-summary")?.focus();

// SHA-256 (FIPS 180-4) of a short text, first 32 bits: the browser's own is
// asynchronous, and a quarter of a million promises take longer than the work.
const K = [];
const H = [];
for (let n = 2; K.length < 64; n++) {
  let prime = true;
  for (let d = 2; d * d <= n; d++) if (n % d === 0) prime = false;
  if (!prime) continue;
  const bits = (x) => ((x - Math.floor(x)) * 2 ** 32) | 0;
  if (H.length < 8) H.push(bits(Math.sqrt(n)));
  K.push(bits(Math.cbrt(n)));
}
const W = new Int32Array(64);

function firstWord(text) {
  // 36 characters of an id, a colon and at most 16 digits fit in one block.
  W.fill(0, 0, 16);
  for (let i = 0; i < text.length; i++) W[i >> 2] |= text.charCodeAt(i) << (24 - 8 * (i & 3));
  W[text.length >> 2] |= 0x80 << (24 - 8 * (text.length & 3));
  W[15] = text.length * 8;
  const turn = (x, n) => (x >>> n) | (x << (32 - n));
  for (let i = 16; i < 64; i++) {
    const a = W[i - 15];
    const b = W[i - 2];
    W[i] = (W[i - 16] + (turn(a, 7) ^ turn(a, 18) ^ (a >>> 3)) + W[i - 7] + (turn(b, 17) ^ turn(b, 19) ^ (b >>> 10))) | 0;
  }
  let [a, b, c, d, e, f, g, h] = H;
  for (let i = 0; i < 64; i++) {
    const one = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + K[i] + W[i]) | 0;
    const two = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + one) | 0, c, b, a, (one + two) | 0];
  }
  return (a + H[0]) >>> 0;
}

// The work is done in pieces while the reporter reads, so that the page stays
// answerable. Its result is put into the form when it is there.
function begin() {
  const form = document.querySelector("form[data-work]");
  if (!form || form.elements.work.value) return;
  const limit = 2 ** (32 - Number(form.dataset.bits));
  let n = 0;
  const piece = () => {
    if (!form.isConnected) return;
    for (const end = n + 4000; n < end; n++) {
      if (firstWord(`${form.dataset.work}:${n}`) < limit) {
        form.elements.work.value = n;
        return;
      }
    }
    setTimeout(piece);
  };
  setTimeout(piece);
}
begin();
