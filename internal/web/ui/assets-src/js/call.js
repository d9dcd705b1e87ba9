// Keeps what is typed during a call, without a button: a few seconds after the
// last key the form is sent in the background. Without scripts the button does it.
const said = document.querySelector("[data-saved]");
const form = document.querySelector('form:has(input[name="version"])');
if (form && said) {
  let timer = 0;
  let sending = false;
  let dirty = false;
  const save = async () => {
    if (sending || !dirty) return;
    sending = true;
    dirty = false;
    try {
      const answer = await fetch(form.action, { method: "POST", headers: { "X-Autosave": "yes" }, body: new URLSearchParams(new FormData(form)) });
      const version = answer.headers.get("X-Version");
      if (version && answer.ok) form.elements.version.value = version;
      // An answer without a version is a page: of the sign-in, or of an error.
      said.textContent = version ? await answer.text() : said.dataset.refused;
      said.classList.toggle("govuk-error-message", !version || !answer.ok);
    } catch {
      dirty = true;
      said.textContent = said.dataset.offline;
      timer = setTimeout(save, 5000);
    }
    sending = false;
    if (dirty) timer = setTimeout(save, 2000);
  };
  form.addEventListener("input", () => {
    dirty = true;
    clearTimeout(timer);
    timer = setTimeout(save, 2000);
  });
  // Ctrl+S saves, as everywhere else.
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "s") {
      event.preventDefault();
      dirty = true;
      clearTimeout(timer);
      save();
    }
  });
}
