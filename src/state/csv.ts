/** Writes tables as CSV that a spreadsheet opens as it is meant: as values, never as formulas. */

/** A value of a table; null is left empty. */
export type CsvValue = string | number | null;

/**
 * Write a table, as RFC 4180 has it.
 *
 * A text that a spreadsheet would take for a formula gets an apostrophe before it: names come from
 * catalogs, and catalogs are hostile.
 */
export function toCsv(
  header: readonly string[],
  rows: readonly (readonly CsvValue[])[]
): string {
  return [header, ...rows]
    .map(row => `${row.map(cellOf).join(',')}\r\n`)
    .join('');
}

function cellOf(value: CsvValue): string {
  if (value === null) {
    return '';
  }
  if (typeof value === 'number') {
    return String(value);
  }
  // Spreadsheets take off blanks, and know full-width signs, before they look for a formula.
  const safe = /^[\s\p{Cc}]*[=+\-@＝＋－＠|%]/u.test(value)
    ? `'${value}`
    : value;
  return /[",\r\n\t;]|^\s|\s$|^'/.test(safe)
    ? `"${safe.replace(/"/g, '""')}"`
    : safe;
}
