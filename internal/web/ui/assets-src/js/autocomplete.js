// Loaded only by pages with a long list of countries or languages.
import accessibleAutocomplete from "accessible-autocomplete";

const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

// enhance puts a type-ahead over a select. The select stays in the page and is
// what is sent, so an answer that matches nothing is sent as empty.
export function enhance(select) {
  const options = [...select.options].filter((option) => option.value);
  const texts = options.map((option) => ({ text: option.text, find: fold(`${option.text} ${option.dataset.also || ""}`) }));
  const described = select.getAttribute("aria-describedby");
  accessibleAutocomplete.enhanceSelectElement({
    selectElement: select,
    defaultValue: select.selectedOptions[0]?.value ? select.selectedOptions[0].text : "",
    showAllValues: true,
    confirmOnBlur: true,
    source: (query, populate) => {
      const words = fold(query).split(/\s+/).filter(Boolean);
      populate(texts.filter((o) => words.every((w) => o.find.includes(w))).map((o) => o.text));
    },
    onConfirm: (chosen) => {
      const box = document.getElementById(select.id.replace(/-select$/, ""));
      const text = chosen ?? box?.value ?? "";
      const match = options.find((option) => fold(option.text) === fold(text));
      select.value = match ? match.value : "";
    },
  });
  const input = document.getElementById(select.id.replace(/-select$/, ""));
  if (input && described) {
    input.setAttribute("aria-describedby", `${described} ${input.getAttribute("aria-describedby") || ""}`.trim());
  }
}
