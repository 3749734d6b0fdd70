import { NotebookModel, NotebookPanel } from '@jupyterlab/notebook';

import type { Cell } from '../../api/wire';
import { insertCells } from '../insert';

const CELLS: Cell[] = [
  { cell_type: 'markdown', source: '# PRECT' },
  { cell_type: 'code', source: 'import multicloud_lab as mcl' }
];

describe('insertCells', () => {
  let model: NotebookModel;
  let content: {
    model: NotebookModel;
    activeCellIndex: number;
    deselectAll: () => void;
    scrollToItem: jest.Mock;
  };

  const sources = () => model.sharedModel.cells.map(cell => cell.getSource());
  const insert = () =>
    insertCells({ content } as unknown as NotebookPanel, CELLS);

  beforeEach(() => {
    // @jupyter/ydoc reads new cells before they are in a document, and Yjs warns at each.
    jest.spyOn(console, 'warn').mockImplementation(() => undefined);
    model = new NotebookModel();
    model.sharedModel.insertCells(0, [
      { cell_type: 'code', source: 'first' },
      { cell_type: 'code', source: 'last' }
    ]);
    content = {
      model,
      activeCellIndex: 0,
      deselectAll: jest.fn(),
      scrollToItem: jest.fn(async () => undefined)
    };
  });

  afterEach(() => {
    model.dispose();
    jest.restoreAllMocks();
  });

  it('should not take apart what was inserted together before', async () => {
    await insert();
    await insert();
    expect(sources()).toEqual([
      'first',
      CELLS[0].source,
      CELLS[1].source,
      CELLS[0].source,
      CELLS[1].source,
      'last'
    ]);
    expect(content.activeCellIndex).toBe(3);
    content.activeCellIndex = 0;
    await insert();
    expect(content.activeCellIndex).toBe(1);
  });

  it('should insert below the active cell and go there', async () => {
    await insert();
    expect(sources()).toEqual([
      'first',
      CELLS[0].source,
      CELLS[1].source,
      'last'
    ]);
    expect(model.sharedModel.cells.map(cell => cell.cell_type)).toEqual([
      'code',
      'markdown',
      'code',
      'code'
    ]);
    expect(content.activeCellIndex).toBe(1);
    expect(content.scrollToItem).toHaveBeenCalledWith(1, 'smart');
  });

  it('should take the place of an empty active cell', async () => {
    model.sharedModel.insertCell(1, { cell_type: 'code', source: ' \n' });
    content.activeCellIndex = 1;
    await insert();
    expect(sources()).toEqual([
      'first',
      CELLS[0].source,
      CELLS[1].source,
      'last'
    ]);
    expect(content.activeCellIndex).toBe(1);
  });

  it('should fill a notebook without cells', async () => {
    model.sharedModel.deleteCellRange(0, 2);
    content.activeCellIndex = -1;
    await insert();
    expect(sources()).toEqual(CELLS.map(({ source }) => source));
    expect(content.activeCellIndex).toBe(0);
  });

  it('should be undone in one step', async () => {
    model.sharedModel.clearUndoHistory();
    await insert();
    model.sharedModel.undo();
    expect(sources()).toEqual(['first', 'last']);
  });
});
