const jestJupyterLab = require('@jupyterlab/testutils/lib/jest-config');

// Published as ES modules only, so Jest has to translate them.
const esModules = [
  '@codemirror',
  '@jupyter/',
  '@jupyterlab/',
  '@marijn',
  '@microsoft/fast',
  'exenv-es6',
  'lib0',
  'nanoid',
  'vscode-ws-jsonrpc',
  'y-protocols',
  'y-websocket',
  'yjs'
].join('|');

const shared = jestJupyterLab(__dirname);

module.exports = {
  ...shared,
  moduleNameMapper: {
    ...shared.moduleNameMapper,
    // Their ES modules end in .mjs, which is not translated; this is the same for Node.
    '^d3-(array|geo)$': '<rootDir>/node_modules/d3-$1/dist/d3-$1.js'
  },
  automock: false,
  reporters: ['default'],
  modulePathIgnorePatterns: [
    '<rootDir>/.venv',
    '<rootDir>/multicloud_lab/labextension',
    '<rootDir>/ui-tests'
  ],
  testRegex: 'src/.*/__tests__/.*\\.spec\\.tsx?$',
  transformIgnorePatterns: [`/node_modules/(?!${esModules}).+`]
};
