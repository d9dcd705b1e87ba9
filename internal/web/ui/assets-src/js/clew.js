// What scripts add to pages that already work without them: counting
// characters, "none of these", tabs, moving the focus to what
// needs it, and stopping a second submit from a double click.
import { Button } from "govuk-frontend/dist/govuk/components/button/button.mjs";
import { CharacterCount } from "govuk-frontend/dist/govuk/components/character-count/character-count.mjs";
import { Checkboxes } from "govuk-frontend/dist/govuk/components/checkboxes/checkboxes.mjs";
import { ErrorSummary } from "govuk-frontend/dist/govuk/components/error-summary/error-summary.mjs";
import { NotificationBanner } from "govuk-frontend/dist/govuk/components/notification-banner/notification-banner.mjs";
import { ServiceNavigation } from "govuk-frontend/dist/govuk/components/service-navigation/service-navigation.mjs";
import { SkipLink } from "govuk-frontend/dist/govuk/components/skip-link/skip-link.mjs";
import { Tabs } from "govuk-frontend/dist/govuk/components/tabs/tabs.mjs";

const components = [Button, CharacterCount, Checkboxes, ErrorSummary, NotificationBanner, ServiceNavigation, SkipLink, Tabs];

for (const Component of components) {
  for (const root of document.querySelectorAll(`[data-module="${Component.moduleName}"]`)) {
    try {
      new Component(root, root.dataset.module === "govuk-button" ? { preventDoubleClick: true } : {});
    } catch (err) {
      // The page works without it: say so to whoever looks, and go on.
      console.warn(err);
    }
  }
}

// A form is sent once: a second submit within the same page is dropped, whether
// by click or by the Enter key. Coming back by the browser's history allows it again.
for (const form of document.querySelectorAll('form[method="post"]')) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
}
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// "Select all" of a queue table.
for (const all of document.querySelectorAll("[data-select-all]")) {
  const boxes = [...document.querySelectorAll(`input[type="checkbox"][name="${all.dataset.selectAll}"]`)];
  all.closest("[hidden]")?.removeAttribute("hidden");
  all.addEventListener("change", () => boxes.forEach((box) => (box.checked = all.checked)));
  boxes.forEach((box) => box.addEventListener("change", () => (all.checked = boxes.every((b) => b.checked))));
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

// Filters fold on a narrow screen, where they would push the list away.
for (const filter of document.querySelectorAll("details.moj-filter")) {
  if (matchMedia("(max-width: 48em)").matches) filter.open = false;
}

const selects = document.querySelectorAll('select[data-module="clew-autocomplete"]');
if (selects.length) {
  const script = document.querySelector("script[data-autocomplete]");
  import(script.dataset.autocomplete).then(({ enhance }) => selects.forEach(enhance));
}
