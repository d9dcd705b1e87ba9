// Loaded only by pages with a long list of countries or languages.
import accessibleAutocomplete from "accessible-autocomplete";

const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

// rank says how well an option fits what is typed: 0 its name begins with it, 1 a
// word of its name does, 2 a word of another spelling does, 3 it is inside.
function rank(option, typed) {
  if (option.name.startsWith(typed)) return 0;
  if (option.name.includes(` ${typed}`)) return 1;
  if (` ${option.also}`.includes(` ${typed}`)) return 2;
  return option.name.includes(typed) || option.also.includes(typed) ? 3 : -1;
}

// enhance puts a type-ahead over a select. The select stays in the page and is
// what is sent, so an answer that matches nothing is sent as empty.
export function enhance(select) {
  const options = [...select.options].filter((option) => option.value);
  const found = options.map((option) => ({ text: option.text, name: fold(option.text), also: fold(option.dataset.also || "") }));
  const described = select.getAttribute("aria-describedby");
  accessibleAutocomplete.enhanceSelectElement({
    selectElement: select,
    defaultValue: select.selectedOptions[0]?.value ? select.selectedOptions[0].text : "",
    showAllValues: true,
    confirmOnBlur: true,
    source: (query, populate) => {
      const typed = fold(query).trim();
      const fits = found.map((o) => ({ text: o.text, rank: rank(o, typed) })).filter((o) => o.rank >= 0);
      populate(fits.sort((a, b) => a.rank - b.rank).map((o) => o.text));
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
