"use strict";
// Which rows of a chart's data the page's filters leave.
const rowsOfCharts = (() => {
  const fieldsOf = (spec) => {
    const fields = new Set();
    for (const rows of Object.values(spec.datasets ?? {})) {
      for (const name of Object.keys(rows[0] ?? {})) fields.add(name);
    }
    return fields;
  };
  const fits = (row, choice) =>
    Object.entries(choice).every(
      ([name, value]) => (row[name] ?? "") === "" || String(row[name]) === value,
    );
  // A field that a chart shows one value of at a time: its parameter page_<field> says which.
  const followed = (spec) => Object.fromEntries(
    (spec.params ?? [])
      .filter(({ name }) => name.startsWith("page_"))
      .map(({ name, value }) => [name.slice("page_".length), value]),
  );
  const shownRows = (rows, choice, follows) => {
    const divided = Object.fromEntries(Object.entries(choice).filter(([name]) => !(name in follows)));
    return rows.filter((row) => fits(row, divided));
  };
  const isShown = (row, choice, follows) =>
    Object.entries(follows).every(([name, usual]) => !(name in row) || row[name] === (choice[name] ?? usual));
  return { fieldsOf, fits, followed, isShown, shownRows };
})();
// Cells of a table in order: numbers as numbers, whether an interval or a sign such as < stands with them; empty cells last.
const orderOfCells = (a, b, { up, numeric }) => {
  if (!a || !b) return a === b ? 0 : a ? -1 : 1;
  const number = (text) => parseFloat(text.replace(/^[<>]\s*/, ""));
  return (up ? 1 : -1) * (numeric ? number(a) - number(b) : a.localeCompare(b, "en"));
};
