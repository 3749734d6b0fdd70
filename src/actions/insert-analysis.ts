/** Inserts the cells of an analysis, after asking what it needs to know. */
import { Dialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import { ApiError } from '../api/request';
import type { Analysis, Cell } from '../api/wire';
import { AnalysisForm, Answers } from '../components/analysis-form';
import type { IMulticloudLab } from '../tokens';
import { askChoice } from './ask-choice';
import { patiently } from './patiently';

export interface IInsertOptions {
  lab: IMulticloudLab;
  trans: TranslationBundle;
  /** Puts the cells into a notebook. */
  insert: (cells: readonly Cell[]) => Promise<unknown>;
}

/**
 * Insert the cells of an analysis.
 *
 * @param datasets - Ids or addresses.
 * @param name - Of the analysis; else it is asked.
 * @returns Whether cells were inserted; false if the user gave up.
 * @throws ApiError - There is no such analysis, or there are no cells.
 */
export async function insertAnalysis(
  datasets: readonly string[],
  name: string | undefined,
  options: IInsertOptions
): Promise<boolean> {
  const { lab, trans, insert } = options;
  const analyses = await lab.api.analyses(datasets);
  const analysis = name ?? (await choose(analyses, trans));
  if (analysis === null) {
    return false;
  }
  const body = { datasets: [...datasets], analysis, style: lab.cellStyle };
  const known = analyses.find(other => other.name === analysis);
  if (!known?.asks) {
    await insert((await lab.api.cells(body)).cells);
    return true;
  }
  const form = await patiently(
    signal => lab.api.analysisForm(analysis, datasets, signal),
    trans.__('Reading what %1 holds …', namesOf(datasets)),
    trans
  );
  if (form === null) {
    return false;
  }
  let answers: Answers | null = null;
  let message = '';
  for (;;) {
    const { button, value }: Dialog.IResult<Answers> = await new Dialog({
      title: trans.__('%1 of %2', form.title, namesOf(datasets)),
      body: new AnalysisForm({ form, answers, message, trans }),
      focusNodeSelector: 'select, input',
      buttons: [
        Dialog.cancelButton({ label: trans.__('Cancel') }),
        Dialog.okButton({ label: trans.__('Insert') })
      ]
    }).launch();
    if (!button.accept || !value) {
      return false;
    }
    answers = value;
    try {
      const { cells } = await lab.api.cells({ ...body, parameters: answers });
      await insert(cells);
      return true;
    } catch (error) {
      if (error instanceof ApiError && error.code === 'invalid-input') {
        message = error.message;
        continue;
      }
      throw error;
    }
  }
}

async function choose(
  analyses: readonly Analysis[],
  trans: TranslationBundle
): Promise<string | null> {
  const chosen = await askChoice(
    {
      title: trans.__('Insert Analysis'),
      label: trans.__('What fits the selected datasets:'),
      choices: analyses,
      nameOf: ({ title }) => title,
      okLabel: trans.__('Insert')
    },
    trans
  );
  return chosen?.name ?? null;
}

/** The last parts of ids, or of addresses. */
function namesOf(datasets: readonly string[]): string {
  return datasets
    .map(id => id.replace(/\/+$/, '').split('/').pop() || id)
    .join(', ');
}
