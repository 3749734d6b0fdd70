import { toCsv } from '../csv';

const cell = (text: string) => toCsv(['a'], [[text]]).slice(3, -2);

describe('toCsv', () => {
  it('should write what a spreadsheet reads back', () => {
    expect(
      toCsv(
        ['name', 'bytes'],
        [
          ['era5', 1.5e12],
          ['with, comma', 0],
          ['with "quotes"', null],
          ['two\nlines', 2],
          ['שלום', 3]
        ]
      )
    ).toBe(
      [
        'name,bytes',
        'era5,1500000000000',
        '"with, comma",0',
        '"with ""quotes""",',
        '"two\nlines",2',
        'שלום,3',
        ''
      ].join('\r\n')
    );
  });

  it.each([
    '=HYPERLINK("http://evil.example","x")',
    '+1+1',
    '-2+3+cmd|calc',
    '@SUM(1,2)',
    '\t=1+1',
    '\r=1+1',
    '\0=1+1',
    '  =1+1',
    '＝1+1',
    '|calc',
    '%0A'
  ])('should not let %j be a formula', text => {
    const written = cell(text).replace(/^"/, '');
    expect(written.startsWith("'")).toBe(true);
    // Its quotes cannot close the cell.
    expect(toCsv(['a'], [[text, 'next']]).endsWith(',next\r\n')).toBe(true);
  });

  it('should leave what only looks a little like one', () => {
    expect(cell('a=b')).toBe('a=b');
    expect(cell('aws:us-west-2')).toBe('aws:us-west-2');
    expect(cell("it's")).toBe("it's");
  });
});
