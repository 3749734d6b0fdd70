/**
 * Every sentence of the panel comes through its translator.
 *
 * `jupyter/no-untranslated-string` looks at the places where words mostly are; this looks at all of
 * them: text in JSX, and whatever else reads like words, wherever it is.
 */
import * as ts from 'typescript';

/** Methods of a translation bundle. */
const TRANSLATES = new Set(['__', '_n', '_p', '_np', 'gettext', 'ngettext']);

/** Attributes, properties and calls whose strings are for the page, for logs or for developers. */
const TECHNICAL = new Set([
  'className',
  'd',
  'transform',
  'viewBox',
  'rel',
  'focusNodeSelector',
  'error', // of the console
  'warn',
  'Token'
]);

/** Two words, or one that begins a sentence or a name. */
const WORDS = /\p{L}{2,}[,.;:…]? \p{L}{2,}/u;
const ONE_WORD = /^[\p{Lu}]\p{Ll}+…?$/u;

/** What reads like words and is none to translate, by its file. */
const NO_WORDS: Record<string, readonly string[]> = {
  // Selectors, and what d3 calls the globe.
  'src/components/keep-focus.ts': ['a[href], button'],
  'src/components/map-marks.ts': ['Sphere'],
  'src/components/world-map.tsx': ['Sphere'],
  // What the server says is compared with it.
  'src/components/places.ts': [' is in '],
  'src/components/gateways.tsx': ['sign in again'],
  // Code, and comments in it, which are English as those that the server writes.
  'src/notebook/client-cells.ts': [
    'import multicloud_lab',
    ', where it goes on'
  ],
  // Errors with a code, which `wordsOf` says in the language of the page.
  'src/api/request.ts': [
    'The question was given up.',
    'The Jupyter server ',
    'jupyter server extension enable'
  ]
};

/** The words of a file that no translator sees, each with its line. */
function untranslated(name: string, source: string): string[] {
  const file = ts.createSourceFile(
    name,
    source,
    ts.ScriptTarget.Latest,
    true,
    name.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS
  );
  const found: string[] = [];
  const look = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isTypeNode(node)) {
      return;
    }
    const taker = takerOf(node, file);
    if (TRANSLATES.has(taker) || TECHNICAL.has(taker)) {
      return;
    }
    const text = textOf(node);
    const isSaid =
      text !== null &&
      (ts.isJsxText(node)
        ? /\p{L}/u.test(text)
        : WORDS.test(text) || (isValue(node) && ONE_WORD.test(text)));
    if (isSaid && !NO_WORDS[name]?.some(known => text.startsWith(known))) {
      const { line } = file.getLineAndCharacterOfPosition(node.getStart(file));
      found.push(`${name}:${line + 1}: ${text.trim()}`);
    }
    ts.forEachChild(node, look);
  };
  look(file);
  return found;
}

/** The name of the call, the attribute or the property that takes what is inside a node. */
function takerOf(node: ts.Node, file: ts.SourceFile): string {
  if (ts.isCallExpression(node) || ts.isNewExpression(node)) {
    const { expression } = node;
    return ts.isPropertyAccessExpression(expression)
      ? expression.name.text
      : expression.getText(file);
  }
  if (ts.isJsxAttribute(node)) {
    return node.name.getText(file);
  }
  if (ts.isPropertyAssignment(node)) {
    const name = node.name.getText(file);
    const isOfPlugin =
      name === 'description' &&
      node.parent.properties.some(
        other => other.name?.getText(file) === 'autoStart'
      );
    // JupyterLab shows it to developers only.
    return isOfPlugin ? 'Token' : name;
  }
  return '';
}

function textOf(node: ts.Node): string | null {
  return ts.isStringLiteralLike(node) ||
    ts.isJsxText(node) ||
    ts.isTemplateHead(node) ||
    ts.isTemplateMiddleOrTemplateTail(node)
    ? node.text
    : null;
}

/** Whether a string is given to a property, rather than compared with or looked for. */
function isValue({ parent }: ts.Node): boolean {
  return ts.isPropertyAssignment(parent) || ts.isJsxAttribute(parent);
}

describe('words of the panel', () => {
  it('should be found wherever they are', () => {
    const source = [
      'const a = <p>Hello</p>;',
      'const b = <p>{trans.__("Two words")}</p>;',
      'const c = { label: "Stop" };',
      'const d = `The cluster ${name}`;',
      'const e = <p className="two words" title="Some words" />;',
      'throw new Error("No such thing.");',
      'const f = { description: "Of a plugin", autoStart: true };',
      'const g = { description: "Of something" };'
    ].join('\n');
    expect(untranslated('x.tsx', source)).toEqual([
      'x.tsx:1: Hello',
      'x.tsx:3: Stop',
      'x.tsx:4: The cluster',
      'x.tsx:5: Some words',
      'x.tsx:6: No such thing.',
      'x.tsx:8: Of something'
    ]);
  });

  it('should come through the translator, all of them', () => {
    const files = ts.sys.readDirectory(
      'src',
      ['.ts', '.tsx'],
      ['**/__tests__', '**/*.d.ts', 'src/api/wire.ts']
    );
    expect(files.length).toBeGreaterThan(100);
    const found = files.flatMap(file =>
      untranslated(file, ts.sys.readFile(file)!)
    );
    expect(found).toEqual([]);
  });
});
